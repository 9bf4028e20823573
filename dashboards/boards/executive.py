"""The executive board: what was promised and what is judged over a day, week over week."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.boards import colour, folder, standing
from dashboards.boards.annotation import firing
from dashboards.boards.board import Board, Row
from dashboards.boards.description import described
from dashboards.boards.graph import dashed, lines
from dashboards.boards.limit import limits_of
from dashboards.boards.link import board_of, to_board
from dashboards.boards.metric_panel import LAST_SALE
from dashboards.boards.panel import Panel, finished
from dashboards.boards.plan import FEEDS
from dashboards.boards.query import Query
from dashboards.boards.series import Series, has_whole
from dashboards.boards.service_in_money import service_in_money
from dashboards.boards.tile import tile
from dashboards.boards.unit import Unit, unit_for

if TYPE_CHECKING:
    from dashboards.boards.plan import Plan
    from streams.catalogue.metric import Metric

_DAY_S = 86_400
_MOST_TILES = 8
_MOST_VOLUMES = 3
_MONEY = ("money_per_minute", "money")
WEEK_AGO = "a week before"


def executive(plan: Plan) -> Board:
    """Few numbers, slowly: no minute of them is news here."""
    everything = plan.catalogue.judged
    chosen = lasting(plan)
    return Board(
        name="executive",
        title="Executive",
        description="What was promised to customers, what a day is judged by, and how it compares with a week before.",
        folder=folder.ROOM,
        metrics=everything,
        rows=[
            Row("", [standing.freshness(plan), standing.open_by_severity(plan, everything), trouble(plan)]),
            Row("Current state", [standing_of(plan, metric) for metric in chosen]),
            *([Row("This sale against the last", [sale_against_sale(plan, of)])] if (of := compared(plan)) else []),
            *([Row("Service: what it costs, saves and earns", made)] if (made := service_in_money(plan)) else []),
            *(
                [Row("Money and last week", money)]
                if (money := [against_last_week(plan, of) for of in moneys(plan)])
                else []
            ),
            Row("Business metrics and last week", [against_last_week(plan, metric) for metric in volumes(plan)]),
        ],
        since="now-7d",
        refresh="5m",
    )


def lasting(plan: Plan) -> list[Metric]:
    """Metrics with a promise, or judged over a day; of one section of the runbook the first."""
    found: dict[str, Metric] = {}
    for metric in plan.catalogue.judged:
        lasts = metric.target is not None or max(metric.windows) >= _DAY_S
        if lasts and metric.touchpoint != FEEDS and has_whole(metric) and not metric.traits.volume:
            found.setdefault(metric.runbook or metric.name, metric)
    ranked = sorted(found.values(), key=lambda metric: metric.target is None)
    return ranked[:_MOST_TILES]


def volumes(plan: Plan) -> list[Metric]:
    """The first count of each touchpoint, in the order of the catalogue."""
    found: dict[str, Metric] = {}
    for metric in plan.catalogue.judged:
        counted = metric.traits.volume and metric not in moneys(plan)
        if counted and metric.touchpoint != FEEDS and has_whole(metric):
            found.setdefault(metric.touchpoint, metric)
    return list(found.values())[:_MOST_VOLUMES]


def moneys(plan: Plan) -> list[Metric]:
    """What is told in money, in the order of the catalogue."""
    found = [metric for metric in plan.catalogue.judged if metric.unit in _MONEY and has_whole(metric)]
    return found[:_MOST_VOLUMES]


def compared(plan: Plan) -> list[Metric]:
    """What is held against the last sale: money, and what is counted."""
    return [*moneys(plan), *volumes(plan)]


def standing_of(plan: Plan, metric: Metric) -> Panel:
    """The newest value with its course."""
    below, limits = limits_of(metric)
    builder = tile(unit_for(metric), limits, below, course=True)
    builder = builder.data_links([to_board(plan, board_of(metric.touchpoint))])
    query = Query(Series(metric, plan.job).value, metric.title)
    return finished(builder, f"standing/{metric.name}", metric.title, described(metric), [query], (6, 4))


def against_last_week(plan: Plan, metric: Metric) -> Panel:
    """A metric now and a week ago; before the first week is over there is nothing to compare with."""
    now = Series(metric, plan.job).mean_of("1h")
    graph = dashed(lines(unit_for(metric), colours={"now": colour.VALUE}), WEEK_AGO, colour.EXPECTED)
    graph = graph.data_links([to_board(plan, board_of(metric.touchpoint))])
    description = f"{described(metric)} Means of an hour, and those of a week before; during a sale, the last one."
    graph = dashed(graph, LAST_SALE, colour.LAST_SALE)
    last = Series(metric, plan.job)
    queries = [Query(now, "now"), Query(last.mean_of("1h", "1w"), WEEK_AGO), Query(last.last_sale, LAST_SALE)]
    return finished(graph, f"week/{metric.name}", metric.title, description, queries, (8, 8))


def sale_against_sale(plan: Plan, metrics: list[Metric]) -> Panel:
    """Each in times of what it was at the same time of the last sale."""
    graph = lines(Unit("percentunit", 0, 0, None))
    description = (
        "Each in percent of what it was at the same time of the last sale: 100 % is as much as then. Nothing while no "
        "entry of the calendar runs that is `like` another."
    )
    series = [(metric, Series(metric, plan.job)) for metric in metrics]
    queries = [Query(f"{of.value} / ({of.last_sale} > 0)", metric.title) for metric, of in series]
    return finished(graph, "last_sale", "This sale against the last", description, queries, (24, 8))


def trouble(plan: Plan) -> Panel:
    """The share of the time in which something critical fired."""
    names = "|".join(metric.name for metric in plan.catalogue.judged)
    critical = f'(count({firing(plan.job, names, "critical")}) > bool 0) or 0 * max(up{{job="{plan.job}"}} == 1)'
    builder = tile(Unit("percentunit", 1, 0, 1))
    description = "The share of the time range, by minutes, in which at least one critical anomaly fired."
    query = Query(f"avg_over_time(({critical})[$__range:1m])", "share of time", now=True)
    return finished(builder, "trouble", "Time with a critical anomaly", description, [query], (12, 4))
