"""What every board must hold, checked on its JSON: no Grafana is needed to find these mistakes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dashboards.boards.panel import COLUMNS
from dashboards.boards.query import DATASOURCE
from dashboards.boards.series import name_of_scope
from dashboards.boards.unit import KNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dashboards.boards.plan import Plan

_SOURCE = {"type": "prometheus", "uid": f"${{{DATASOURCE}}}"}
_FIXED_WINDOW = re.compile(r"\b(?:rate|irate|increase)\([^()]*\[(?!\$__rate_interval\])")
_NAMED = re.compile(r'metric="(?P<name>[^"]+)"')
_VARIABLE = re.compile(r"\$\{?[a-z_]+\}?")
_COUNTER = re.compile(r"\b(?P<name>[a-z_]+_total|[a-z_]+_bucket)\b(?P<chosen>\{[^}]*\})?(?P<window>\[[^\]]*\])?")


def panels_of(board: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All panels that show something, those in folded rows too."""
    for panel in board["panels"]:
        if panel["type"] == "row":
            yield from panel.get("panels") or ()
        else:
            yield panel


def expressions_of(board: dict[str, Any]) -> Iterator[tuple[str, str, bool]]:
    """Where it stands, the expression, and whether it is asked for now only: of panels and annotations."""
    for panel in panels_of(board):
        for target in panel["targets"]:
            yield f"{board['uid']}: {panel['title']} ({target['refId']})", target["expr"], bool(target.get("instant"))
    for query in board["annotations"]["list"]:
        target = query.get("target") or {}
        if "expr" in target:
            yield f"{board['uid']}: annotation {query['name']}", target["expr"], False


def interpolated(expr: str, plan: Plan) -> str:
    """With values for the variables, as Grafana puts them in before it asks Prometheus.

    Args:
        expr: as it stands on the board.
        plan: says by what the metric of the expression is split.

    """
    named = _NAMED.search(expr)
    scopes = plan.catalogue.by_name[named["name"]].scopes if named else ()
    split = next((name_of_scope(scope) for scope in scopes if scope), "")
    for name, value in (("__rate_interval", "1m"), ("__range", "15m"), ("split", split)):
        expr = expr.replace(f"${name}", value)
    return _VARIABLE.sub(".*", expr)


def faults(board: dict[str, Any]) -> Iterator[str]:
    """Sentences, none where the board is as it should be."""
    yield from _of_board(board)
    seen: set[int] = set()
    for panel in [row for row in board["panels"] if row["type"] == "row"] + list(panels_of(board)):
        if panel["id"] in seen or panel["id"] <= 0:
            yield f"{panel['title']}: its id {panel['id']} is taken or none"
        seen.add(panel["id"])
    for panel in panels_of(board):
        yield from (f"{panel['title']}: {fault}" for fault in _of_panel(panel))
    for place, expr, _ in expressions_of(board):
        yield from (f"{place}: {fault}" for fault in _of_expression(expr))


def _of_board(board: dict[str, Any]) -> Iterator[str]:
    if board.get("editable", True):
        yield "the board is editable"
    if not board.get("description") or not board.get("title"):
        yield "the board lacks a title or a description"
    variables = board["templating"]["list"]
    sources = [variable["name"] for variable in variables if variable["type"] == "datasource"]
    if sources != [DATASOURCE] or variables[0]["name"] != DATASOURCE:
        yield f"its first variable must be its only data source, {DATASOURCE}"
    for variable in variables[1:]:
        if variable.get("refresh") != 2:
            yield f"variable {variable['name']} is not queried again when the time range changes"
        if variable.get("datasource") != _SOURCE:
            yield f"variable {variable['name']} does not ask the chosen data source"


def _of_panel(panel: dict[str, Any]) -> Iterator[str]:
    place = panel["gridPos"]
    if place["x"] + place["w"] > COLUMNS:
        yield "it reaches beyond the grid"
    if not panel.get("title") or not panel.get("description"):
        yield "it lacks a title or a description"
    if not panel.get("targets"):
        yield "it asks for nothing"
    if panel.get("datasource") != _SOURCE:
        yield "it does not use the chosen data source"
    defaults = panel["fieldConfig"]["defaults"]
    if not defaults.get("noValue"):
        yield "no data would look like nothing"
    units = [defaults.get("unit")] + [
        entry["value"]
        for override in panel["fieldConfig"].get("overrides", [])
        for entry in override["properties"]
        if entry["id"] == "unit"
    ]
    # A table has a unit for each column, a state has a text.
    lacking = {None} if panel["type"] in ("table", "state-timeline") else set()
    for unit in set(units) - KNOWN - lacking:
        yield f"Grafana has no unit {unit!r}, or we do not use it"
    letters = [target["refId"] for target in panel.get("targets", ())]
    if len(set(letters)) < len(letters):
        yield "two of its queries have one letter"
    for target in panel.get("targets", ()):
        if target.get("datasource") != _SOURCE:
            yield f"query {target['refId']} does not use the chosen data source"


def _of_expression(expr: str) -> Iterator[str]:
    if _FIXED_WINDOW.search(expr):
        yield "a rate must be over $__rate_interval"
    for found in _COUNTER.finditer(expr):
        # What a rule has recorded is no counter any more: its name has colons, which the expression leaves out.
        before = expr[: found.start()]
        if not found["window"] and not before.endswith(":"):
            yield f"{found['name']} is a counter: ask for its rate or increase"
