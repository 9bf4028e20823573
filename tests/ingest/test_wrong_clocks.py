"""Records whose time cannot be believed: refused by the wall clock, counted by source, and moving no clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from streams.events.dead_letter import Reason
from streams.ingest.outcome import Outcome
from tests.ingest.records import NOON, make_batch, make_event

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.ingest.flush import Flush
    from streams.ingest.partition import IngestPartition

    Make = Callable[..., IngestPartition]

DAY = 86_400_000
LIMIT = 300_000


def paid(ms: int, number: int = 1, source: str = "/oms") -> dict[str, Any]:
    return make_event("order.paid", ms, str(number)) | {"source": source}


@pytest.mark.parametrize(
    ("time", "timestamp", "expected", "says"),
    [
        (NOON, NOON, Outcome.COUNTED, ""),
        (NOON + LIMIT, NOON + LIMIT, Outcome.COUNTED, ""),
        (NOON + LIMIT + 1, NOON + LIMIT, Outcome.DEAD_LETTER, "$.time is too far ahead of the brokers' clock"),
        (NOON, NOON + DAY, Outcome.DEAD_LETTER, "the record's timestamp is too far ahead of the brokers' clock"),
        (NOON + DAY, NOON + DAY, Outcome.DEAD_LETTER, "the record's timestamp is too far ahead of the brokers' clock"),
        (NOON + DAY, -1, Outcome.DEAD_LETTER, "$.time is too far ahead of the brokers' clock"),
        (NOON - DAY, NOON - DAY, Outcome.COUNTED, ""),
    ],
    ids=["now", "at the limit", "beyond it", "timestamp", "both", "no timestamp", "a backlog"],
)
def test_what_is_ahead_of_the_wall_clock_is_a_dead_letter_that_says_so(
    partition: Make, time: int, timestamp: int, expected: Outcome, says: str
) -> None:
    ingest = partition(now_ms=lambda: NOON)

    letters = ingest.feed(make_batch([paid(time)], timestamp=timestamp))

    assert ingest.outcomes[expected] == 1
    assert [(letter.reason, letter.detail) for letter in letters] == ([(Reason.FROM_THE_FUTURE, says)] if says else [])


@pytest.mark.parametrize("value", [None, make_event("x", NOON), b'{"id":1}'], ids=["tombstone", "unlisted", "broken"])
def test_a_timestamp_ahead_of_the_wall_clock_makes_a_dead_letter_of_anything(
    partition: Make, value: bytes | dict[str, Any] | None
) -> None:
    ingest = partition(now_ms=lambda: NOON)

    ingest.feed(make_batch([value], timestamp=NOON + DAY))

    assert ingest.outcomes[Outcome.DEAD_LETTER] == 1


def test_with_the_time_of_events_the_wall_clock_has_no_say(partition: Make) -> None:
    ingest = partition()

    ingest.feed(make_batch([paid(NOON + DAY)], timestamp=NOON + DAY))

    assert ingest.outcomes[Outcome.COUNTED] == 1


def test_a_record_that_is_refused_moves_no_clock_and_no_watermark(partition: Make) -> None:
    ingest = partition(now_ms=lambda: NOON)
    ingest.feed(make_batch([paid(NOON)]))
    watermark = ingest.watermark

    ingest.feed(make_batch([paid(NOON + DAY, 2), make_event("x", NOON)], first=1, timestamp=NOON + DAY))
    ingest.feed(make_batch([paid(NOON + LIMIT + 1, 3)], first=3))

    assert (ingest.watermark, ingest.largest_event_time, ingest.newest_timestamp) == (watermark, NOON, NOON)


def test_right_orders_count_though_another_producer_of_the_partition_is_a_day_ahead(partition: Make) -> None:
    ingest = partition(now_ms=lambda: NOON)
    wrong = [paid(NOON + DAY, number, "/wrong") for number in range(30)]

    ingest.feed(make_batch([each for number in range(30) for each in (wrong[number], paid(NOON, number))]))

    assert ingest.outcomes[Outcome.COUNTED] == 30
    assert ingest.outcomes[Outcome.DEAD_LETTER] == 30
    assert cells_of(ingest.take_flush(1), "events_ahead") == {("",): [30, 30 * DAY], ("/wrong",): [30, 30 * DAY]}


def test_a_producer_that_is_four_minutes_fast_makes_nobody_else_late(partition: Make) -> None:
    clock = [NOON]
    ingest = partition(now_ms=lambda: clock[0])

    ingest.feed(make_batch([paid(NOON + 240_000, 1, "/fast"), paid(NOON, 2), paid(NOON - 29_000, 3)]))
    first = ingest.watermark
    clock[0] = NOON + 60_000
    ingest.feed(make_batch([paid(NOON + 45_000, 4)], first=3, timestamp=NOON + 60_000))

    assert (first, ingest.watermark) == (NOON - 30_000, NOON + 30_000)
    assert {
        late for record in ingest.take_flush(1).records.values() for each in record.metrics for late in each.late
    } == {0}


def test_what_is_too_late_is_told_by_source_and_by_how_much(partition: Make) -> None:
    ingest = partition()
    late = [paid(NOON - DAY, number, "/slow") for number in range(20)]

    ingest.feed(make_batch([paid(NOON), *late]))

    assert ingest.outcomes[Outcome.LATE] == 20
    assert cells_of(ingest.take_flush(1), "events_too_late") == {("",): [20, 20 * DAY], ("/slow",): [20, 20 * DAY]}


def cells_of(flush: Flush, metric: str) -> dict[tuple[str, ...], list[int]]:
    """By scope, the values of the cells in ascending order; all lie in the slot at which the records were read."""
    (record,) = flush.records.values()
    (cells,) = (each for each in record.metrics if each.metric.startswith(f"{metric}@"))
    assert set(cells.slot) == {NOON // 10_000}
    found: dict[tuple[str, ...], list[int]] = {}
    for place, value in zip(cells.scope, cells.value, strict=True):
        found.setdefault(cells.scopes[place][1] or ("",), []).append(value)
    return {scope: sorted(values) for scope, values in found.items()}
