"""What the calendar plans, as marks on all boards."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any, NamedTuple

from dashboards.grafana.server import asked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grafana_client import GrafanaApi

    from dashboards.boards.installation import Installation

_MOST = 1_000


class Milestone(NamedTuple):
    """An entry of the calendar; times are ms since the epoch."""

    name: str
    begins_ms: int
    ends_ms: int


class Milestones:
    """All of them: those that are gone from the calendar are removed.

    They have tags and no board, so that every board shows them. Grafana shows their text as HTML: it is escaped.
    """

    def __init__(self, api: GrafanaApi, installation: Installation, wanted: Sequence[Milestone]) -> None:
        self._api = api
        self._tags = list(installation.milestone_tags)
        self._wanted = {(html.escape(entry.name), entry.begins_ms, entry.ends_ms): None for entry in wanted[:_MOST]}

    @property
    def name(self) -> str:
        return "milestones of the calendar"

    def differences(self) -> list[str]:
        there = self._there()
        missing = [f"{text!r} is not there" for text, begins, ends in self._wanted if (text, begins, ends) not in there]
        return missing + [f"{key[0]!r} exists and should not" for key in there if key not in self._wanted]

    def put(self) -> None:
        there = self._there()
        for key, number in there.items():
            if key not in self._wanted:
                asked("remove a milestone", self._api.annotations.delete_annotations_by_id, number)
        for text, begins, ends in self._wanted:
            if (text, begins, ends) not in there:
                asked(
                    "write a milestone",
                    self._api.annotations.add_annotation,
                    time_from=begins,
                    time_to=ends,
                    tags=self._tags,
                    text=text,
                )

    def _there(self) -> dict[tuple[str, int, int], Any]:
        marks = asked("read the milestones", self._api.annotations.find_annotations, tags=self._tags, limit=_MOST)
        return {(mark["text"], mark["time"], mark["timeEnd"]): mark["id"] for mark in marks}
