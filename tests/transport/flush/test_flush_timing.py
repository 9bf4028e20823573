"""When a source partition is flushed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.transport.flush.flush_timing import Due, FlushTiming

INTERVAL_S, LEAST_S, MOST = 4.0, 1.0, 50_000
SLOT_MS = 10_000


@given(st.lists(st.tuples(st.floats(0.01, 3.0), st.integers(0, 60_000)), max_size=60))
def test_flushes_are_a_second_apart_at_least_and_a_look_beyond_the_interval_at_most(
    looks: list[tuple[float, int]],
) -> None:
    timing = FlushTiming(INTERVAL_S, MOST, 0.0)
    now_s, watermark_ms, flushed_s = 0.0, 0, 0.0
    for wait_s, ahead_ms in looks:
        now_s, watermark_ms = now_s + wait_s, watermark_ms + ahead_ms
        due = timing.due(watermark_ms, 1, now_s)
        if due is Due.NOT_YET:
            assert now_s - flushed_s < INTERVAL_S
        else:
            assert now_s - flushed_s >= LEAST_S
            timing.flushed(watermark_ms, now_s)
            flushed_s = now_s


@given(st.integers(0, 10**13), st.floats(LEAST_S, INTERVAL_S, exclude_max=True))
def test_a_watermark_that_leaves_a_slot_is_told_at_once_and_only_then(watermark_ms: int, waited_s: float) -> None:
    timing = FlushTiming(INTERVAL_S, MOST, 0.0)
    timing.flushed(watermark_ms, 0.0)
    border_ms = (watermark_ms // SLOT_MS + 1) * SLOT_MS

    assert timing.due(border_ms - 1, 1, waited_s) is Due.NOT_YET
    assert timing.due(border_ms, 1, waited_s) is Due.SLOT


def test_many_records_wait_for_nothing() -> None:
    assert FlushTiming(INTERVAL_S, MOST, 0.0).due(0, MOST, 0.0) is Due.MANY


def test_an_interval_of_less_than_a_second_is_kept() -> None:
    assert FlushTiming(0.02, MOST, 0.0).due(-1, 1, 0.02) is Due.INTERVAL
