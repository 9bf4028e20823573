"""The bank of sequential tests: how soon it is sure, how often by chance, and when it lets go."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from detectors.bank import FALLS, RISES, Bank, Step, Sudden

LIMIT = 13.8


def step(
    counts: np.ndarray,
    expected: float,
    *,
    shared: np.ndarray | float = np.nan,
    wobble: float = 0.0,
    clumped: float = 1.0,
    seconds: float = 60.0,
) -> Step:
    same = np.ones(len(counts))
    return Step(
        counts.astype(float),
        expected * same,
        expected * same,
        shared * same,
        wobble * same,
        0.0 * same,
        clumped * same,
        0.0 * same,
        seconds,
    )


def delay(rate: float, times: float, *, wobble: float = 0.0, series: int = 300) -> float:
    """Median minutes until a change is found, over shortest delay that any test can have on average."""
    rng = np.random.default_rng(5)
    bank, found = Bank(), np.full(series, np.inf)
    bank.grow(series)
    for minute in range(-120, 600):
        now = rate * (times if minute >= 0 else 1.0)
        bank.follow(step(rng.poisson(now, series), rate, wobble=wobble))
        if minute >= 0:
            found[np.isinf(found) & (bank.run(np.full((2, series), LIMIT)).nats >= LIMIT)] = minute + 1
    told = (times * np.log(times) if times else 0.0) - (times - 1)
    return float(np.median(found)) / (LIMIT / (rate * told))


@pytest.mark.parametrize(
    ("rate", "times"), [(1.25, 1 / 3), (0.1, 6.0), (1.0, 2.0), (3.0, 0.0), (10.0, 1.5), (3.0, 0.6)]
)
def test_a_change_is_found_in_about_the_shortest_time_that_any_test_needs(rate: float, times: float) -> None:
    assert delay(rate, times) < 1.35


def test_chance_reaches_a_limit_about_as_often_as_the_limit_says() -> None:
    rng, series, minutes = np.random.default_rng(3), 2_000, 1_440
    bank = Bank()
    bank.grow(series)
    reached, armed = 0, np.ones(series, dtype=bool)
    for _ in range(minutes):
        bank.follow(step(rng.poisson(0.1, series), 0.1))
        nats = bank.run(np.full((2, series), 100.0)).nats
        hit = armed & (nats >= 7.0)
        reached += int(hit.sum())
        armed = (armed & ~hit) | (nats < 3.5)

    # 144 events a day and series, 2.6 false runs an event, exp(-7) of them.
    assert reached == pytest.approx(2.6 * 144 * np.exp(-7) * series, rel=0.25)


def test_a_level_that_wobbles_is_not_a_change() -> None:
    rng, series = np.random.default_rng(4), 500
    plain, wide = Bank(), Bank()
    for bank in (plain, wide):
        bank.grow(series)
    most = np.zeros((2, series))
    for _ in range(96):
        level = np.exp(0.2 * rng.standard_normal(series))
        for _ in range(15):
            counts = rng.poisson(50 * level)
            for place, (bank, wobble) in enumerate(((plain, 0.0), (wide, 0.04))):
                bank.follow(step(counts, 50.0, wobble=wobble))
                most[place] = np.maximum(most[place], bank.run(np.full((2, series), 100.0)).nats)

    assert (most[0] >= LIMIT).mean() > 0.9
    assert (most[1] >= LIMIT).mean() < 0.01


def test_a_part_that_rises_with_all_others_and_one_that_rises_against_its_own_day_only_are_quiet() -> None:
    bank = Bank()
    bank.grow(3)
    for _ in range(60):  # all double; a large part vanishes, so that the share of another doubles; one really doubles
        counts, shared = np.array([20.0, 10.0, 20.0]), np.array([20.0, 5.0, 10.0])
        bank.follow(step(counts, 10.0, shared=shared))

    nats = bank.run(np.full((2, 3), LIMIT)).nats
    assert nats[0] < 1
    assert nats[1] < 1
    assert nats[2] > 100


def test_clumps_of_three_need_three_times_the_events() -> None:
    single, clumped = Bank(), Bank()
    for bank, size in ((single, 1.0), (clumped, 3.0)):
        bank.grow(1)
        for _ in range(10):
            bank.follow(step(np.array([20.0]), 10.0, clumped=size))

    assert clumped.run(np.ones((2, 1))).nats[0] == pytest.approx(single.run(np.ones((2, 1))).nats[0] / 3, rel=0.01)


@pytest.mark.parametrize("times", [0.0, 0.3, 2.0, 10.0])
def test_a_change_that_is_over_is_forgotten_within_ten_minutes(times: float) -> None:
    rng, bank = np.random.default_rng(8), Bank()
    bank.grow(1)
    for _ in range(60):
        bank.follow(step(rng.poisson([10.0 * times]), 10.0))
    assert bank.run(np.full((2, 1), LIMIT)).nats[0] > LIMIT

    for _ in range(10):
        bank.follow(step(rng.poisson([10.0]), 10.0))
    assert bank.run(np.full((2, 1), LIMIT)).nats[0] < LIMIT / 4


def test_where_nothing_is_known_no_run_begins() -> None:
    bank = Bank()
    bank.grow(2)
    for _ in range(100):
        bank.follow(step(np.array([50.0, 0.0]), np.nan))

    assert bank.run(np.full((2, 2), LIMIT)).nats.tolist() == [0.0, 0.0]


@given(
    counts=st.lists(st.lists(st.integers(0, 30), min_size=3, max_size=3), min_size=1, max_size=40),
    cut=st.integers(0, 40),
)
def test_a_bank_that_was_saved_goes_on_as_if_nothing_had_happened(counts: list[list[int]], cut: int) -> None:
    through, broken = Bank(), Bank()
    through.grow(3)
    broken.grow(3)
    limits = np.full((2, 3), LIMIT)
    for place, row in enumerate(counts):
        if place == cut:
            saved, broken = broken.to_bytes(), Bank()
            broken.restore(saved)
        for bank in (through, broken):
            bank.follow(step(np.array(row), 5.0, wobble=0.01))
            bank.run(limits)
    assert broken.to_bytes() == through.to_bytes()


@given(st.permutations(range(5)), st.integers(0, 2**32 - 1))
def test_what_is_said_of_a_series_depends_on_no_other(order: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    counts = rng.poisson([1, 5, 5, 9, 20], (30, 5))
    one, other = Bank(), Bank()
    for bank, rows in ((one, list(range(5))), (other, order)):
        bank.grow(5)
        for row in counts:
            bank.follow(step(row[rows], 5.0))
            bank.run(np.full((2, 5), LIMIT))

    assert one.run(np.ones((2, 5))).nats[order].tolist() == other.run(np.ones((2, 5))).nats.tolist()


@pytest.mark.parametrize("sizes", [FALLS, RISES])
def test_a_bank_may_look_in_one_direction_only(sizes: tuple[float, ...]) -> None:
    bank = Bank(sizes)
    bank.grow(2)
    for _ in range(30):
        bank.follow(step(np.array([0.0, 50.0]), 10.0))

    found = bank.run(np.full((2, 2), LIMIT)).nats >= LIMIT
    assert found.tolist() == [sizes is FALLS, sizes is RISES]


def hours(bank: Bank, minutes: int, times: float, *, level: float = 1.0, unsure: float = 0.004) -> np.ndarray:
    """Nats after so many minutes at `times` the usual 20 a minute, of which a day of this kind may be a half or twice.

    The last hours were at `level`.
    """
    one, usual = np.ones(1), 20.0
    sudden = Sudden(usual * min(level, 1.0) * one, usual * max(level, 1.0) * one, unsure * one)
    for _ in range(minutes):
        bank.follow(
            Step(
                usual * times * one,
                usual / 2 * one,
                usual * 2 * one,
                np.full(1, np.nan),
                0.01 * one,
                0.005 * one,
                one,
                0.0 * one,
                60.0,
                sudden,
            )
        )
    return bank.nats().max(axis=0)


@pytest.mark.parametrize("times", [0.3, 0.55, 1.8])
def test_a_sudden_change_that_the_day_would_excuse_is_found_against_the_last_hours(times: float) -> None:
    bank = Bank()
    bank.grow(1)
    hours(bank, 60, 1.0)
    assert hours(bank, 15, times)[0] > LIMIT


@pytest.mark.parametrize("level", [0.6, 1.7])
def test_what_goes_back_to_the_usual_day_is_no_news(level: float) -> None:
    bank = Bank()
    bank.grow(1)
    hours(bank, 60, level, level=level)
    assert hours(bank, 30, 1.0, level=level)[0] < 3


def test_a_sudden_change_is_over_when_the_last_hours_are_back() -> None:
    bank, limits = Bank(), np.full((2, 1), LIMIT)
    bank.grow(1)
    hours(bank, 15, 0.55)
    assert bank.run(limits).nats[0] > LIMIT
    hours(bank, 30, 0.55)
    assert bank.run(limits).nats[0] > 0
    hours(bank, 10, 1.0)
    assert bank.run(limits).nats[0] < 3


@given(st.integers(0, 400), st.integers(0, 400), st.floats(0.01, 5.0), st.sampled_from((*FALLS, *RISES)))
def test_a_part_beside_a_rest_is_told_by_the_binomial_law(part: int, rest: int, odds: float, size: float) -> None:
    bank = Bank((size,))
    bank.grow(1)
    one = np.ones(1)
    shared = odds * rest * one
    bank.follow(Step(part * one, np.nan * one, np.nan * one, shared, 0.0 * one, 0.0 * one, one, odds * one, 60.0))
    usual, changed = odds / (1 + odds), size * odds / (1 + size * odds)
    law = [binom.logpmf(part, part + rest, share) for share in (changed, usual)]

    assert bank.nats().max() == pytest.approx(max(law[0] - law[1], 0.0), rel=0.01, abs=0.02)


@pytest.mark.parametrize(("alone", "found"), [(0.02, True), (0.5, False)])
def test_a_fall_to_below_what_a_part_is_by_itself_does_not_hang_on_how_shares_move(alone: float, found: bool) -> None:
    bank, one = Bank(), np.ones(1)
    bank.grow(1)
    for _ in range(3):  # all others surge, and its share has moved all evening
        usual = step(np.zeros(1), 80.0, shared=570.0, wobble=0.5)
        bank.follow(usual._replace(alone=alone * one, odds=0.8 * one))

    assert (bank.run(np.full((2, 1), LIMIT)).nats[0] > LIMIT) == found
