"""The actions that a worker has read, by anomaly, in bounded memory."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Final

from streams.records.action import LONGEST_MS, NOTIFIED, NOTIFY_SOURCE, NOTIFYING, Kind, Taken

if TYPE_CHECKING:
    from collections.abc import Sequence

OF_AN_ANOMALY: Final = 50
IN_ALL: Final = 20_000
_OBEYED: Final = frozenset(kind.value for kind in Kind)


class Noted(enum.Enum):
    """What became of an action that was read."""

    NEW = "new"
    REPEAT = "repeat"  # seen before: sent, or read, a second time


class ActionBook:
    """The last actions of each anomaly, in the order in which they were read.

    Beyond `OF_AN_ANOMALY` the oldest goes first, but never the last of a `Kind`, nor that people were notified: what a
    business system says again and again must not undo either. Beyond `IN_ALL` go those of the anomaly on which nobody
    has acted for longest.
    """

    def __init__(self) -> None:
        self._actions: dict[str, list[Taken]] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def note(self, taken: Taken) -> Noted:
        """Takes an action; of an anomaly that nobody knows yet, too."""
        known = self.has(taken.fingerprint, taken.source, taken.id)
        actions = self._actions.pop(taken.fingerprint, [])
        self._actions[taken.fingerprint] = actions  # at the end: acted on last
        if known:
            return Noted.REPEAT
        actions.append(taken)
        self._count += 1
        if len(actions) > OF_AN_ANOMALY:
            actions.remove(_expendable(actions))
            self._count -= 1
        while self._count > IN_ALL:
            oldest = next(iter(self._actions))
            self._count -= len(self._actions.pop(oldest))
        return Noted.NEW

    def has(self, fingerprint: str, source: str, name: str) -> bool:
        """Whether an action is known; `name` is its id."""
        return any(known.id == name and known.source == source for known in self.of(fingerprint))

    def of(self, fingerprint: str) -> Sequence[Taken]:
        """In the order in which they were read."""
        return self._actions.get(fingerprint, ())

    def forget(self, fingerprint: str, resolved: int) -> None:
        """Drops what was done about an incident that ended at `resolved` (ms), and before it.

        What belongs to a later incident of the fingerprint stays: topics are read side by side, so it may be known
        before that incident is.
        """
        kept = [taken for taken in self.of(fingerprint) if _is_later(taken, resolved)]
        self._count -= len(self.of(fingerprint)) - len(kept)
        if kept:
            self._actions[fingerprint] = kept
        else:
            self._actions.pop(fingerprint, None)


def _expendable(actions: Sequence[Taken]) -> Taken:
    last = {taken.action: taken for taken in actions if taken.action in _OBEYED}
    rest = (taken for taken in actions if last.get(taken.action) is not taken and not _is_of_notification(taken))
    return next(rest, actions[0])


def _is_of_notification(taken: Taken) -> bool:
    return taken.action in (NOTIFYING, NOTIFIED) and taken.source == NOTIFY_SOURCE


def _is_later(taken: Taken, resolved: int) -> bool:
    """Feedback comes up to a day after the end, when the anomaly itself is forgotten."""
    if taken.detected_at is None:
        return taken.time > resolved + LONGEST_MS
    return taken.detected_at > resolved
