"""Spans of event time with events."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from streams.cells.activity import Activity


def spans_of(slots: list[int]) -> list[tuple[int, int]]:
    """The obvious way: neighbours that lie within ten minutes belong together."""
    found: list[tuple[int, int]] = []
    for slot in sorted(slots):
        if found and slot - found[-1][1] <= 60:
            found[-1] = (found[-1][0], slot)
        else:
            found.append((slot, slot))
    return found


@given(slots=st.lists(st.integers(0, 2_000), min_size=1, max_size=40), order=st.randoms())
def test_spans_are_the_same_in_whatever_order_slots_come(slots: list[int], order: Any) -> None:
    shuffled = list(slots)
    order.shuffle(shuffled)
    activity = Activity()

    for slot in shuffled:
        activity.add([(slot, slot)])

    assert activity.spans == spans_of(slots)
