"""Every expression of every board is PromQL, and asks for nothing that nobody tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dashboards.boards import lint
from dashboards.boards.all_boards import all_boards
from streams.telemetry.last_sale_metric import LAST_SALE
from streams.telemetry.metrics import ANOMALY_STATE, EXPECTED, LOWER, SCORE, UPPER
from streams.telemetry.provisional_metrics import PROVISIONAL
from tests.dashboards.support.questions import selectors

if TYPE_CHECKING:
    from dashboards.boards.plan import Plan

EVERYWHERE = {"job", "instance", "scope"}
JUDGED = {ANOMALY_STATE, EXPECTED, LAST_SALE, LOWER, PROVISIONAL, SCORE, UPPER}
RECORDED = {"topic", "outcome", "receiver"}
ALERT_LABELS = {"alertname", "alertstate", "severity"}


@pytest.fixture(scope="module")
def questions(plan: Plan) -> list[tuple[str, str]]:
    boards = [board.json(plan) for board in all_boards(plan)]
    return [(place, lint.interpolated(expr, plan)) for board in boards for place, expr, _ in lint.expressions_of(board)]


def test_every_expression_can_be_parsed_and_asks_for_something(questions: list[tuple[str, str]]) -> None:
    assert len(questions) > 300
    assert [place for place, expr in questions if not list(selectors(expr))] == []


def test_every_name_is_told_by_a_worker_or_recorded_by_a_rule(
    questions: list[tuple[str, str]], declared: set[str]
) -> None:
    unknown = {(place, name) for place, expr in questions for name, _ in selectors(expr) if name not in declared}

    assert unknown == set()


def test_every_label_is_one_that_the_series_has(
    questions: list[tuple[str, str]], exposed: dict[str, set[str]], plan: Plan
) -> None:
    dimensions = {name for metric in plan.catalogue.metrics for scope in metric.scopes for name in scope}
    unknown = set()
    for place, expr in questions:
        for name, labels in selectors(expr):
            known = EVERYWHERE | exposed.get(name, RECORDED)
            if name in JUDGED:
                known |= dimensions | {"metric", "severity"}
            if name == "ALERTS":
                known |= ALERT_LABELS
            unknown |= {(place, name, label) for label in labels - known}

    assert unknown == set()


def test_every_question_is_about_the_workers_of_one_installation(questions: list[tuple[str, str]]) -> None:
    of_all = {(place, name) for place, expr in questions for name, labels in selectors(expr) if "job" not in labels}

    assert of_all == set()


def test_a_misspelt_metric_would_be_found(declared: set[str]) -> None:
    ((name, labels),) = selectors('sum(rate(pharos_record_total{topic="orders"}[1m]))')

    assert name not in declared
    assert labels == {"topic"}
