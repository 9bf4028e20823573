"""Outcomes in their order, planes, watermarks and flushes of one partition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from streams.cells.record import NO_WATERMARK, SLOT_MS
from streams.ingest.outcome import Outcome
from streams.topics.placement import cells_partition
from tests.ingest.records import NOON, make_batch, make_event

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.catalogue.load import Catalogue
    from streams.ingest.flush import Flush
    from streams.ingest.partition import IngestPartition

    Make = Callable[..., IngestPartition]

HOUR = 3_600_000


def paid(age: int = 0, event_id: str | None = None, **data: Any) -> dict[str, Any]:
    return make_event("order.paid", NOON - age, event_id or f"age {age}", {"order_id": "TB1", **data})


def planes(flush: Flush, metric: str = "orders_paid") -> dict[int, int]:
    """Orders paid in the whole, by plane."""
    total: dict[int, int] = {}
    for record in flush.records.values():
        for cells in record.metrics:
            if cells.metric.startswith(f"{metric}@"):
                for scope, late, value in zip(cells.scope, cells.late, cells.value, strict=True):
                    if cells.scopes[scope] == (0, ()):
                        total[late] = total.get(late, 0) + value
    return total


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([paid(0, "a"), paid(0, "a")], Outcome.DUPLICATE),
        ([paid(0), paid(2 * HOUR + 1)], Outcome.LATE),
        ([paid(0), paid(2 * HOUR)], Outcome.COUNTED),
        ([paid(0), paid(3 * HOUR, "a"), paid(3 * HOUR, "a")], Outcome.DUPLICATE),
        ([paid(-300_001, "a"), paid(-300_001, "a")], Outcome.DEAD_LETTER),
        ([paid(-300_001, "a"), paid(0, "a")], Outcome.DUPLICATE),
        ([{**paid(0, "a"), "time": "?"}, paid(0, "a")], Outcome.COUNTED),
        ([paid(0, "a"), {**paid(0, "a"), "type": "order.archived"}], Outcome.IGNORED),
        ([paid(0, "a"), {**paid(0, "a"), "source": "/other"}], Outcome.COUNTED),
    ],
    ids=[
        "a copy is a duplicate",
        "more than 2 h behind is late",
        "exactly 2 h behind is counted",
        "a copy of a late one is a duplicate",
        "a copy from the future is a dead letter as well",
        "an id seen in a dead letter that decodes is remembered",
        "an id of what does not decode is not",
        "an unlisted type is ignored before it is a duplicate",
        "the same id of another source is another event",
    ],
)
def test_the_last_record_has_the_outcome(partition: Make, events: list[dict[str, Any]], expected: Outcome) -> None:
    ingest = partition()
    ingest.feed(make_batch(events[:-1]))
    before = ingest.outcomes[expected]

    ingest.feed(make_batch(events[-1:], first=len(events)))

    assert before + 1 == ingest.outcomes[expected]
    assert len(events) == sum(ingest.outcomes.values())


def test_the_reach_of_duplicates_is_in_offsets_holes_included(partition: Make) -> None:
    ingest = partition(dedup_records=10)

    for offset in (0, 10, 21):
        ingest.feed(make_batch([paid(0, "a")], first=offset))

    assert ingest.outcomes[Outcome.DUPLICATE] == 1
    assert ingest.outcomes[Outcome.COUNTED] == 2


def test_behind_the_watermark_an_event_is_counted_on_the_late_plane(partition: Make) -> None:
    ingest = partition()

    ingest.feed(make_batch([paid(0), paid(30_000), paid(30_001), paid(HOUR)]))

    assert ingest.outcomes[Outcome.COUNTED] == 4
    assert planes(ingest.take_flush(4)) == {0: 2, 1: 2}


def test_an_event_behind_a_promise_goes_to_the_late_plane_and_is_never_late_for_it(partition: Make) -> None:
    ingest = partition()
    ingest.feed(make_batch([paid(3 * HOUR)]))
    ingest.promise(NOON)

    ingest.feed(make_batch([paid(HOUR), paid(1), paid(0)], first=1))

    assert ingest.watermark == NOON
    assert ingest.outcomes[Outcome.COUNTED] == 4
    assert planes(ingest.take_flush(4)) == {0: 2, 1: 2}


def test_a_promise_below_the_watermark_changes_nothing(partition: Make) -> None:
    ingest = partition()
    ingest.feed(make_batch([paid(0)]))
    ingest.take_flush(1)

    ingest.promise(NOON - 30_000)

    assert ingest.watermark == NOON - 30_000
    assert not ingest.has_news


def test_only_counted_events_raise_the_watermark(partition: Make) -> None:
    ingest = partition()
    assert ingest.watermark == NO_WATERMARK == ingest.largest_event_time

    ingest.feed(make_batch([paid(-300_001), {**paid(-200_000), "type": "x"}, {**paid(), "data": {}}]))
    assert ingest.watermark == NO_WATERMARK

    ingest.feed(make_batch([paid(5), paid(700)], first=3))
    assert (ingest.largest_event_time, ingest.watermark) == (NOON - 5, NOON - 30_005)


def test_a_flush_holds_everything_since_the_last_one(partition: Make, shipped: Catalogue) -> None:
    ingest = partition()
    letters = ingest.feed(make_batch([paid(0), b"?", None, paid(0)], first=7))

    flush = ingest.take_flush(3)

    assert 11 == flush.next_offset == ingest.next_offset
    assert letters == flush.dead_letters
    assert flush.outcomes == {
        Outcome.DEAD_LETTER: 1, Outcome.IGNORED: 1, Outcome.DUPLICATE: 1, Outcome.LATE: 0, Outcome.COUNTED: 1,
    }  # fmt: skip
    assert (flush.largest_event_time, flush.watermark) == (NOON, NOON - 30_000)
    assert {0, 1, 2} == flush.records.keys()
    for number, record in flush.records.items():
        header = (record.topic, record.partition, record.next_offset, record.watermark, record.catalogue)
        assert ("orders", 0, 11, NOON - 30_000, shipped.hash) == header
        assert all(number == cells_partition(cells.metric, 3) for cells in record.metrics)


def test_after_a_flush_there_is_nothing_to_say_until_news_come(partition: Make) -> None:
    ingest = partition()
    ingest.feed(make_batch([paid(0), b"?"]))
    ingest.take_flush(2)
    assert not ingest.has_news

    flush = ingest.take_flush(2)

    assert not any(record.metrics for record in flush.records.values())
    assert not flush.dead_letters
    assert not any(flush.outcomes.values())
    assert flush.next_offset == 2
    assert sum(ingest.outcomes.values()) == 2

    ingest.promise(NOON)
    assert ingest.has_news


def test_warming_up_counts_nothing_and_knows_the_ids(partition: Make) -> None:
    ingest = partition()
    ingest.warm(make_batch([paid(0, "a"), b"?", None, paid(-300_001, "b"), {**paid(), "type": "x"}]))
    assert (ingest.largest_event_time, ingest.next_offset) == (NOON, 5)
    assert not ingest.has_news
    assert not any(ingest.outcomes.values())

    ingest.feed(make_batch([paid(0, "a"), paid(0, "b"), paid(0, "c")], first=5))

    assert (ingest.outcomes[Outcome.DUPLICATE], ingest.outcomes[Outcome.COUNTED]) == (2, 1)


def test_warming_up_forgets_what_was_refused_for_a_time_inside(partition: Make) -> None:
    ingest = partition()
    ingest.warm(make_batch([paid(0, "a", created_at="?")]))
    ingest.feed(make_batch([paid(0, "a")], first=1))

    assert ingest.outcomes[Outcome.COUNTED] == 1


@pytest.mark.parametrize("set_first", [True, False])
def test_the_restored_largest_time_overrules_the_warm_up(partition: Make, set_first: bool) -> None:
    ingest = partition()
    if set_first:
        ingest.largest_event_time = NOON - 50
    ingest.warm(make_batch([paid(0)]))
    ingest.largest_event_time = NOON - 50

    assert ingest.largest_event_time == NOON - 50


def test_a_null_dimension_and_a_missing_one_are_the_same_scope(partition: Make) -> None:
    ingest = partition()
    ingest.feed(make_batch([paid(0, "a", region=None), paid(0, "b", region=""), paid(0, "c")]))

    cells = [cells for record in ingest.take_flush(2).records.values() for cells in record.metrics]

    orders_paid = next(each for each in cells if each.metric.startswith("orders_paid@"))
    assert {3} == set(orders_paid.value)
    assert all(not any(values) for _, values in orders_paid.scopes)


def test_more_values_of_a_dimension_than_are_remembered_are_counted_all_the_same(
    partition: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streams.ingest.codes._MOST", 3)
    ingest, seen = partition(), []
    for round_ in range(3):
        stores = [f"store {round_ + number}" for number in range(8)]
        ingest.feed(make_batch([paid(0, f"{round_} {store}", store=store) for store in stores], first=10 * round_))
        records = ingest.take_flush(1).records.values()
        cells = next(each for each in next(iter(records)).metrics if each.metric.startswith("orders_paid@"))
        seen.append({values for _, values in cells.scopes if values and "store" in values[0]})

        assert seen[-1] == {(store,) for store in stores}
        assert max(map(len, ingest._codes.values())) == 2


def test_a_late_closing_counts_by_its_own_time_and_by_its_deadline(partition: Make) -> None:
    paid_at, collected = NOON - 26 * HOUR, NOON
    data = {"parcel_id": "P1", "paid_at": "2025-11-09T10:00:00+08:00"}
    event = make_event("parcel.collected", collected, "1", data)
    ingest = partition("logistics")
    ingest.feed(make_batch([event], "logistics"))

    records = ingest.take_flush(1).records
    cells = next(each for each in records[0].metrics if each.metric.startswith("collection_24h@"))

    deadline = paid_at + 24 * HOUR
    assert {(2, collected // SLOT_MS), (3, deadline // SLOT_MS)} == set(zip(cells.component, cells.slot, strict=True))


def test_what_lacks_the_time_it_closes_closes_nothing_and_is_counted(partition: Make) -> None:
    event = make_event("parcel.collected", NOON, "1", {"parcel_id": "P1"})
    ingest = partition("logistics")
    ingest.feed(make_batch([event, {**event, "id": "2", "data": {"parcel_id": "P1", "part": 2}}], "logistics"))

    flush = ingest.take_flush(1)

    # One for the deadline after 24 h, one for that after 48 h.
    assert flush.without_time == {("parcel.collected", "paid_at"): 2} == ingest.without_time
    assert not any(each.metric.startswith("collection_24h@") for each in flush.records[0].metrics)
    assert ingest.outcomes[Outcome.COUNTED] == 2


def test_an_unknown_topic_is_a_key_error(partition: Make) -> None:
    with pytest.raises(KeyError, match="letters"):
        partition("letters")
