"""The lint finds nothing in the boards as they are, and each mistake that is put into one."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from dashboards.boards import lint
from dashboards.boards.all_boards import all_boards

if TYPE_CHECKING:
    from collections.abc import Callable

    from dashboards.boards.plan import Plan


@pytest.fixture(scope="module")
def board(plan: Plan) -> dict[str, Any]:
    return next(board for board in all_boards(plan) if board.name == "order").json(plan)


def test_nothing_is_found_in_the_boards(plan: Plan) -> None:
    found = {board.name: list(lint.faults(board.json(plan))) for board in all_boards(plan)}

    assert found == {name: [] for name in found}


def panel(board: dict[str, Any]) -> dict[str, Any]:
    return next(panel for panel in lint.panels_of(board) if panel["title"] == "Payment success rate")


MISTAKES: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "editable": (lambda board: board.update(editable=True), "editable"),
    "no description": (lambda board: board.update(description=""), "title or a description"),
    "a panel without description": (lambda board: panel(board).pop("description"), "title or a description"),
    "no source variable": (lambda board: board["templating"]["list"].pop(0), "only data source"),
    "two source variables": (
        lambda board: board["templating"]["list"].append(dict(board["templating"]["list"][0], name="other")),
        "only data source",
    ),
    "a variable of the day": (lambda board: board["templating"]["list"][1].update(refresh=1), "queried again"),
    "a variable of elsewhere": (lambda board: board["templating"]["list"][1].pop("datasource"), "chosen data source"),
    "an unknown unit": (lambda board: panel(board)["fieldConfig"]["defaults"].update(unit="percent0"), "no unit"),
    "no unit": (lambda board: panel(board)["fieldConfig"]["defaults"].pop("unit"), "no unit"),
    "no word for no data": (lambda board: panel(board)["fieldConfig"]["defaults"].pop("noValue"), "no data"),
    "no query": (lambda board: panel(board).update(targets=[]), "asks for nothing"),
    "a query of elsewhere": (
        lambda board: panel(board)["targets"][0].update(datasource={"type": "prometheus", "uid": "abc"}),
        "chosen data source",
    ),
    "a panel of elsewhere": (lambda board: panel(board).pop("datasource"), "chosen data source"),
    "one letter twice": (lambda board: panel(board)["targets"][0].update(refId="B"), "one letter"),
    "one id twice": (lambda board: panel(board).update(id=board["panels"][0]["id"]), "is taken"),
    "beyond the grid": (lambda board: panel(board)["gridPos"].update(x=20), "beyond the grid"),
    "a counter as it is": (
        lambda board: panel(board)["targets"][0].update(expr="sum(pharos_records_total)"),
        "is a counter",
    ),
    "a rate over a window of its own": (
        lambda board: panel(board)["targets"][0].update(expr="sum(rate(pharos_records_total[5m]))"),
        "$__rate_interval",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_each_mistake_is_found(board: dict[str, Any], mistake: str) -> None:
    change, told = MISTAKES[mistake]
    spoilt = copy.deepcopy(board)
    change(spoilt)

    assert any(told in fault for fault in lint.faults(spoilt))
