"""The board of scorecards: every figure of months, and which level is at risk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dashboards.boards.all_boards import all_boards
from dashboards.boards.lint import faults, panels_of

if TYPE_CHECKING:
    from dashboards.boards.plan import Plan


@pytest.fixture(scope="module")
def board(plan: Plan) -> dict[str, Any]:
    return next(board.json(plan) for board in all_boards(plan) if board.name == "scorecards")


def test_it_is_as_every_board_must_be(board: dict[str, Any]) -> None:
    assert list(faults(board)) == []


def test_every_metric_that_tells_months_has_a_panel_with_all_its_windows(plan: Plan, board: dict[str, Any]) -> None:
    asked = [target["expr"] for shown in panels_of(board) for target in shown["targets"]]

    for metric in plan.catalogue.metrics:
        named = [expr for expr in asked if f'pharos_rolling{{metric="{metric.name}",scope=""' in expr]
        assert len(named) == bool(metric.told), metric.name


def test_levels_at_risk_come_first_by_their_chance(board: dict[str, Any]) -> None:
    risks = list(panels_of(board))[1]

    assert risks["title"] == "Levels at risk"
    assert "pharos_scorecard_loss_probability" in risks["targets"][0]["expr"]
    assert risks["options"]["sortBy"] == [{"displayName": "Chance of loss", "desc": True}]
