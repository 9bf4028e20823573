"""What service costs, saves and earns, on the executive board: today, and at the last sale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dashboards.boards.description import described
from dashboards.boards.graph import lines
from dashboards.boards.link import board_of
from dashboards.boards.metric_panel import against_last_sale
from dashboards.boards.panel import Panel, finished
from dashboards.boards.query import Query
from dashboards.boards.series import Series
from dashboards.boards.tile import tile
from dashboards.boards.unit import Unit, unit_for

if TYPE_CHECKING:
    from dashboards.boards.plan import Plan

COST, SAVED, BY_ENQUIRY, EACH_ORDER = "service_cost", "retained_amount", "presale_orders", "average_order"
OF_ONE: Final = ("contact_cost", "service_cost_of_an_order")
SERVED = "customers_served"


def service_in_money(plan: Plan) -> list[Panel]:
    """Panels of those of these metrics that the catalogue has."""
    known = plan.catalogue.by_name
    panels = [_balance(plan)] if COST in known else []
    panels += [
        against_last_sale(plan, known[name], board_of(known[name].touchpoint)).sized(6, 8)
        for name in OF_ONE
        if name in known
    ]
    return panels + ([_served(plan)] if SERVED in known else [])


def _balance(plan: Plan) -> Panel:
    """Cost beside refunds that were won back and what was bought after an enquiry, in money per minute."""
    known, job = plan.catalogue.by_name, plan.job
    names = [COST, SAVED]
    queries = [Query(Series(known[name], job).value, known[name].title) for name in names if name in known]
    description = f"{described(known[COST])} Beside it what service saves (refunds that were won back)"
    if BY_ENQUIRY in known and EACH_ORDER in known:
        earned = f"{Series(known[BY_ENQUIRY], job).value} * {Series(known[EACH_ORDER], job).value}"
        queries.append(Query(earned, "Revenue after a pre-sale enquiry (estimate)"))
        description += " and what it earns: orders after a pre-sale enquiry, times what an order is worth at present"
    queries.append(Query(Series(known[COST], job).last_sale, "Cost at the last sale"))
    graph = lines(unit_for(known[COST]))
    return finished(graph, "service_balance", "Service: cost, saved, earned", f"{description}.", queries, (8, 8))


def _served(plan: Plan) -> Panel:
    """Customers of 24 hours, where the metric has them per minute."""
    metric = plan.catalogue.by_name[SERVED]
    query = Query(f"sum_over_time(({Series(metric, plan.job).value})[1d:1m])", "customers", now=True)
    description = f"{described(metric)} Those of the last 24 hours."
    return finished(
        tile(Unit("short", 0)), "customers_served", "Customers served in 24 h", description, [query], (4, 8)
    )
