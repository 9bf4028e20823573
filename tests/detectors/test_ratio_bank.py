"""How soon changes of ratios are found, how often nothing is taken for one, and when a change is over."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.ratio_bank import Expected, RatioBank, limit_of_trials

LIMIT = float(np.log(1e6))
TICK_S = 10.0


def bank_of(n: int) -> RatioBank:
    bank = RatioBank()
    bank.grow(n)
    return bank


def expecting(n: int, ratio: float, lasting: float = 1e-4, passing: float = 0.0) -> Expected:
    return Expected(np.full(n, ratio), np.full(n, lasting), np.full(n, passing))


def shortest_ticks(usual: float, changed: float, a_tick: float) -> float:
    """D* = limit / KL, in ticks (Lorden 1971)."""
    nats = changed * np.log(changed / usual) + (1 - changed) * np.log((1 - changed) / (1 - usual))
    return float(LIMIT / (nats * a_tick))


def delays(usual: float, changed: float, a_tick: float, n: int = 40, seed: int = 1) -> np.ndarray:
    """Ticks from the change to the limit, float64[n]."""
    rng = np.random.default_rng(seed)
    bank, expected = bank_of(n), expecting(n, usual)
    found = np.full(n, np.inf)
    begin = int(2 * shortest_ticks(usual, changed, a_tick)) + 50
    for tick in range(4 * begin):
        tried = rng.poisson(a_tick, n)
        came = rng.binomial(tried, changed if tick >= begin else usual)
        bank.follow(came.astype(float), tried.astype(float), expected, tick * TICK_S)
        run = bank.runs(expected, (tick + 1) * TICK_S, np.full(n, LIMIT))
        if tick >= begin:
            over = run.rows[run.nats >= LIMIT]
            found[over] = np.minimum(found[over], tick - begin + 1)
            if np.isfinite(found).all():
                break
    return found


@pytest.mark.parametrize(
    ("usual", "changed"), [(0.97, 0.6), (0.97, 0.9), (0.1, 0.4), (0.02, 0.12), (0.999, 0.6), (0.5, 0.35), (0.9, 0.97)]
)
@pytest.mark.parametrize("a_tick", [0.5, 10.0])
def test_the_median_delay_is_at_most_twice_the_shortest_there_can_be(
    usual: float, changed: float, a_tick: float
) -> None:
    shortest = max(shortest_ticks(usual, changed, a_tick), 1.0)

    assert np.median(delays(usual, changed, a_tick)) <= 2 * shortest


@pytest.mark.parametrize(
    ("ratio", "a_tick", "lasting", "passing"), [(0.97, 0.3, 0, 0), (0.5, 1, 0, 0), (0.97, 5, 0.001, 0.002)]
)
def test_two_hundred_days_as_usual_raise_about_as_many_false_alarms_as_the_limit_allows(
    ratio: float, a_tick: float, lasting: float, passing: float
) -> None:
    """Beta-binomial: the ratio differs from day to day and from quarter to quarter as it is known to."""
    n, allowed, step = 100, 0.5, 6
    limits = np.full(n, limit_of_trials(np.array([allowed]), np.array([a_tick * 8640]), np.array([ratio]))[0])
    rng = np.random.default_rng(7)
    bank, expected = bank_of(n), expecting(n, ratio, max(lasting, 1e-9), passing)
    alarms, was = 0, np.zeros(n, dtype=bool)
    for day in range(2):
        level = np.full(n, ratio)
        for tick in range(0, 8640, step):
            if tick == 0 and lasting:
                of_day = rng.beta(ratio * (1 / lasting - 1), (1 - ratio) * (1 / lasting - 1), n)
            if tick % 90 == 0 and lasting:
                level = rng.beta(of_day * (1 / passing - 1), (1 - of_day) * (1 / passing - 1))
            tried = rng.poisson(a_tick * step, n)
            now_s = (day * 8640 + tick + step) * TICK_S
            bank.follow(rng.binomial(tried, level).astype(float), tried.astype(float), expected, now_s - step * TICK_S)
            run = bank.runs(expected, now_s, limits)
            over = np.zeros(n, dtype=bool)
            over[run.rows[run.nats >= limits[run.rows]]] = True
            alarms += int((over & ~was).sum())
            bank.forget(over)
            was = np.zeros(n, dtype=bool)

    assert alarms <= 1.5 * allowed * 2 * n


def test_a_run_says_no_more_than_the_knowledge_that_it_is_held_against() -> None:
    """A new part of which only thirty trials of the whole are known is not found for being somewhat different."""
    unsure, sure = expecting(1, 0.9, lasting=1 / 30), expecting(1, 0.9, lasting=1e-4)
    nats = []
    for expected in (unsure, sure):
        bank = bank_of(1)
        for tick in range(400):
            bank.follow(np.array([8.0]), np.array([10.0]), expected, tick * TICK_S)
        nats.append(float(bank.runs(expected, 4_000.0, np.array([1.0])).nats[0]))

    assert nats[0] < 3
    assert nats[1] > 50


def followed(bank: RatioBank, expected: Expected, came: float, minutes: int, from_minute: int) -> list[tuple[int, int]]:
    """Ten trials a minute for all series; which series ended in which minute."""
    ended = []
    n = len(expected.ratio)
    for minute in range(from_minute, from_minute + minutes):
        ends = bank.follow(np.full(n, came), np.full(n, 10.0), expected, 60.0 * minute, whole=0)
        bank.runs(expected, 60.0 * minute + 60, np.full(n, LIMIT))
        ended += [(minute, int(row)) for row in ends.rows]
    return ended


def test_a_change_is_over_once_a_dozen_trials_or_so_were_as_usual_and_its_runs_begin_again() -> None:
    bank, expected = bank_of(1), expecting(1, 0.98)
    assert followed(bank, expected, 0.0, 30, 0) == []
    assert bank.runs(expected, 1_800.0, np.array([LIMIT])).nats[0] > 10 * LIMIT

    assert followed(bank, expected, 10.0, 5, 30) == [(30, 0)]
    assert len(bank.runs(expected, 2_100.0, np.array([LIMIT])).rows) == 0


def test_what_is_over_in_the_whole_is_over_in_its_parts_but_not_in_one_that_goes_on() -> None:
    bank, expected = bank_of(3), expecting(3, 0.98)
    tried = np.array([100.0, 1.0, 1.0])
    for minute in range(20):
        bank.follow(np.array([20.0, 0.0, 0.0]), tried, expected, 60.0 * minute, whole=0)
        bank.runs(expected, 60.0 * minute + 60, np.full(3, LIMIT))
    over: set[int] = set()
    for minute in range(20, 24):
        over |= set(bank.follow(np.array([98.0, 1.0, 0.0]), tried, expected, 60.0 * minute, whole=0).rows.tolist())
        bank.runs(expected, 60.0 * minute + 60, np.full(3, LIMIT))

    assert over == {0, 1}


@given(st.integers(0, 20), st.integers(0, 40))
@settings(max_examples=15, deadline=None)
def test_a_restored_bank_and_one_with_other_series_beside_say_the_same(seed: int, saved: int) -> None:
    rng = np.random.default_rng(seed)
    n, order = 4, np.random.default_rng(seed + 1).permutation(4)
    through, broken, mixed = (bank_of(n) for _ in range(3))
    ratio = rng.uniform(0.05, 0.95, n)
    expected = Expected(ratio, np.full(n, 1e-3), np.full(n, 1e-3))
    other = Expected(ratio[order], np.full(n, 1e-3), np.full(n, 1e-3))
    for tick in range(50):
        tried = rng.poisson(4, n).astype(float)
        came = rng.binomial(tried.astype(int), 0.5).astype(float)
        for bank in (through, broken):
            bank.follow(came, tried, expected, tick * TICK_S)
            bank.runs(expected, tick * TICK_S, np.full(n, LIMIT))
        mixed.follow(came[order], tried[order], other, tick * TICK_S)
        mixed.runs(other, tick * TICK_S, np.full(n, LIMIT))
        if tick == saved:
            broken = RatioBank()
            broken.restore(through.to_bytes())

    assert through.to_bytes() == broken.to_bytes()
    straight, turned = (bank.runs(of, 500.0, np.full(n, 0.01)) for bank, of in ((through, expected), (mixed, other)))
    assert straight.nats[np.argsort(straight.rows)].tolist() == turned.nats[np.argsort(order[turned.rows])].tolist()


def test_a_series_that_comes_later_has_no_run_yet() -> None:
    bank, expected = bank_of(1), expecting(2, 0.9)
    for tick in range(20):
        bank.follow(np.array([1.0]), np.array([10.0]), expecting(1, 0.9), tick * TICK_S)
    bank.grow(2)

    assert bank.runs(expected, 200.0, np.full(2, LIMIT)).rows.tolist() == [0]


def test_where_nothing_is_expected_nothing_is_found() -> None:
    bank, expected = bank_of(1), expecting(1, np.nan)
    for tick in range(20):
        bank.follow(np.array([0.0]), np.array([10.0]), expected, tick * TICK_S)

    assert len(bank.runs(expected, 200.0, np.array([0.1])).rows) == 0
