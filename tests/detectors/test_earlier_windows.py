"""What eight windows say about the next one."""

from __future__ import annotations

import numpy as np
import pytest

from detectors.binomial import BinomialDetector
from detectors.earlier_windows import usual_ratio

PRIOR = 0.003


def drawn(
    rng: np.random.Generator, series: int, trials: float, ratio: float, correlation: float
) -> tuple[np.ndarray, np.ndarray]:
    """Successes and trials of nine windows, float64[9, series]: beta-binomial, with a Poisson number of trials."""
    bottoms = rng.poisson(trials, (9, series)).astype(float)
    concentration = 1 / correlation - 1
    chances = rng.beta(ratio * concentration, (1 - ratio) * concentration, (9, series))
    return rng.binomial(bottoms.astype(int), chances).astype(float), bottoms


# Eight windows say little about how unsteady they are: what is unsteadier than the prior costs some false alarms.
@pytest.mark.parametrize(("correlation", "most"), [(0.0005, 0.01), (0.003, 0.015), (0.02, 0.05)])
def test_the_next_window_passes_a_limit_of_one_in_a_hundred_about_as_often(correlation: float, most: float) -> None:
    tops, bottoms = drawn(np.random.default_rng(5), 40_000, 150, 0.93, correlation)
    usual = usual_ratio(tops[:8], bottoms[:8], PRIOR)

    judged = BinomialDetector(0.03, 30).judge(tops[8], bottoms[8], *usual[:3], 1e-2)

    alarms = np.mean((judged.score >= 1) & (judged.direction < 0))
    assert 0.003 < alarms <= most


def test_unsteadiness_is_learned_and_steadiness_too() -> None:
    rng = np.random.default_rng(6)
    found = [
        float(np.mean(usual_ratio(*(part[:8] for part in drawn(rng, 4_000, 200, 0.9, correlation)), PRIOR).dispersion))
        for correlation in (0.0002, 0.02, 0.06)
    ]

    assert found[0] < 0.002
    assert 0.005 < found[1] < found[2]


def test_windows_that_disagree_weigh_less_than_their_trials() -> None:
    bottoms = np.full((8, 2), 100.0)
    tops = np.array([[90.0, 90.0]] * 8) + np.array([[0.0, 9.0], [0.0, -9.0]] * 4)

    usual = usual_ratio(tops, bottoms, PRIOR)

    assert usual.ratio.tolist() == [0.9, 0.9]
    assert usual.weight[1] < usual.weight[0] <= 800


@pytest.mark.parametrize("seen", [[0, 0, 0, 0, 0, 0, 90, 90], [0, 0, 0, 0, 0, 20, 20, 20], [0] * 8])
def test_nothing_is_known_from_two_windows_or_from_few_trials(seen: list[float]) -> None:
    bottoms = np.array(seen, dtype=float)[:, None]

    assert np.isnan(usual_ratio(bottoms * 0.9, bottoms, PRIOR).ratio).all()


def test_every_number_is_finite_but_the_unknown_ratio() -> None:
    rng = np.random.default_rng(7)
    bottoms = rng.poisson(rng.choice([0, 0.2, 5, 300], 2_000), (8, 2_000)).astype(float)
    usual = usual_ratio(
        rng.binomial(bottoms.astype(int), rng.choice([0.0, 0.5, 1.0], 2_000)).astype(float), bottoms, PRIOR
    )

    for column in (usual.weight, usual.dispersion, usual.seen):
        assert np.isfinite(column).all()
    known = np.isfinite(usual.ratio)
    assert known.any()
    assert not known.all()
    assert ((usual.ratio[known] >= 0) & (usual.ratio[known] <= 1)).all()
