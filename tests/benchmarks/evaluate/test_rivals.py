"""Rivals, and how they are counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from benchmarks.evaluate.plain_rivals import RIVALS
from benchmarks.evaluate.rivals import episodes, fared, matched, minutes

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


@pytest.mark.parametrize(("rival", "usual"), RIVALS.values(), ids=RIVALS)
def test_a_plain_spike_is_found_and_its_minute_named(
    rival: Callable[[NDArray[np.float64]], NDArray[np.float64]], usual: float
) -> None:
    counts = np.random.default_rng(3).poisson(50.0, (3 * 1_440, 2)).astype(np.float64)
    counts[4_000, 1] = 500.0
    z = rival(counts)
    assert z.shape == counts.shape
    assert np.nanargmax(z[:, 1]) == 4_000
    assert z[4_000, 1] > 2 * usual
    assert np.nanmax(z[2_000:, 0]) < z[4_000, 1] / 2


def test_a_rival_that_passes_its_threshold_with_the_change_has_a_delay_of_one_minute() -> None:
    of = minutes("own day", seed=1, draws=1, longest_min=20.0)
    z = np.zeros(of.counts.shape)
    for number, part in enumerate(of.shop.parts):
        if np.isfinite(of.shortest_min[number]):
            z[of.onset[number] :, number] = 9.0 if part.direction == "up" else -9.0
    power = fared(of, z, 4.0, signed=True)
    assert power.false == 0
    for cell in power.cells.values():
        expected = [1 / shortest if 5 * shortest >= 1 else np.inf for shortest in cell.shortest_min]
        assert cell.ratios == pytest.approx(expected)


def test_a_matched_threshold_is_passed_once_in_the_quiet_time() -> None:
    z = np.random.default_rng(5).normal(size=(500, 40))
    quiet = np.ones(z.shape, dtype=np.bool_)
    assert episodes(np.abs(z) >= matched(z, quiet)) == 1
