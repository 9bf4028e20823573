"""Points that a picture keeps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.offline.thinned import thinned

VALUES = st.lists(st.floats(-1e6, 1e6) | st.just(float("nan")), min_size=1, max_size=300)


@given(VALUES, st.integers(1, 40))
def test_the_extremes_of_all_and_both_ends_stay(values: list[float], stretches: int) -> None:
    value = np.array(values)
    minutes = np.arange(len(value)) * 3
    kept = thinned(minutes, value, stretches)

    assert (np.diff(kept) > 0).all()
    assert {0, len(value) - 1} <= set(kept.tolist())
    if not np.isnan(value).all():
        assert np.nanmax(value[kept]) == np.nanmax(value)
        assert np.nanmin(value[kept]) == np.nanmin(value)


@given(VALUES, st.integers(1, 40))
def test_a_gap_stays_a_gap(values: list[float], stretches: int) -> None:
    value = np.array(values)
    kept = thinned(np.arange(len(value)), value, stretches)
    missing = np.isnan(value)
    steps = [one for place, one in enumerate(missing) if place == 0 or one != missing[place - 1]]
    shown = [one for place, one in enumerate(missing[kept]) if place == 0 or one != missing[kept][place - 1]]

    assert shown == steps


def test_a_day_of_minutes_becomes_two_points_a_stretch_and_what_is_to_be_seen_whole() -> None:
    value = np.sin(np.arange(1_440) / 7)
    kept = thinned(np.arange(1_440), value, 100)
    with_whole = thinned(np.arange(1_440), value, 100, [(600, 660)])

    assert len(kept) <= 202
    assert set(range(600, 661)) <= set(with_whole.tolist())


@pytest.mark.parametrize("stretches", [1, 5])
def test_nothing_stays_of_nothing(stretches: int) -> None:
    assert thinned(np.zeros(0, np.int64), np.zeros(0), stretches).tolist() == []
