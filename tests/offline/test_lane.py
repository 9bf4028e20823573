"""Records of several partitions in the order in which they came."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.offline.lane import AHEAD_MS, LOOK_AHEAD, Lanes, Turn
from streams.offline.record_line import KafkaRecord

MINUTE_MS = 60_000
NOON_MS = 1_762_790_400_000


def records(partition: int, times: list[int]) -> list[KafkaRecord]:
    return [KafkaRecord("orders", partition, offset, ms, None, b"{}") for offset, ms in enumerate(times)]


def merged(*partitions: list[KafkaRecord], portion: int = 10_000) -> list[Turn]:
    """All records through lanes, so many of each partition at a time."""
    lanes = Lanes(("orders", number) for number in range(len(partitions)))
    found: list[Turn] = []
    for begin in range(0, max(map(len, partitions), default=0), portion):
        for partition in partitions:
            for record in partition[begin : begin + portion]:
                lanes.add(record)
        found += lanes.turns()
    for number in range(len(partitions)):
        lanes.end(("orders", number))
    return [*found, *lanes.turns()]


@given(st.lists(st.lists(st.integers(NOON_MS, NOON_MS + 10 * MINUTE_MS), max_size=200), max_size=4), st.integers(1, 90))
def test_each_partition_keeps_its_order_and_nothing_is_lost_however_it_arrives(
    times: list[list[int]], portion: int
) -> None:
    partitions = [records(number, of) for number, of in enumerate(times)]

    found = merged(*partitions, portion=portion)

    assert [[turn.record for turn in found if turn.record.partition == n] for n in range(len(times))] == partitions
    assert found == merged(*partitions)


@given(st.lists(st.lists(st.integers(NOON_MS, NOON_MS + 10 * MINUTE_MS), max_size=200).map(sorted), max_size=4))
def test_partitions_in_order_of_time_are_merged_in_order_of_time(times: list[list[int]]) -> None:
    found = [turn.at_ms for turn in merged(*(records(number, of) for number, of in enumerate(times)))]

    assert found == sorted(ms for of in times for ms in of)


def test_a_partition_is_waited_for_until_it_says_something_or_ends() -> None:
    lanes = Lanes([("orders", 0), ("orders", 1)])
    for record in records(0, [NOON_MS] * LOOK_AHEAD):
        lanes.add(record)

    assert not list(lanes.turns())
    lanes.end(("orders", 1))
    assert [turn.record.offset for turn in lanes.turns()] == [0]


def test_a_record_of_a_wrong_clock_gets_the_time_of_its_neighbours_and_holds_nothing_up() -> None:
    times = [NOON_MS + number * 1000 for number in range(200)]
    other = [NOON_MS + number * 1000 + 500 for number in range(200)]
    wrong = 100
    times[wrong] = NOON_MS + 24 * 60 * MINUTE_MS

    found = merged(records(0, times), records(1, other))

    moved = next(turn for turn in found if turn.record.offset == wrong and turn.record.partition == 0)
    assert abs(moved.at_ms - (NOON_MS + wrong * 1000)) <= LOOK_AHEAD * 1000
    assert [turn.at_ms for turn in found if turn != moved] == sorted(turn.at_ms for turn in found if turn != moved)
    assert all(turn.at_ms == turn.record.at_ms for turn in found if turn != moved)


def test_records_that_come_late_move_no_others() -> None:
    before = [NOON_MS - MINUTE_MS + number for number in range(LOOK_AHEAD)]
    late = [NOON_MS - 60 * MINUTE_MS] * (LOOK_AHEAD * 2)
    times = [*before, NOON_MS, NOON_MS + 1, *late, NOON_MS + 2]

    assert [turn.at_ms for turn in merged(records(0, times))] == times


def test_the_end_of_a_quiet_night_is_no_wrong_clock() -> None:
    times = [NOON_MS, NOON_MS + 480 * MINUTE_MS, NOON_MS + 480 * MINUTE_MS + AHEAD_MS * 2]

    assert [turn.at_ms for turn in merged(records(0, times))] == times


def test_a_record_without_a_time_stamp_came_with_the_one_before_it() -> None:
    assert [turn.at_ms for turn in merged(records(0, [NOON_MS, -1, NOON_MS + 5]))] == [NOON_MS, NOON_MS, NOON_MS + 5]
