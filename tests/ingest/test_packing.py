"""Keys of events: what NumPy counts is what a counter of tuples counts."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.ingest.packing import EXACT, Keys, Projections, TooManyKeysError

if TYPE_CHECKING:
    from streams.ingest.packing import Cells

Event = tuple[int, int, int]
PROJECTIONS = [(), (0,), (2, 1), (0, 1, 2)]
_EVENT = st.tuples(st.integers(0, 4), st.integers(7, 9), st.sampled_from([0, 30_000]))


def keys_of(events: list[Event], chosen: list[list[bool]], rests: list[int], most: int = EXACT) -> Keys:
    packing = Projections(PROJECTIONS, 3, 3)
    return packing.keys(np.array(events).T, np.array(chosen).T, np.array([rests] * len(PROJECTIONS)), most)


def found(cells: Cells, counts: list[int]) -> list[Counter[tuple[tuple[int, ...], int]]]:
    """By projection, how often each scope and rest comes."""
    by_projection = []
    for line, numbers in enumerate(PROJECTIONS):
        places = range(cells.ends[line], cells.ends[line + 1])
        scopes = (tuple(cells.codes[cells.scope[place]][: len(numbers)]) for place in places)
        rows = zip(scopes, (cells.rest[place] for place in places), strict=True)
        by_projection.append(Counter(dict(zip(rows, counts[places.start : places.stop], strict=True))))
        assert set(cells.scope[places.start : places.stop]) == set(range(*cells.scope_ends[line : line + 2]))
    return by_projection


@given(
    st.lists(st.tuples(_EVENT, st.lists(st.booleans(), min_size=4, max_size=4), st.integers(0, 3)), min_size=1),
    st.booleans(),
)
def test_events_are_counted_by_projection_as_tuples_would_be(
    told: list[tuple[Event, list[bool], int]], in_two: bool
) -> None:
    events, chosen, rests = map(list, zip(*told, strict=True))
    expected = [
        Counter(
            (tuple(event[number] for number in numbers), rest)
            for event, mine, rest in zip(events, chosen, rests, strict=True)
            if mine[line]
        )
        for line, numbers in enumerate(PROJECTIONS)
    ]

    keys = keys_of(events, chosen, rests)
    distinct, counts = keys.counted()
    assert found(keys.cells(distinct), counts.tolist()) == expected

    joined = Keys.joined([keys, keys_of(events[:1], chosen[:1], rests[:1])] if in_two else [keys])
    distinct, counts = joined.counted()
    assert counts[: len(keys.counted()[0])].tolist() == keys.counted()[1].tolist()
    assert counts.sum() == sum(map(sum, chosen)) + in_two * sum(chosen[0])


def test_more_possible_keys_than_fit_are_refused_and_one_event_always_fits() -> None:
    events = [(0, 0, 0), (1 << 20, 1 << 20, 1 << 20)]

    with pytest.raises(TooManyKeysError):
        keys_of(events, [[True] * 4] * 2, [0, 1])
    assert keys_of(events[1:], [[True] * 4], [0]).key.tolist() == [0, 1, 2, 3]
