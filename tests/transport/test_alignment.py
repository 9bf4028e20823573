"""Which partitions wait for others."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.transport.alignment import AHEAD_LIMIT_MS, Progress, too_far_ahead


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
