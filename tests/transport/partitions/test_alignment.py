"""Which partitions wait for others."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.transport.partitions.alignment import AHEAD_LIMIT_MS, Progress, too_far_ahead


def test_a_partition_without_events_holds_nobody_back() -> None:
    parts = {"fast": Progress(10 * AHEAD_LIMIT_MS, False), "new": Progress(-1, False)}

    assert too_far_ahead(parts) == frozenset()  # type: ignore[arg-type]  # any key will do


@given(st.dictionaries(st.integers(0, 20), st.tuples(st.integers(-1, 10**9), st.booleans())))
def test_somebody_with_something_to_read_always_goes_on(given: dict[int, tuple[int, bool]]) -> None:
    parts = {number: Progress(*progress) for number, progress in given.items()}
    held = too_far_ahead(parts)  # type: ignore[arg-type]  # any key will do
    reading = {number for number, part in parts.items() if not part.caught_up}

    assert not reading or reading - held
    assert not held or reading


@given(st.lists(st.dictionaries(st.integers(0, 9), st.tuples(st.integers(0, 10**9), st.booleans())), min_size=2))
def test_over_all_workers_somebody_with_something_to_read_goes_on(given: list[dict[int, tuple[int, bool]]]) -> None:
    workers = [{number: Progress(*progress) for number, progress in parts.items()} for parts in given]
    goes_on, reads = False, False
    for worker, parts in enumerate(workers):
        others = [part for other, theirs in enumerate(workers) if other != worker for part in theirs.values()]
        slowest = min((part.largest_event_time for part in others if not part.caught_up), default=None)
        held = too_far_ahead(parts, slowest)  # type: ignore[arg-type]  # any key will do
        reading = {number for number, part in parts.items() if not part.caught_up}
        reads |= bool(reading)
        goes_on |= bool(reading - held)

    assert goes_on or not reads


@given(st.lists(st.integers(1, 10**9), min_size=1), st.integers(0, 10**9))
def test_who_waits_for_cases_never_stops_what_they_wait_for(read_to: list[int], undecided_ms: int) -> None:
    parts = {number: Progress(time, False) for number, time in enumerate(read_to)}
    slowest = min(read_to)
    frontier = (slowest - 30_000) // 10_000 * 10_000  # what cases say once they have read all that was flushed

    assert read_to.index(slowest) not in too_far_ahead(parts, frontier)  # type: ignore[arg-type]  # any key will do
    held = too_far_ahead(parts, frontier - undecided_ms)  # type: ignore[arg-type]  # as above
    assert held == {number for number, time in enumerate(read_to) if time > frontier - undecided_ms + AHEAD_LIMIT_MS}
