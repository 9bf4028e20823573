"""The board of scorecards: what each scores, what it will be tonight, and the figures of months that are scored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.boards import folder, standing
from dashboards.boards.board import Board, Row
from dashboards.boards.description import described
from dashboards.boards.graph import lines
from dashboards.boards.listing import listed
from dashboards.boards.panel import Panel, finished
from dashboards.boards.query import Query
from dashboards.boards.series import has_whole
from dashboards.boards.unit import Unit, unit_for
from streams.catalogue.told import DAY_S

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dashboards.boards.plan import Plan
    from streams.catalogue.metric import Metric

_SCORE = Unit("none", 2)
_CHANCE = Unit("percentunit", 0, 0, 1)
_MOST_RISKS = 20


def scorecard_boards(plan: Plan) -> Iterator[Board]:
    """The board, where the catalogue has metrics that tell windows of months."""
    told = [metric for metric in plan.catalogue.metrics if metric.told and has_whole(metric)]
    if told:
        yield _board(plan, told)


def _board(plan: Plan, told: list[Metric]) -> Board:
    return Board(
        name="scorecards",
        title="Scorecards",
        description="Scores of the shop and of its parts, what they will be tonight, and the figures of months behind.",
        folder=folder.ROOM,
        metrics=told,
        rows=[
            Row("", [standing.freshness(plan), _risks(plan)]),
            Row("Scores", [_course(plan), _tonight(plan)]),
            Row("Figures of natural days, today so far", [_figure(plan, metric) for metric in told]),
        ],
        since="now-30d",
        refresh="5m",
    )


def _risks(plan: Plan) -> Panel:
    def of(family: str) -> str:
        return f'max without (instance, pod) ({family}{{job="{plan.job}"}})'

    columns = {
        "Chance of loss": f"topk({_MOST_RISKS}, {of('pharos_scorecard_loss_probability')})",
        "Score": of("pharos_scorecard_score"),
        "Level": of("pharos_scorecard_level"),
        "Tonight": of("pharos_scorecard_tonight"),
    }
    units = dict.fromkeys(columns, _SCORE) | {"Chance of loss": _CHANCE, "Level": Unit("none", 0)}
    description = "How likely it is that yesterday's level is lost tonight. Empty: no scorecard is on."
    return listed("risks", "Levels at risk", description, columns, units=units).sized(18, 8)


def _course(plan: Plan) -> Panel:
    worst = f'bottomk(10, max without (instance, pod) (pharos_scorecard_score{{job="{plan.job}"}}))'
    description = "The ten lowest scores, with today so far."
    queries = [Query(worst, "{{scorecard}} {{store}}")]
    return finished(lines(_SCORE), "scores", "Lowest scores", description, queries, (12, 8))


def _tonight(plan: Plan) -> Panel:
    chance = f'topk(10, max without (instance, pod) (pharos_scorecard_loss_probability{{job="{plan.job}"}}))'
    description = "The ten largest chances that a score loses a level tonight."
    queries = [Query(chance, "{{scorecard}} {{store}}")]
    return finished(lines(_CHANCE), "chances", "Chance that a level is lost", description, queries, (12, 8))


def _figure(plan: Plan, metric: Metric) -> Panel:
    figure = f'max without (instance, pod) (pharos_rolling{{metric="{metric.name}",scope="",job="{plan.job}"}})'
    days = ", ".join(str(window // DAY_S) for window in metric.told)
    description = f"{described(metric)} Over {days} natural days, today so far among them."
    queries = [Query(figure, "{{window}}")]
    return finished(lines(unit_for(metric)), f"told/{metric.name}", metric.title, description, queries, (8, 7))
