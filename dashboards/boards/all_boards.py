"""All boards that a plan gives, in the order in which people go down from one to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.boards.executive import executive
from dashboards.boards.overview import overview
from dashboards.boards.pipeline_health import pipeline_health
from dashboards.boards.queue_manager import queue_boards
from dashboards.boards.scorecards import scorecard_boards
from dashboards.boards.touchpoint import touchpoint_boards
from dashboards.boards.war_room import war_room

if TYPE_CHECKING:
    from dashboards.boards.board import Board
    from dashboards.boards.plan import Plan


def all_boards(plan: Plan) -> list[Board]:
    """War room, overview, touchpoints, queues, executive, scorecards, pipeline."""
    return [
        war_room(plan),
        overview(plan),
        *touchpoint_boards(plan),
        *queue_boards(plan),
        executive(plan),
        *scorecard_boards(plan),
        pipeline_health(plan),
    ]
