"""A board: its rows of panels, laid out on the grid of 24 columns, and what it asks and links to."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grafana_foundation_sdk.builders.dashboard import Dashboard, TimePicker
from grafana_foundation_sdk.builders.dashboard import Row as RowBuilder
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import DashboardCursorSync, GridPos

from dashboards.boards.annotation import anomalies, milestones
from dashboards.boards.installation import GENERATED
from dashboards.boards.link import of_every_board
from dashboards.boards.panel import COLUMNS, Panel
from dashboards.boards.variable import source

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from grafana_foundation_sdk.cog.builder import Builder
    from grafana_foundation_sdk.models import dashboard

    from dashboards.boards.plan import Plan
    from streams.catalogue.metric import Metric


@dataclass(frozen=True)
class Row:
    """Panels from left to right, in as many lines as they need. The first row of a board may have no title.

    Attributes:
        collapsed: folded until it is asked for: its queries are not run before.

    """

    title: str
    panels: Sequence[Panel]
    collapsed: bool = False


@dataclass(frozen=True, kw_only=True)
class Board:
    """A board before it is JSON.

    Attributes:
        name: of its file and of its uid.
        folder: the name of the folder that it belongs to.
        metrics: those whose anomalies are marked on its graphs.
        variables: beside the data source.
        since, refresh: what the board shows when it is opened, and how often it refreshes.

    """

    name: str
    title: str
    description: str
    folder: str
    metrics: Sequence[Metric]
    rows: Sequence[Row]
    variables: Sequence[Builder[dashboard.VariableModel]] = ()
    since: str = "now-3h"
    refresh: str = "30s"

    def json(self, plan: Plan) -> dict[str, Any]:
        """The classic dashboard that Grafana takes."""
        builder = (
            Dashboard(plan.installation.titled(self.title))
            .uid(plan.installation.uid(self.name))
            .description(self.description)
            .tags([plan.installation.tag, GENERATED])
            .timezone(plan.timezone)
            .readonly()
            .tooltip(DashboardCursorSync.CROSSHAIR)
            .time(self.since, "now")
            .refresh(self.refresh)
            .timepicker(TimePicker().refresh_intervals(["5s", "10s", "30s", "1m", "5m", "15m"]))
            .links(list(of_every_board(plan)))
            .variables([source(plan.installation), *self.variables])
            .annotations([*anomalies(plan, self.metrics), milestones(plan.installation)])
        )
        board: dict[str, Any] = json.loads(JSONEncoder().encode(builder.build()))
        board["panels"] = json.loads(JSONEncoder().encode(list(self._placed())))
        return board

    def _placed(self) -> Iterable[Any]:
        y = 0
        for row in self.rows:
            heading = Panel(f"row/{row.title}", None, COLUMNS, 1)  # type: ignore[arg-type]
            top = y + 1 if row.title else y
            panels, bottom = _laid_out(row.panels, top)
            if row.title:
                place = GridPos(h=1, w=COLUMNS, x=0, y=y)
                builder = RowBuilder(row.title).id(heading.id).collapsed(row.collapsed).grid_pos(place)
                built = builder.build()
                built.panels = panels if row.collapsed else []
                yield built
            if row.collapsed:
                y = top
            else:
                yield from panels
                y = bottom


def text_of(board: dict[str, Any]) -> str:
    """Canonical: sorted keys, so that the same board is the same text."""
    return json.dumps(board, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _laid_out(panels: Iterable[Panel], y: int) -> tuple[list[Any], int]:
    """The panels at their places, and the first line below them."""
    placed: list[Any] = []
    x = height = 0
    for panel in panels:
        if x + panel.width > COLUMNS:
            x, y, height = 0, y + height, 0
        placed.append(panel.built(x, y))
        x, height = x + panel.width, max(height, panel.height)
    return placed, y + height
