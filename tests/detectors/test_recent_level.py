"""The level of the last hours: how well it foretells the next minutes, and what it is not led astray by."""

from __future__ import annotations

import numpy as np
import pytest

from detectors.recent_level import BLOCK_S, RecentLevel

SERIES = 200
QUARTERS = 96 * 3
BLOCKS = 3  # a quarter
SPREAD = np.full(SERIES, 0.02)
CALM = np.ones(SERIES, dtype=np.bool_)


def wobbling(rng: np.random.Generator, deviation: float, steady: float = 0.8) -> np.ndarray:
    """float64[QUARTERS, SERIES]: levels of mean 1 that resemble those of the quarter before."""
    logs = np.zeros((QUARTERS, SERIES))
    for quarter in range(1, QUARTERS):
        logs[quarter] = steady * logs[quarter - 1] + rng.normal(0, deviation * np.sqrt(1 - steady**2), SERIES)
    return np.exp(logs - deviation**2 / 2)


def follow(level: RecentLevel, usual: float, times: np.ndarray | float, calm: np.ndarray = CALM) -> None:
    level.follow(usual * np.ones(SERIES) * times, np.full(SERIES, usual), SPREAD, BLOCK_S, calm)


def fresh() -> RecentLevel:
    level = RecentLevel()
    level.grow(SERIES)
    return level


@pytest.mark.parametrize("deviation", [0.0, 0.1, 0.2])
@pytest.mark.parametrize("usual", [2.0, 50.0, 500.0])
def test_what_comes_next_differs_from_the_level_by_as_much_as_it_is_unsure(usual: float, deviation: float) -> None:
    rng, level = np.random.default_rng(7), fresh()
    spread = np.full(SERIES, max(deviation**2, 0.003))
    surprises = []
    for quarter, times in enumerate(wobbling(rng, deviation)):
        blocks = rng.poisson(usual * times, (BLOCKS, SERIES)).astype(float)
        level.learn(blocks.sum(axis=0), np.full(SERIES, BLOCKS * usual), np.full(SERIES, 50.0))
        for seen in blocks:
            now = level.now(spread)
            expected = usual * now.mean
            variance = expected + (now.unsure + now.moves / 2) * expected**2
            if quarter > QUARTERS // 2:
                surprises.append(((seen - expected) ** 2 / variance).mean())
            level.follow(seen, np.full(SERIES, usual), spread, BLOCK_S, CALM)

    assert 0.6 < np.mean(surprises) < 1.2


def test_levels_that_never_move_are_known_better_than_those_that_do() -> None:
    rng = np.random.default_rng(8)
    still, moving = fresh(), fresh()
    for level, deviation in ((still, 0.0), (moving, 0.2)):
        for times in wobbling(rng, deviation):
            level.learn(rng.poisson(300 * times).astype(float), np.full(SERIES, 300.0), np.full(SERIES, 50.0))

    assert 5 * still.moves(SPREAD).mean() < moving.moves(SPREAD).mean()


def test_a_day_that_is_busier_throughout_is_followed_and_teaches_no_movement() -> None:
    rng, level = np.random.default_rng(9), fresh()
    for _ in range(QUARTERS):
        level.learn(rng.poisson(450.0, SERIES).astype(float), np.full(SERIES, 300.0), np.full(SERIES, 50.0))
        follow(level, 100.0, 1.5)
    now = level.now(SPREAD)

    assert (np.abs(now.mean - 1.5) < 0.08).all()
    assert now.moves.max() < 0.003


def test_a_series_that_deviates_does_not_move_its_own_level() -> None:
    level = fresh()
    for _ in range(24):
        follow(level, 100.0, 1.0)
    before = level.now(SPREAD)
    for _ in range(6):
        follow(level, 100.0, 3.0, calm=np.zeros(SERIES, dtype=np.bool_))
    after = level.now(SPREAD)

    assert np.abs(after.mean - before.mean).max() < 0.01
    assert (after.unsure > before.unsure).all()


def test_a_change_counts_only_after_it_has_waited() -> None:
    level = fresh()
    for _ in range(24):
        follow(level, 100.0, 1.0)
    follow(level, 100.0, 3.0)

    assert np.abs(level.now(SPREAD).mean - 1.0).max() < 0.01


def test_left_alone_the_level_falls_back_to_the_usual_day() -> None:
    level = fresh()
    for _ in range(24):
        follow(level, 100.0, 1.3)
    for _ in range(288):
        level.follow(np.zeros(SERIES), np.full(SERIES, np.nan), SPREAD, BLOCK_S, CALM)
    now = level.now(SPREAD)

    assert np.abs(now.mean - 1.0).max() < 0.01
    assert now.unsure == pytest.approx(SPREAD, rel=0.01)


def test_what_was_saved_goes_on_as_if_nothing_had_happened() -> None:
    rng, through, broken = np.random.default_rng(10), fresh(), RecentLevel()
    for minute in range(37):
        through.follow(rng.poisson(9.0, SERIES).astype(float), np.full(SERIES, 9.0), SPREAD, 60.0, CALM)
        if minute % 15 == 0:
            through.learn(rng.poisson(135.0, SERIES).astype(float), np.full(SERIES, 135.0), np.full(SERIES, 2.0))
    broken.restore(through.to_bytes())
    for level in (through, broken):
        follow(level, 9.0, 1.1)

    assert broken.to_bytes() == through.to_bytes()
