"""Feedback that waits for its tick, in a cells partition."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final

from streams.cells.assessment import Assessment

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST_WAITING: Final = 1_000
_REMEMBERED: Final = 10_000


class WaitingAssessments:
    """Gives each assessment once, at the first tick that is a minute after it was given. Part of the state.

    In which order they were read makes no difference, as long as they were read before their tick.

    Attributes:
        refused: how many found no room: a thousand may wait.

    """

    def __init__(self) -> None:
        self.refused = 0
        self._waiting: list[Assessment] = []
        self._known: OrderedDict[tuple[str, str], None] = OrderedDict()

    def add(self, assessments: Iterable[Assessment]) -> None:
        """Takes what was read; what was read before changes nothing."""
        for assessment in assessments:
            name = assessment.source, assessment.id
            if name in self._known:
                continue
            if len(self._waiting) >= _MOST_WAITING:
                self.refused += 1
                continue
            self._known[name] = None
            self._waiting.append(assessment)
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)

    def due(self, tick_ms: int) -> dict[str, list[Assessment]]:
        """Those that act at this tick, by fingerprint, in the order in which they were given."""
        if not self._waiting:
            return {}
        due = sorted(waiting for waiting in self._waiting if waiting.effective_ms <= tick_ms)
        self._waiting = [waiting for waiting in self._waiting if waiting.effective_ms > tick_ms]
        found: dict[str, list[Assessment]] = {}
        for assessment in due:
            found.setdefault(assessment.fingerprint, []).append(assessment)
        return found

    def to_plain(self) -> dict[str, Any]:
        """The state as lists and texts."""
        return {
            "refused": self.refused,
            "waiting": [list(_columns(waiting)) for waiting in self._waiting],
            "known": [list(name) for name in self._known],
        }

    def load(self, plain: dict[str, Any]) -> None:
        """Takes over what `to_plain` described; {} in snapshots of versions that knew no feedback."""
        self.refused = plain.get("refused", 0)
        self._waiting = [Assessment(*columns) for columns in plain.get("waiting", ())]
        self._known = OrderedDict.fromkeys((source, name) for source, name in plain.get("known", ()))


def _columns(of: Assessment) -> tuple[Any, ...]:
    return of.time, of.source, of.id, of.fingerprint, of.opinion, of.since, of.until
