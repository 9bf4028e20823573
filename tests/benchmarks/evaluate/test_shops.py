"""The zoo's figures as rows."""

from __future__ import annotations

from benchmarks.evaluate.shops import figures_of

SUMS = {
    "recall": 0.96,
    "precision": 0.85,
    "quiet_false_a_day": 0.4,
    "cause_right": None,
    "top_right": 0.9,
    "delay_over_bound": {"median": 1.24, "p90": 3.0},
}


def test_each_goal_of_the_zoo_is_a_row_that_is_met_from_its_limit_on() -> None:
    found = {figure.what: figure for figure in figures_of(SUMS)}
    met = [figure.met for figure in found.values()]
    assert met == [True, False, True, None, True, None]
    assert found["right cause"].value == "nothing to make it of"
    assert found["delay / D* of what was found, median and p90"].value == "1.2, 3.0"
