"""The silences that a worker has read, in bounded memory. Whichever order records are read in, it knows the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from streams.records.action import MINUTE_MS, ActionRecord, SilenceDeed
from streams.register.actions import Noted
from streams.register.silence import SUBJECT, Silence, Unobeyed, silence_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.records.anomaly import Anomaly

MOST_SILENCES: Final = 500  # in force or to come at once
KEPT_MS: Final = 24 * 60 * MINUTE_MS  # after their end
_RENEWED_AFTER_MS: Final = 60 * MINUTE_MS
_RENEWED_AFTER_RECORDS: Final = 5_000  # a quarter of what a new worker reads again of pharos-actions


class _Known(msgspec.Struct):
    """What was read of one id, and when it was written last: `read` in records of the topic, `at` in ms."""

    made: ActionRecord | None = None
    ended: ActionRecord | None = None
    read: int = 0
    at: int = 0


class SilenceBook:
    """Silences by id. An end wins over what made it, whichever was read first."""

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}
        self._silences: dict[str, Silence] = {}
        self._records = 0

    def record(self) -> None:
        """Counts a record of the topic, of whatever kind: silences must not sink below what is read again."""
        self._records += 1

    def note(self, taken: ActionRecord) -> Noted:
        """Takes what made or ended a silence. What cannot be obeyed changes nothing, as what was read before."""
        name = taken.fingerprint.removeprefix(SUBJECT)
        if taken.action == SilenceDeed.SILENCE and isinstance(silence_of(taken), Unobeyed):
            return Noted.REPEAT
        known = self._known.setdefault(name, _Known())
        known.read, known.at = self._records, max(known.at, taken.time)
        before = self._silences.get(name)
        if taken.action == SilenceDeed.EXPIRE:
            if known.ended is None or taken.time < known.ended.time:
                known.ended = taken
        elif known.made is None:
            known.made = taken
        self._settle(name, known)
        self._forget(taken.time)
        return Noted.REPEAT if self._silences.get(name) == before else Noted.NEW

    def get(self, name: str) -> Silence | None:
        return self._silences.get(name)

    def all(self) -> list[Silence]:
        """In force, to come, and ended within a day; the latest end first."""
        return sorted(self._silences.values(), key=lambda silence: (-silence.ends, silence.id))

    def to_last(self, now: int) -> list[Silence]:
        """In force, and to come."""
        return [silence for silence in self._silences.values() if silence.ends > now]

    def in_force(self, now: int) -> list[Silence]:
        return [silence for silence in self._silences.values() if silence.in_force(now)]

    def silencing(self, anomaly: Anomaly, now: int) -> tuple[str, ...]:
        """Ids of those that keep the anomaly quiet at `now` (ms), sorted."""
        return tuple(sorted(s.id for s in self._silences.values() if s.in_force(now) and s.matches(anomaly)))

    def to_renew(self, now: int) -> Sequence[ActionRecord]:
        """Records to write again, each handed out once: a worker that begins later has to read them, too.

        Ends as well as beginnings, as they were: the topic keeps records for a time, and a new worker reads a part.
        """
        due = []
        for name, known in self._known.items():
            silence = self._silences.get(name)
            if silence is None or known.made is None or (known.made.until or 0) <= now:
                continue
            if now - known.at >= _RENEWED_AFTER_MS or self._records - known.read >= _RENEWED_AFTER_RECORDS:
                due += [taken for taken in (known.made, known.ended) if taken is not None]
                known.read, known.at = self._records, now
        return due

    def _settle(self, name: str, known: _Known) -> None:
        if known.made is None or isinstance(silence := silence_of(known.made), Unobeyed):
            return
        ended = known.ended
        if ended is not None and ended.time < silence.ends:
            ends = max(ended.time, known.made.time)
            silence = msgspec.structs.replace(silence, ends=ends, ended_by=ended.actor)
        self._silences[name] = silence

    def _forget(self, now: int) -> None:
        """What ended a day ago, and beyond the limit what ends first."""
        for name in [name for name, silence in self._silences.items() if silence.ends < now - KEPT_MS]:
            del self._silences[name]
        if len(self._silences) > 2 * MOST_SILENCES:
            for silence in self.all()[2 * MOST_SILENCES :]:
                del self._silences[silence.id]
        if len(self._known) > 4 * MOST_SILENCES:
            self._known = {name: known for name, known in self._known.items() if name in self._silences}
