"""From figures to scores and levels, and back to the figure at which a level is lost."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from streams.catalogue.scorecard import Indicator, Polarity
from streams.scorecards import points

VECTOR = Indicator("on_time", Polarity.MORE, ((0.90, 1), (0.95, 3), (0.98, 4), (0.995, 5)))
FIGURES = st.lists(st.integers(-1000, 1000), min_size=2, max_size=6, unique=True).map(sorted)


@pytest.mark.parametrize(
    ("figure", "score"), [(0.85, 1.0), (0.925, 2.0), (0.97, 3.6667), (0.99, 4.6667), (1.0, 5.0), (0.95, 3.0)]
)
def test_the_vectors_of_the_design(figure: float, score: float) -> None:
    assert points.score(VECTOR, figure) == pytest.approx(score, abs=5e-5)


@given(FIGURES, st.lists(st.integers(0, 100), min_size=6, max_size=6), st.booleans(), st.integers(1, 100))
def test_the_limit_of_a_level_has_it_and_nothing_worse_does(
    figures: list[int], scores: list[int], rises: bool, level: int
) -> None:
    scores = sorted(scores)[: len(figures)]
    polarity = Polarity.MORE if rises else Polarity.LESS
    pairs = tuple(zip(map(float, figures), map(float, scores if rises else scores[::-1]), strict=True))
    indicator = Indicator("x", polarity, pairs)
    found = points.limit(indicator, level)
    reached = [points.level(points.score(indicator, figure)) >= level for figure in figures]
    assume(any(reached) and not all(reached))

    assert found is not None
    assert points.score(indicator, found) == pytest.approx(level, abs=1e-6)
    worse = found - 1e-3 if rises else found + 1e-3
    assert points.score(indicator, worse) < level


@given(FIGURES, st.floats(-1100, 1100))
def test_the_slope_is_how_the_score_changes(figures: list[int], at: float) -> None:
    indicator = Indicator("x", Polarity.MORE, tuple((float(x), float(n)) for n, x in enumerate(figures)))
    assume(min(abs(at - x) for x in figures) > 1e-3)

    change = (points.score(indicator, at + 1e-4) - points.score(indicator, at - 1e-4)) / 2e-4
    assert points.slope(indicator, at) == pytest.approx(change, abs=1e-6)
