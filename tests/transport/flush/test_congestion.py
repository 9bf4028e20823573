"""A crowded merge says so, and is heeded for as long as it does."""

from __future__ import annotations

from typing import Any

from faust.types import TP
from hypothesis import given
from hypothesis import strategies as st

from streams.merge.watermark import Watermarks
from streams.transport.flush.congestion import HOLDS_S, Congestion, Congestions, CongestionTeller, encode, key_of
from streams.web.anomaly_record import read_transition

WALL_MS = 1_762_790_400_000
ORDERS = [TP("orders", number) for number in range(4)]


class Times:
    """Two clocks that only the test moves."""

    def __init__(self) -> None:
        self.passed_s = 0.0

    def heard(self) -> Congestions:
        return Congestions(lambda: self.passed_s, self.wall_ms)

    def wall_ms(self) -> int:
        return WALL_MS + round(self.passed_s * 1000)


def said(partition: int, *watermarks: int, told_ms: int = WALL_MS) -> tuple[bytes, bytes]:
    """By a cells partition, of orders 0, 1, ..."""
    rows = [("orders", number, watermark) for number, watermark in enumerate(watermarks)]
    return key_of(partition), encode(Congestion(partition, 9, rows), told_ms)


def test_who_has_heard_nothing_waits_for_nobody() -> None:
    assert Times().heard().slowest_of_others(()) is None


def test_a_worker_that_owns_all_waits_for_nobody() -> None:
    heard = Times().heard()
    heard.hear(*said(0, 5, 6, 7, 8))

    assert heard.slowest_of_others(ORDERS) is None
    assert heard.slowest_of_others(ORDERS[1:]) == 5


@given(
    st.dictionaries(st.integers(0, 3), st.lists(st.integers(-1, 9), min_size=4, max_size=4), max_size=4),
    st.sets(st.integers(0, 3)),
)
def test_the_slowest_is_that_of_all_partitions_of_others(said_by: dict[int, list[int]], own: set[int]) -> None:
    heard = Times().heard()
    for partition, watermarks in said_by.items():
        heard.hear(*said(partition, *watermarks))

    others = [mark for marks in said_by.values() for number, mark in enumerate(marks) if number not in own]
    assert heard.slowest_of_others([ORDERS[number] for number in own]) == min(others, default=None)


def test_the_word_of_a_merge_that_is_dead_is_soon_forgotten() -> None:
    times = Times()
    heard = times.heard()
    heard.hear(*said(0, 5))
    times.passed_s = HOLDS_S - 0.1
    assert heard.slowest_of_others(()) == 5
    times.passed_s = HOLDS_S + 0.1
    assert heard.slowest_of_others(()) is None


def test_what_compaction_has_kept_is_not_heeded() -> None:
    heard = Times().heard()
    heard.hear(*said(0, 5, told_ms=WALL_MS - 60_000))

    assert heard.slowest_of_others(()) is None


def test_it_is_over_when_the_merge_says_so() -> None:
    heard = Times().heard()
    heard.hear(*said(0, 5))
    heard.hear(key_of(0), None)

    assert heard.slowest_of_others(()) is None


def test_strangers_are_passed_over() -> None:
    heard = Times().heard()
    for key in (None, b"f1", b"congestion-x", b"\xff", key_of(0)):
        for value in (None, b"", b"{}", b'{"type":"pharos.anomaly.opened","told_ms":1,"data":{}}'):
            heard.hear(key, value)

    assert heard.slowest_of_others(()) is None
    assert read_transition(said(0, 5)[1]) is None  # and the board passes over it in turn


class Crowd:
    """A merge with as many waiting cells as the test says."""

    def __init__(self, waiting: int) -> None:
        self.waiting = waiting
        self.watermarks = Watermarks({"orders": 1})


async def test_a_crowded_merge_says_so_until_half_of_it_is_gone() -> None:
    merge = Crowd(100)
    records: list[tuple[Any, Any]] = []

    async def send(_topic: str, value: bytes | None, *, key: bytes, partition: int) -> None:
        records.append((key, value))

    teller = CongestionTeller(lambda: {3: merge}, send, lambda: WALL_MS, crowded=100)
    told = []
    for waiting in (100, 101, 51, 50, 101):
        merge.waiting = waiting
        records.clear()
        await teller._tell()
        told.append([(key, value is not None) for key, value in records])

    congested, over = [(key_of(3), True)], [(key_of(3), False)]
    assert told == [[], congested, congested, over, congested]
