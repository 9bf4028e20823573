"""The power curve of a few series."""

from __future__ import annotations

import math

import numpy as np
import pytest

from benchmarks.evaluate.power import Cell, Power, Run, Size, entry, figures
from benchmarks.evaluate.power_kinds import KINDS, Counts
from streams.catalogue.metric import Component


def test_the_level_asked_for_is_that_at_which_the_change_begins() -> None:
    shop = KINDS["own day"].shop(np.random.default_rng(1), np.arange(200), 150, 1)
    assert shop.usual[150] == pytest.approx([part.level for part in shop.parts])


def test_a_change_multiplies_the_level_where_it_is_on_and_nowhere_else() -> None:
    shop = KINDS["own day"].shop(np.random.default_rng(1), np.arange(200), 150, 1)
    on = np.zeros((1, len(shop.parts)), dtype=np.bool_)
    on[0] = [part.size in {"x 0", "x 10"} for part in shop.parts]
    counts = np.concatenate([of[Component.NUMERATOR] for of in shop.counts(np.array([150]), 1_000.0, on)], axis=1)[0]
    for part, count, change in zip(shop.parts, counts, on[0], strict=True):
        expected = 1_000 * part.level * (part.factor if change else 1.0)
        assert count == pytest.approx(expected, rel=0.4, abs=6 * math.sqrt(expected))


def test_the_odds_of_a_share_are_what_a_change_multiplies() -> None:
    shop = KINDS["ratio"].shop(np.random.default_rng(1), np.arange(200), 150, 1)
    part = next(part for part in shop.parts if part.share == 0.5 and part.factor == 4.0)
    assert part.share_after == pytest.approx(0.8)


def test_what_is_not_found_counts_as_never_and_quantiles_are_ratios_that_occurred() -> None:
    cell = Cell([10.0] * 4, [1.0, 2.0, 3.0, math.inf])
    assert cell.quantile(0.5) == 3.0
    assert entry(cell) == "3.0 / >5 (10.0)"
    assert entry(None) == ""


def test_cells_within_the_goals_are_counted() -> None:
    power = Power({("1", "x 0"): Cell([1.0], [1.5]), ("1", "x 2"): Cell([1.0], [3.0])}, quiet_days=365.25, false=2)
    assert [figure.value for figure in figures("counts", power)] == [
        "1 of 2",
        "2 of 2",
        "3.0, 3.0; 0% not within 5 D*",
        "2 in 1.00 series-years",
    ]


def test_a_run_measures_every_change_that_can_be_found_in_time() -> None:
    size = Size(seeds=(1,), draws=1, longest_min=2.0, learn_days=1)
    power = Power()
    run = Run(Counts(whole=False, rates=(100.0,)), 1, size)
    run.run(power)
    assert power.quiet_days > 0
    assert set(power.cells) == {("100", f"x {size:g}") for size in (0.0, 0.3, 0.6, 1.5, 2.0, 4.0, 10.0)}
    assert power.cells["100", "x 0"].ratios[0] <= 3
    assert all(max(cell.shortest_min) <= 2.0 for cell in power.cells.values())
