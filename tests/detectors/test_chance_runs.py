"""What runs have done by chance moves the limits of a metric."""

from __future__ import annotations

import numpy as np
import pytest

from detectors.chance_runs import LEVELS, ChanceRuns

HOUR_S = 3_600.0
LOOKS = np.full(11, 1_000.0)  # a day; the first series is the whole
LIMITS = np.full(11, 14.0)


def after(days: int, times: float, steeper: float = 0.0) -> ChanceRuns:
    """Runs reach each level so many times as often as they are meant to; the second one less so by `steeper` nats."""
    rng, chance = np.random.default_rng(1), ChanceRuns()
    chance.grow(len(LOOKS))
    for _ in range(days * 24):
        reached = np.zeros(len(LOOKS))
        for place, level in enumerate(LEVELS):
            rate = times * np.exp(-level - place * steeper) * LOOKS / 24
            reached = np.where(rng.random(len(LOOKS)) < rate, level + 0.1, reached)
        chance.follow(reached, LOOKS, LIMITS, 0, HOUR_S / 2)
        chance.follow(np.zeros(len(LOOKS)), LOOKS, LIMITS, 0, HOUR_S / 2)
    return chance


def test_a_metric_of_which_nothing_was_seen_keeps_its_limits() -> None:
    chance = ChanceRuns()
    chance.grow(len(LOOKS))

    assert chance.shift(LIMITS, 0).tolist() == [0.0] * len(LOOKS)


def test_runs_that_do_as_they_are_meant_to_hardly_move_the_limits() -> None:
    assert np.abs(after(20, 1.0).shift(LIMITS, 0)[1:]).max() < 0.7


@pytest.mark.parametrize(("times", "sign"), [(0.05, -1), (3.0, 1)])
def test_limits_go_towards_what_runs_do(times: float, sign: int) -> None:
    shift = after(20, times).shift(LIMITS, 0)[1:]

    assert (np.sign(shift) == sign).all()
    assert np.abs(shift).min() > 0.4


def test_a_tail_that_falls_off_faster_is_believed_by_half_only() -> None:
    plain, steep = (after(20, 1.0, steeper).shift(LIMITS, 0)[1] for steeper in (0.0, 2.0))

    assert -3.5 < steep - plain < -0.2


def test_the_whole_and_the_parts_are_counted_apart() -> None:
    chance = ChanceRuns()
    chance.grow(len(LOOKS))
    for _ in range(100):
        chance.follow(np.array([9.0, *[0.0] * 10]), LOOKS, LIMITS, 0, HOUR_S)
        chance.follow(np.zeros(11), LOOKS, LIMITS, 0, HOUR_S)
    shift = chance.shift(LIMITS, 0)

    assert shift[0] > 0.5
    assert shift[1] < 0


def test_a_run_that_trembles_around_a_level_is_one() -> None:
    one, other = ChanceRuns(), ChanceRuns()
    for chance in (one, other):
        chance.grow(len(LOOKS))
    for minute in range(60):
        one.follow(np.full(11, 4.5 if minute % 2 else 5.5), LOOKS, LIMITS, 0, 60.0)
        other.follow(np.full(11, 5.5), LOOKS, LIMITS, 0, 60.0)
    for chance in (one, other):
        chance.follow(np.zeros(11), LOOKS, LIMITS, 0, 60.0)

    assert one.shift(LIMITS, 0).tolist() == other.shift(LIMITS, 0).tolist()


def test_a_run_that_is_found_says_nothing_of_chance() -> None:
    chance, quiet = ChanceRuns(), ChanceRuns()
    for each in (chance, quiet):
        each.grow(len(LOOKS))
    for hour in range(100):
        chance.follow(np.full(11, 0.0 if hour % 2 else 30.0), LOOKS, LIMITS, 0, HOUR_S)
        quiet.follow(np.zeros(11), LOOKS, LIMITS, 0, HOUR_S)

    assert chance.shift(LIMITS, 0).tolist() == quiet.shift(LIMITS, 0).tolist()


def test_what_was_saved_goes_on_as_if_nothing_had_happened() -> None:
    through = after(2, 1.0)
    broken = ChanceRuns()
    broken.restore(through.to_bytes())
    for chance in (through, broken):
        chance.follow(np.full(11, 6.0), LOOKS, LIMITS, 0, 60.0)

    assert broken.to_bytes() == through.to_bytes()
