"""One source partition: each offset once, in order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.catalogue.load import load
from streams.cells.case_record import CasesRecord, decode
from streams.ingest.partition import IngestPartition
from streams.records.single_event import SingleEvent, read_single_event
from streams.topics.names import CASES_TOPIC, CELLS_TOPIC, DEAD_LETTERS_TOPIC
from streams.topics.wanted import LARGEST_RECORD
from streams.transport.driver.fetched import Fetched
from streams.transport.partitions.committed import Commit
from streams.transport.partitions.life import State
from streams.transport.partitions.partition import Intake
from streams.transport.source.source_options import SourceOptions
from streams.transport.source.source_partition import SourcePartition
from tests.ingest.records import NOON, make_batch, make_event
from tests.transport.support.transport_fakes import ORDERS, FakeFlusher, FakeIngest, fetched


def new_part(dedup_records: int = 0) -> SourcePartition:
    return SourcePartition(ORDERS, FakeIngest, FakeFlusher(), options(2, dedup_records), 0.0)


def options(cells_partitions: int, dedup_records: int) -> SourceOptions:
    return SourceOptions(cells_partitions, dedup_records, 30, 1.0, 5.0, 1.0)


def run(part: SourcePartition, commit: Commit | None, earliest: int = 0) -> int:
    """Restores and runs it; returns where it reads from."""
    part.enter(State.RESTORING)
    part.begin(commit, earliest)
    part.run(0.0)
    return part.position


def ingest_of(part: SourcePartition) -> FakeIngest:
    assert isinstance(part.ingest, FakeIngest)
    return part.ingest


def test_without_a_commit_counting_starts_at_the_first_offset_there_is() -> None:
    part = new_part(dedup_records=100)

    assert run(part, None, 5) == 5
    assert part.take(fetched(5, range(5, 8))) is Intake.TAKEN
    assert (ingest_of(part).warmed, ingest_of(part).fed) == ([], [5, 6, 7])


def test_records_before_the_commit_only_warm_the_memory() -> None:
    part = new_part(dedup_records=10)

    assert run(part, Commit(100, "77 80")) == 90
    assert ingest_of(part).largest_event_time == 77
    assert ingest_of(part).promises == [80]
    part.take(fetched(90, range(90, 98)))
    part.take(fetched(98, range(98, 103)))

    assert ingest_of(part).warmed == list(range(90, 100))
    assert ingest_of(part).fed == [100, 101, 102]


def test_a_partition_that_is_warming_up_has_no_news() -> None:
    part = new_part(dedup_records=10)
    run(part, Commit(100, ""))
    part.take(fetched(90, range(90, 95)))

    assert not part.has_news


def test_new_names_weigh_as_records_do_until_they_are_flushed() -> None:
    part = new_part()
    run(part, None)
    ingest_of(part).new_bytes = 1_000_000
    part.take(fetched(0, range(5)))

    assert part.unflushed == 50_000

    part.take_flush()
    ingest_of(part).new_bytes = 0
    part.take(fetched(5, range(5, 8)))

    assert part.unflushed == 3


def test_a_flush_of_names_that_are_all_new_finds_room_on_its_topic() -> None:
    ingest = IngestPartition(
        load(), "orders", 0, dedup_records=0, lateness_ms=30_000, late_limit_ms=7_200_000, future_limit_ms=300_000
    )
    part = SourcePartition(ORDERS, lambda: ingest, FakeFlusher(), options(1, 0), 0.0)
    run(part, None)
    largest = flushes = 0
    for first in range(0, 8_000, 1_000):
        numbers = range(first, first + 1_000)
        data = [{"order_id": "TB1", "store": f"{number:0256d}"} for number in numbers]
        events = [make_event("order.paid", NOON, f"e{n}", of) for n, of in zip(numbers, data, strict=True)]
        part.take(Fetched(first, make_batch(events, first=first)))
        if part.unflushed >= 50_000:  # as the worker does
            flushes += 1
            largest = max(largest, *(len(record.value or b"") for record in part.take_flush()[0].records))

    assert flushes == 2
    assert largest <= LARGEST_RECORD


def test_metadata_of_somebody_else_is_no_event_time() -> None:
    part = new_part()
    run(part, Commit(100, "written by hand"))

    assert ingest_of(part).largest_event_time == -1


def test_a_batch_that_does_not_begin_at_the_position_is_not_taken() -> None:
    part = new_part()
    run(part, None)
    part.take(fetched(0, range(10)))

    assert part.take(fetched(5, range(5, 15))) is Intake.STALE
    assert part.take(fetched(12, range(12, 15))) is Intake.HOLE
    assert ingest_of(part).fed == list(range(10))


def test_offsets_that_hold_nothing_move_the_position_on() -> None:
    part = new_part()
    run(part, None)
    part.take(fetched(0, [2, 5], next_offset=9))  # markers and aborted batches in between and behind
    part.take(fetched(9, [], next_offset=12))

    assert part.position == 12
    assert part.take_flush()[0].next_offset == 12


def test_a_suspended_partition_takes_nothing_and_goes_on_where_it_was() -> None:
    part = new_part()
    run(part, None)
    part.take(fetched(0, range(3)))
    part.enter(State.SUSPENDED)

    assert part.take(fetched(3, range(3, 6))) is Intake.NOT_RUNNING
    part.run(1.0)
    assert part.take(fetched(3, range(3, 6))) is Intake.TAKEN
    assert ingest_of(part).fed == list(range(6))


def test_a_flush_holds_a_record_for_every_cells_partition_and_the_dead_letters_with_their_headers() -> None:
    part = new_part()
    run(part, None)
    part.take(fetched(0, range(8, 11), next_offset=11))
    content, _ = part.take_flush()

    assert [(r.topic, r.partition) for r in content.records[:2]] == [(CELLS_TOPIC, 0), (CELLS_TOPIC, 1)]
    letter = content.records[2]
    assert letter.topic == DEAD_LETTERS_TOPIC
    assert letter.value == b"bad"
    assert dict(letter.headers) == {
        "pharos-detail": b"not JSON",
        "pharos-reason": b"not_json",
        "pharos-topic": b"orders",
        "pharos-partition": b"0",
        "pharos-offset": b"9",
    }
    assert (content.next_offset, content.metadata) == (11, "10 9")


def test_marks_of_cases_are_written_with_the_cells_one_record_for_every_partition_of_cases() -> None:
    part = new_part()
    run(part, None)
    ingest_of(part).has_cases = True
    part.take(fetched(0, range(8, 11), next_offset=11))
    content, _ = part.take_flush()

    marks = content.records[2:4]
    assert [(record.topic, record.partition) for record in marks] == [(CASES_TOPIC, 0), (CASES_TOPIC, 1)]
    assert [decode(record.value or b"") for record in marks] == [CasesRecord("orders", 0, -1, "hash", [])] * 2
    assert [record.topic for record in content.records[4:]] == [DEAD_LETTERS_TOPIC]


def test_single_events_are_written_with_the_cells_in_one_partition_in_the_order_of_their_rule() -> None:
    part = new_part()
    run(part, None)
    single = SingleEvent(rule="r", event_type="survey.answered", event_source="/s", event_id="1", time=7)
    ingest_of(part).single_events.append(single)
    part.take(fetched(0, range(3), next_offset=3))
    content, _ = part.take_flush()

    (record,) = [record for record in content.records if record.topic == "pharos-single-events"]
    assert (record.partition, record.key) == (0, b"r")
    assert read_single_event(record.value) == single


@given(st.integers(0, 60), st.integers(0, 30), st.lists(st.integers(1, 20), min_size=1, max_size=10))
def test_however_batches_fall_each_offset_is_warmed_or_fed_once(commit: int, dedup: int, sizes: list[int]) -> None:
    part = new_part(dedup)
    start = position = run(part, Commit(commit, ""))
    for size in sizes:
        assert part.take(fetched(position, range(position, position + size))) is Intake.TAKEN
        position += size
    ingest = ingest_of(part)

    assert ingest.warmed + ingest.fed == list(range(start, position))
    assert all(offset < commit for offset in ingest.warmed)
    assert all(offset >= commit for offset in ingest.fed)
