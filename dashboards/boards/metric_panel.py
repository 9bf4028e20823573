"""The panels of a metric: against what is expected, by its parts, and which parts contribute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.boards import colour
from dashboards.boards.description import described
from dashboards.boards.graph import banded, dashed, lines
from dashboards.boards.limit import limits_of
from dashboards.boards.link import to_board, to_runbook
from dashboards.boards.listing import compared
from dashboards.boards.panel import Panel, finished
from dashboards.boards.query import Query
from dashboards.boards.series import Series, has_whole, main_scope_name
from dashboards.boards.unit import unit_for
from dashboards.boards.variable import SPLIT, matchers
from streams.catalogue.provisional import final_after_s, opened_within_s
from streams.catalogue.runbook import runbook_url
from streams.catalogue.wording import duration
from streams.telemetry.metrics import dimensions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grafana_foundation_sdk.cog.builder import Builder
    from grafana_foundation_sdk.models.dashboard import DashboardLink

    from dashboards.boards.plan import Plan
    from streams.catalogue.metric import Metric

UPPER = "most expected"
LOWER = "least expected"
EXPECTED = "expected"
VALUE = "value"
LAST_SALE = "the last sale"
SO_FAR = "so far (provisional)"
SURE_FROM, SURE_TO = "95 % sure from", "95 % sure to"
GRAPH = (12, 8)
MOST_PARTS = 10
_FEW_S = 3600  # what is looked at over an hour or more comes seldom


def against_band(plan: Plan, metric: Metric, target_board: str = "") -> Panel:
    """The whole against the band of what is expected, what was promised and what matters.

    A gauge has no whole: its parts are shown as lines. `target_board` is where a click leads.
    """
    if not has_whole(metric):
        return by_part(plan, metric, main_scope_name(metric), (), target_board)
    unit = unit_for(metric)
    series = Series(metric, plan.job)
    below, limits = limits_of(metric)
    limits_by_name = series.limits()
    graph = lines(unit, limits, below, {VALUE: colour.VALUE})
    graph = banded(graph, UPPER, LOWER, colour.BAND)
    graph = dashed(graph, EXPECTED, colour.EXPECTED)
    for name in limits_by_name:
        graph = dashed(graph, name, colour.NOTABLE)
    queries = [
        Query(series.upper, UPPER),
        Query(series.lower, LOWER),
        Query(series.expected, EXPECTED),
        *(Query(expr, name) for name, expr in limits_by_name.items()),
        Query(series.value, VALUE),
    ]
    graph = graph.data_links(links(plan, metric, target_board))
    description = f"{described(metric)} The grey area is the expected range."
    if _rests_on_few(metric):
        for name, expr in ((SURE_FROM, series.low), (SURE_TO, series.high)):
            graph = dashed(graph, name, colour.VALUE)
            queries.append(Query(expr, name))
        description += f" Dashed, `{SURE_FROM}` and `{SURE_TO}`: what the value may be, with so few cases."
    if opened_within_s(metric):
        graph = dashed(graph, SO_FAR, colour.PROVISIONAL)
        queries.append(Query(series.so_far, SO_FAR))
        description += f" {_provisional(metric)}"
    return finished(graph, f"band/{metric.name}", metric.title, description, queries, GRAPH)


def against_last_sale(plan: Plan, metric: Metric, target_board: str = "") -> Panel:
    """The whole, what is expected of it, and what it was at the same time of the last sale."""
    series = Series(metric, plan.job)
    graph = lines(unit_for(metric), colours={VALUE: colour.VALUE, LAST_SALE: colour.LAST_SALE})
    graph = dashed(graph, EXPECTED, colour.EXPECTED).data_links(links(plan, metric, target_board))
    queries = [Query(series.last_sale, LAST_SALE), Query(series.expected, EXPECTED), Query(series.value, VALUE)]
    description = (
        f"{described(metric)} `{LAST_SALE}`: at the same time of the entry of the calendar that the present one is "
        "`like`; nothing while none runs."
    )
    title = f"This sale against the last: {metric.title}"
    return finished(graph, f"last_sale/{metric.name}", title, description, queries, GRAPH)


def by_part(plan: Plan, metric: Metric, scope: str, chosen: Sequence[str], target_board: str = "") -> Panel:
    """The parts of a metric as lines, those with the largest values.

    Args:
        plan: see `Plan`.
        metric: of the catalogue.
        scope: the label `scope` of the parts.
        chosen: dimensions that the board has variables for.
        target_board: where a click leads.

    """
    unit = unit_for(metric)
    below, limits = limits_of(metric)
    series = Series(metric, plan.job, scope, matchers(chosen))
    legend = " ".join(f"{{{{{dimension}}}}}" for dimension in scope.split("+"))
    graph = lines(unit, limits, below).data_links(links(plan, metric, target_board))
    description = f"{described(metric)} The {MOST_PARTS} largest parts, by {scope.replace('+', ' and ')}."
    query = Query(f"topk({MOST_PARTS}, {series.value})", legend)
    return finished(graph, f"parts/{metric.name}", f"{metric.title}, by {scope}", description, [query], GRAPH)


def contributors(plan: Plan, metric: Metric, chosen: Sequence[str]) -> Panel:
    """The parts that are furthest from what is expected of them, the most surprising first."""
    scopes = {dimension for dimension in dimensions(metric) if dimension in chosen}
    series = Series(metric, plan.job, f"${SPLIT}", matchers(sorted(scopes)))
    top = f"topk({MOST_PARTS}, {series.score})"
    columns = {"surprise": top, VALUE: f"{series.value} and {top}", EXPECTED: f"{series.expected} and {top}"}
    description = (
        f"Parts of: {metric.title}. Sorted by surprise: 1 is the limit of normal, 2 is twice as surprising. "
        "Empty where the metric is not split so."
    )
    return compared(
        f"contributors/{metric.name}", f"Contributors: {metric.title}", description, columns, unit_for(metric)
    )


def _rests_on_few(metric: Metric) -> bool:
    """Where the interval of a value helps: a ratio of thousands of events a minute is as sure as its line is thin."""
    return metric.traits.interval and metric.windows[0] >= _FEW_S


def _provisional(metric: Metric) -> str:
    opened, final = duration(opened_within_s(metric)), duration(final_after_s(metric))
    return (
        f"Dashed, `{SO_FAR}`: of the cases opened in the last {opened}, the share that counts until now. It is final "
        f"{final} after they were opened, and nothing is reported because of it."
    )


def links(plan: Plan, metric: Metric, target_board: str) -> list[Builder[DashboardLink]]:
    """From a value of a metric: to the board of its touchpoint, and to the runbook."""
    found: list[Builder[DashboardLink]] = [to_board(plan, target_board)] if target_board else []
    anchor = metric.runbook or metric.name
    if runbook_url(anchor, plan.runbook_base):
        found.append(to_runbook(anchor, plan.runbook_base))
    return found
