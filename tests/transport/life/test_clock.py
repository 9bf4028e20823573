"""The worker's clock."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.transport.life.clock import WorkerClock


class Wall:
    """A monotonic clock by hand."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def wall() -> Wall:
    return Wall()


def test_it_knows_nothing_before_the_first_record(wall: Wall) -> None:
    assert WorkerClock(wall).now_ms() is None


def test_it_goes_on_with_the_wall_from_the_largest_timestamp_read(wall: Wall) -> None:
    clock = WorkerClock(wall)
    clock.observe(900_000_000_000)  # a replay of 1998
    wall.now_s += 12.5
    clock.observe(900_000_001_000)  # older than what the clock shows by now

    assert clock.now_ms() == 900_000_012_500


def test_what_it_was_is_what_it_showed_then_not_what_later_records_say(wall: Wall) -> None:
    clock = WorkerClock(wall)
    clock.observe(1_000_000)
    wall.now_s += 6.0
    clock.observe(9_000_000)

    assert clock.was_ms(5.0) == 1_001_000
    assert clock.now_ms() == 9_000_000


def test_it_was_nothing_before_it_began(wall: Wall) -> None:
    clock = WorkerClock(wall)
    clock.observe(1_000_000)
    wall.now_s += 3.0

    assert clock.was_ms(5.0) is None


@given(st.lists(st.tuples(st.integers(0, 10**12), st.floats(0, 100)), max_size=30))
def test_it_never_goes_back(steps: list[tuple[int, float]]) -> None:
    wall = Wall()
    clock = WorkerClock(wall)
    shown = -1
    for timestamp, pause in steps:
        clock.observe(timestamp)
        wall.now_s += pause
        now = clock.now_ms()
        assert now is not None
        assert now >= shown
        shown = now
