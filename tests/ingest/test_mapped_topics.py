"""A record of a mapped topic holds several events, one or none: it has one outcome, and all or none of it counts."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.catalogue.load import Catalogue, load
from streams.catalogue.metric import Component, Direction, Metric
from streams.catalogue.term import Term
from streams.events.dead_letter import Reason
from streams.ingest.outcome import Outcome
from streams.ingest.partition import IngestPartition
from streams.mapping.mapper import compile_mapping
from streams.settings.mapping import MappingRule, MappingSettings
from tests.ingest.direct_computation import cells_of
from tests.ingest.mapped_direct import MappedDirect
from tests.ingest.records import NOON, make_batch, text_of

if TYPE_CHECKING:
    from streams.records.batch import RecordBatch

TOPIC = "shop.sales"
FIELDS = {"id": "item.id", "source": "item.shop", "time": "item.time"}
SALES = MappingSettings(
    all=True,
    events=(
        MappingRule(
            when="orders",
            each="orders",
            type="order.paid",
            data={"order_id": "item.order", "region": "item.region", "amount": "item.amount"},
            **FIELDS,
        ),
        MappingRule(
            when="refunds",
            each="refunds",
            type="refund.completed",
            data={"refund_id": "item.order", "region": "item.region", "amount": "item.amount", "paid_at": "item.paid"},
            **FIELDS,
        ),
        MappingRule(when="test", ignore="of a test shop"),
    ),
)
REQUIRED = {"orders": ("order.paid", "order_id"), "refunds": ("refund.completed", "refund_id")}
SUMS = Metric(
    id="T", name="paid", title="paid", touchpoint="order", signal="mean", unit="seconds", direction=Direction.DOWN,
    minimum_effect=0.1, minimum_exposure=1, scopes=((), ("region",), ("topic",)),
    numerator=(Term(("order.paid",), value="amount"), Term(("refund.completed",), value="amount", weight=-1)),
    denominator=(Term(("order.paid",)), Term(("refund.completed",), at="paid_at", plus_s=60)),
)  # fmt: skip
COUNTED_OF = {"order.paid", "refund.completed", "pharos.event_ahead", "pharos.event_too_late"}
METRICS = (SUMS, *(
    metric
    for metric in load().metrics
    if any(COUNTED_OF & set(term.events) for terms in metric.components().values() for term in terms)
))  # fmt: skip


def new_partition(metrics: tuple[Metric, ...] = METRICS, reach: int = 1000) -> IngestPartition:
    catalogue = Catalogue.of(metrics)
    return IngestPartition(
        catalogue,
        TOPIC,
        0,
        dedup_records=reach,
        lateness_ms=30_000,
        late_limit_ms=7_200_000,
        future_limit_ms=300_000,
        mapper=compile_mapping("sales", SALES, catalogue.vocabulary),
    )


def events_of(value: bytes) -> list[dict[str, Any]] | None:
    """What the mapping says, in plain Python; the samples of records below have no other fault."""
    record = json.loads(value)
    if not isinstance(record, dict) or not any(map(record.get, (*REQUIRED, "test"))):
        return None
    events = []
    for name, (kind, required) in REQUIRED.items():
        for item in record.get(name) or ():
            if not isinstance(item["amount"], int | float | None):
                return None
            data = {required: item["order"], "region": item["region"], "amount": item["amount"]}
            data |= {"paid_at": item["paid"]} if name == "refunds" else {}
            events.append({"source": item["shop"], "id": item["id"], "time": item["time"], "type": kind, "data": data})
    return events


def item(number: int = 1, at: int = NOON, amount: Any = 10.5, region: str | None = "north") -> dict[str, Any]:
    return {
        "id": f"e{number}",
        "shop": "/shop",
        "order": f"o{number}",
        "time": text_of(at),
        "amount": amount,
        "region": region,
        "paid": text_of(at - 90_000),
    }


@st.composite
def items(draw: st.DrawFn) -> dict[str, Any]:
    age = draw(st.one_of(st.integers(0, 60_000), st.integers(0, 3 * 3_600_000), st.integers(-600_000, 0)))
    amount = draw(st.one_of(*[st.integers(0, 50)] * 6, st.none(), st.just("much")))
    found = item(draw(st.integers(0, 15)), NOON - age, amount, draw(st.sampled_from(["north", "south", None])))
    return found | {"paid": draw(st.sampled_from([None, text_of(NOON - age - 86_000_000)]))}


@st.composite
def records(draw: st.DrawFn) -> dict[str, Any] | bytes | None:
    if draw(st.integers(0, 9)) == 0:
        return draw(st.sampled_from([None, b"{}", b"[]", b"null", b'{"test":true}', b'{"orders":[]}']))
    return {name: draw(st.lists(items(), max_size=2)) for name in REQUIRED if draw(st.integers(0, 4))} | {"test": True}


@st.composite
def histories(draw: st.DrawFn) -> list[RecordBatch]:
    """Batches with holes between them."""
    batches, first = [], 0
    for _ in range(draw(st.integers(1, 3))):
        batches.append(make_batch(draw(st.lists(records(), max_size=12)), TOPIC, first))
        first = batches[-1].next_offset + draw(st.integers(0, 4))
    return batches


@settings(max_examples=60, deadline=None)
@given(history=histories(), reach=st.sampled_from([0, 3, 100]))
def test_outcomes_and_cells_equal_a_direct_computation(history: list[RecordBatch], reach: int) -> None:
    direct = MappedDirect(METRICS, TOPIC, reach, 30_000, 7_200_000, events_of)
    ingest = new_partition(reach=reach)

    flushes = []
    for batch in history:
        direct.feed(batch)
        ingest.feed(batch)
        flushes.append(ingest.take_flush(3))

    assert dict(direct.outcomes) == {outcome.value: n for outcome, n in ingest.outcomes.items() if n}
    counted = cells_of(flushes)
    assert {key: n for key, n in direct.cells.items() if n} == {key: n for key, n in counted.items() if n}
    assert ingest.largest_event_time == (-1 if direct.largest is None else direct.largest)
    letters = [letter.offset for flush in flushes for letter in flush.dead_letters]
    assert letters == sorted(set(letters))
    assert len(letters) == ingest.outcomes[Outcome.DEAD_LETTER]


@settings(max_examples=60, deadline=None)
@given(history=histories(), split=st.integers(0, 2), reach=st.sampled_from([5, 40]))
def test_a_new_owner_that_warms_up_decides_like_the_one_that_read_on(
    history: list[RecordBatch], split: int, reach: int
) -> None:
    old, new = new_partition(reach=reach), new_partition(reach=reach)
    for batch in history[:split]:
        old.feed(batch)
    committed = old.take_flush(2)
    for batch in history[:split]:
        kept = slice(max(0, committed.next_offset - reach - batch.offsets[0]) if batch.offsets else 0, None)
        columns = (batch.offsets[kept], batch.timestamps[kept], batch.values[kept])
        new.warm(batch._replace(offsets=columns[0], timestamps=columns[1], values=columns[2]))
    new.largest_event_time = committed.largest_event_time

    for batch in history[split:]:
        assert old.feed(batch) == new.feed(batch)
    left, right = old.take_flush(2), new.take_flush(2)
    assert cells_of([left]) == cells_of([right])
    assert not history[split:] or (left.outcomes, left.watermark) == (right.outcomes, right.watermark)


def counted(ingest: IngestPartition) -> dict[str, int]:
    """Orders and refunds, as the whole of SUMS counts them."""
    whole: Counter[int] = Counter()
    for (_, scope, component, _, _), value in cells_of([ingest.take_flush(1)]).items():
        whole[component] += value * (scope == (0, ()))
    return {"cents": whole[Component.NUMERATOR], "events": whole[Component.DENOMINATOR]}


FAULTS = {
    "an event from the future": (item(2, NOON + 300_001), Reason.FROM_THE_FUTURE),
    "a field of the wrong kind": (item(2, amount="much"), Reason.MAPPING_FAILED),
    "no id": (item(2) | {"id": None}, Reason.MAPPING_FAILED),
    "a time that is none": (item(2) | {"time": "soon"}, Reason.MAPPING_FAILED),
    "an element that is no order": ("order", Reason.MAPPING_FAILED),
}


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_record_with_one_faulty_event_counts_none_and_its_neighbours_count(name: str, place: int) -> None:
    wrong, reason = FAULTS[name]
    orders: list[Any] = [item(10), item(11)]
    orders.insert(place, wrong)
    ingest = new_partition((SUMS,))

    letters = ingest.feed(make_batch([{"orders": [item(1)]}, {"orders": orders}, {"refunds": [item(3, amount=2)]}]))

    assert [(letter.offset, letter.reason) for letter in letters] == [(1, reason)]
    assert "much" not in letters[0].detail
    assert (ingest.outcomes[Outcome.COUNTED], ingest.outcomes[Outcome.DEAD_LETTER]) == (2, 1)
    assert counted(ingest) == {"cents": 1_050 - 200, "events": 2}
    assert ingest.largest_event_time == NOON


@pytest.mark.parametrize(
    ("second", "outcome"),
    [
        ([item(1), item(2)], Outcome.DUPLICATE),
        ([item(1), item(3)], Outcome.COUNTED),
        ([item(1), item(3, NOON - 7_200_001)], Outcome.LATE),
        ([item(3, NOON - 7_200_001), item(4, NOON - 7_200_000)], Outcome.COUNTED),
        ([item(3), item(3)], Outcome.COUNTED),
        ([], Outcome.DEAD_LETTER),
    ],
)
def test_a_record_has_the_best_outcome_of_its_events(second: list[Any], outcome: Outcome) -> None:
    ingest = new_partition((SUMS,))

    ingest.feed(make_batch([{"orders": [item(1), item(2)]}]))
    before = dict(ingest.outcomes)
    ingest.feed(make_batch([{"orders": second} if second else {"parcels": []}], first=1))

    assert {name for name, n in ingest.outcomes.items() if n > before[name]} == {outcome}


def test_the_events_of_hundreds_of_records_are_counted_record_by_record() -> None:
    ingest = new_partition((SUMS,))
    records: list[Any] = [{"orders": [item(2 * n), item(2 * n + 1)], "refunds": [item(-n - 1)]} for n in range(700)]

    ingest.feed(make_batch([*records, *records, {"test": True}]))

    assert {outcome: n for outcome, n in ingest.outcomes.items() if n} == {
        Outcome.COUNTED: 700,
        Outcome.DUPLICATE: 700,
        Outcome.IGNORED: 1,
    }
    assert counted(ingest)["events"] == 2_100
