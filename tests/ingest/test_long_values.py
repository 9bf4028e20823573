"""However long a name is, it costs a partition no more than its bytes, and what is kept of it is short."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from streams.catalogue.scopes import scope_sets
from streams.cells.record import decode, encode
from streams.evaluation.metric_evaluator import MetricEvaluator
from streams.events.long_text import LONGEST, shortened
from streams.ingest.outcome import Outcome
from streams.merge.partition import MergePartition
from streams.settings.settings import Settings
from tests.ingest.records import NOON, make_batch, make_event

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.catalogue.load import Catalogue
    from streams.cells.record import CellsRecord
    from streams.ingest.partition import IngestPartition

    Make = Callable[..., IngestPartition]

HUGE = 900_000


def paid(number: int, store: str, **others: str) -> dict[str, object]:
    return make_event("order.paid", NOON + number, f"e{number}", {"order_id": "TB1", "store": store, **others})


def stores(record: CellsRecord, shipped: Catalogue) -> set[str]:
    """All values of the dimension `store` in the cells."""
    sets = {metric.key(): scope_sets(metric) for metric in shipped.metrics}
    return {
        value
        for cells in record.metrics
        for number, values in cells.scopes
        for name, value in zip(sets[cells.metric][number], values, strict=True)
        if name == "store"
    }


def remembered(ingest: IngestPartition) -> int:
    """The longest text among what is kept from one record to the next."""
    ids = ingest._ids
    texts = [*(value for codes in ingest._codes.values() for value in (*codes, *codes.names) if value)]
    for by_source in (ids._younger, ids._elder):
        texts += [*by_source, *(name for names in by_source.values() for name in names)]
    return max(map(len, texts))


@pytest.mark.parametrize("letter", ["x", "杭", "\U0001f4e6"])
@pytest.mark.parametrize("length", [257, 10_000])
def test_a_long_text_becomes_its_beginning_and_a_hash(letter: str, length: int) -> None:
    short = shortened(letter * length)

    assert len(short) == LONGEST
    assert short.startswith(letter * 200)
    assert short[-17] == "…"
    assert short == shortened(letter * length)
    assert shortened(letter * LONGEST) == letter * LONGEST


def test_two_long_texts_with_a_common_beginning_stay_two() -> None:
    assert shortened("x" * HUGE) != shortened("x" * HUGE + "y") != shortened("x" * (HUGE + 1))


def test_thirty_events_with_names_of_900_kilobytes_are_counted_as_others_are(
    partition: Make, shipped: Catalogue
) -> None:
    ingest = partition()
    ingest.feed(make_batch([paid(number, "x" * (HUGE + number)) for number in range(30)]))
    flush = ingest.take_flush(1)
    packed = encode(flush.records[0])
    settings = Settings(cells_partitions=1)
    merge = MergePartition(shipped, 0, {"orders": 1}, settings, lambda metric: MetricEvaluator(metric, settings))
    merge.apply(decode(packed))
    ingest.promise(NOON + 120_000)
    merge.apply(ingest.take_flush(1).records[0])
    ticks = list(merge.advance())

    assert ingest.outcomes[Outcome.COUNTED] == 30
    assert len(stores(flush.records[0], shipped)) == 30
    assert len(packed) < 120_000
    assert ticks
    assert remembered(ingest) <= LONGEST
    assert sum(len(part) for _, part in merge.snapshot(1, full=True)) < 1_000_000


def test_the_same_long_name_is_the_same_series_in_each_flush_and_each_worker(
    partition: Make, shipped: Catalogue
) -> None:
    found = []
    for _ in range(2):
        ingest = partition()
        for number in range(2):
            ingest.feed(make_batch([paid(number, "x" * HUGE)], first=number))
            found.append(stores(ingest.take_flush(1).records[0], shipped))

    assert found == [{shortened("x" * HUGE)}] * 4


def test_what_was_cut_is_counted_by_dimension_and_event(partition: Make) -> None:
    ingest = partition()
    long = "x" * 257
    ingest.feed(make_batch([paid(1, long), paid(2, long, region=long), paid(2, long), paid(3, "x" * 256)]))

    assert ingest.take_flush(1).long_values == {"store": 3, "region": 1}
    assert ingest.take_flush(1).long_values == {}
    assert ingest.long_values == {"store": 3, "region": 1}


@pytest.mark.parametrize("bad", [b"{", {**paid(9, "s"), "data": {"order_id": "TB1", "paid_at": "yesterday"}}])
def test_a_bad_neighbour_makes_none_count_twice(partition: Make, bad: bytes | dict[str, object]) -> None:
    ingest = partition()
    ingest.feed(make_batch([paid(1, "x" * 300), bad]))

    assert ingest.outcomes[Outcome.DEAD_LETTER] == 1
    assert ingest.take_flush(1).long_values == {"store": 1}


def test_what_is_only_remembered_is_not_counted_again(partition: Make) -> None:
    ingest = partition()
    ingest.warm(make_batch([paid(1, "x" * 300)]))

    assert ingest.take_flush(1).long_values == {}


@pytest.mark.parametrize("field", ["id", "source"])
def test_a_copy_is_found_by_an_id_or_a_source_of_any_length_and_little_of_it_is_kept(
    partition: Make, field: str
) -> None:
    ingest = partition()
    events = [{**paid(number, "s"), field: "x" * HUGE + str(number)} for number in (1, 2)]
    ingest.feed(make_batch([*events, paid(3, "s")]))
    ingest.feed(make_batch([events[1]], first=3))

    assert ingest.outcomes[Outcome.COUNTED] == 3
    assert ingest.outcomes[Outcome.DUPLICATE] == 1
    assert remembered(ingest) <= LONGEST
    assert sum(map(sys.getsizeof, ingest._ids._younger)) < 2_000


def test_a_type_that_nobody_lists_may_have_any_length(partition: Make) -> None:
    ingest = partition()
    ingest.feed(make_batch([{**paid(1, "s"), "type": "x" * HUGE}, {**paid(2, "s"), "subject": "x" * HUGE}]))

    assert ingest.outcomes[Outcome.IGNORED] == 1
    assert ingest.outcomes[Outcome.COUNTED] == 1
    assert remembered(ingest) <= LONGEST
