"""C15 from the events to the windows: contacts about one order come by several source partitions."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.catalogue.load import Catalogue, load
from streams.cells.record import decode, encode
from streams.ingest.partition import IngestPartition
from streams.merge.partition import MergePartition
from streams.settings.settings import Settings
from tests.ingest.records import NOON, make_batch, make_event
from tests.merge.conftest import Memory

if TYPE_CHECKING:
    from streams.catalogue.metric import Metric

METRIC = load().by_name["repeat_contacts"]
CATALOGUE = Catalogue.of((METRIC,))
PARTITIONS = 3
SPAN_MS = 600_000
Asked = tuple[int, int, str, str]  # partition, ms after noon, order, region


def ingest_of(partition: int) -> IngestPartition:
    return IngestPartition(
        CATALOGUE,
        "consultations",
        partition,
        dedup_records=100,
        lateness_ms=30_000,
        late_limit_ms=7_200_000,
        future_limit_ms=300_000,
    )


def contact(number: int, after_ms: int, order: str, region: str) -> dict[str, Any]:
    data = {"consultation_id": f"K{number}", "order_id": order, "intent": "refund", "region": region}
    return make_event("consultation.opened", NOON + after_ms, str(number), data)


def totals_of(asked: list[Asked], rng: Random) -> dict[Any, list[int]]:
    """Numerator and denominator by scope, whatever the interleaving of the partitions."""

    def evaluator(of: Metric) -> Any:
        return Memory(of)

    merge = MergePartition(CATALOGUE, 0, {"consultations": PARTITIONS}, Settings(cells_partitions=1), evaluator)
    flushes = []
    for partition in range(PARTITIONS):
        ingest = ingest_of(partition)
        mine = sorted(each[1:] for each in asked if each[0] == partition)
        first = 0
        while first <= len(mine):
            size = rng.randint(1, 5)
            events = [contact(first + at, *each) for at, each in enumerate(mine[first : first + size])]
            ingest.feed(make_batch(events, "consultations", first, timestamp=NOON + SPAN_MS))
            flushes.append((partition, len(flushes), encode(ingest.take_flush(1).records[0])))
            first += size
        ingest.promise(NOON + SPAN_MS + 60_000)
        flushes.append((partition, len(flushes), encode(ingest.take_flush(1).records[0])))
    left = {partition: [flush for of, _, flush in flushes if of == partition] for partition in range(PARTITIONS)}
    while any(left.values()):
        partition = rng.choice([partition for partition, some in left.items() if some])
        merge.apply(decode(left[partition].pop(0)))
        list(merge.advance())
    (reading,) = merge.readings()
    assert reading.skipped.malformed == reading.waiting == 0
    return dict(zip(reading.total_scopes, reading.totals.tolist(), strict=True))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, PARTITIONS - 1),
            st.integers(0, SPAN_MS - 1),
            st.sampled_from(["TB1", "TB2", "TB3", ""]),
            st.sampled_from(["hunan", "zhejiang"]),
        ),
        max_size=30,
    ),
    st.integers(0, 2**32),
)
def test_all_contacts_about_an_order_but_the_first_are_repeats_by_whatever_partition_they_come(
    asked: list[Asked], seed: int
) -> None:
    told = [each for each in asked if each[2]]
    first = totals_of(asked, Random(seed))

    repeats = len(told) - len({order for _, _, order, _ in told})
    assert first.get((0, ()), [0, 0]) == [repeats, len(told)]
    for region in ("hunan", "zhejiang"):
        wanted = sum(each[3] == region for each in told)
        assert first.get((2, (region,)), [0, 0])[1] == wanted
    assert sum(first.get((2, (region,)), [0, 0])[0] for region in ("hunan", "zhejiang")) == repeats
    assert totals_of(asked, Random(seed + 1)) == first
