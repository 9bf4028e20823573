"""Links between boards: they carry the time range and the variables along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grafana_foundation_sdk.builders.dashboard import DashboardLink
from grafana_foundation_sdk.models.dashboard import DashboardLinkType

from streams.catalogue.runbook import runbook_url

if TYPE_CHECKING:
    from dashboards.boards.plan import Plan

_TOGETHER = {"dispute": "aftersale"}
_CARRIED = "${__url_time_range}&${__all_variables}"


def board_of(touchpoint: str) -> str:
    """The name of the board of a touchpoint: disputes are seen with what leads to them.

    >>> board_of("dispute"), board_of("page")
    ('aftersale', 'page')
    """
    return _TOGETHER.get(touchpoint, touchpoint)


def to_board(plan: Plan, name: str) -> DashboardLink:
    """From a value of a panel to another board of the same installation."""
    return DashboardLink(f"Board: {name}").url(f"/d/{plan.installation.uid(name)}?{_CARRIED}")


def to_runbook(anchor: str, base: str) -> DashboardLink:
    """To a section of the runbook; anchors that are addresses stand for themselves."""
    return DashboardLink("Runbook").url(runbook_url(anchor, base)).target_blank(True)


def of_every_board(plan: Plan) -> list[DashboardLink]:
    """The other boards, and Pharos's own page."""
    boards = (
        DashboardLink("Boards")
        .type(DashboardLinkType.DASHBOARDS)
        .tags([plan.installation.tag])
        .as_dropdown(True)
        .include_vars(True)
        .keep_time(True)
    )
    if not plan.page_url:
        return [boards]
    page = DashboardLink("Pharos").type(DashboardLinkType.LINK).url(plan.page_url).target_blank(True)
    return [boards, page.tooltip("What is open, with cause and contributors")]
