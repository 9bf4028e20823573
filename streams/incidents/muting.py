"""What keeps an open anomaly quiet, beside what people said of it alone: a function of what is known, and of now."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from streams.incidents.anomaly import Anomaly
    from streams.incidents.silence_book import SilenceBook


class MuteReason(enum.StrEnum):
    """Why nobody is told."""

    SILENCE = "silence"


class Mute(msgspec.Struct, frozen=True):
    """The reason, and which: ids of silences."""

    reason: MuteReason
    by: tuple[str, ...]


class Muting:
    """Asked by whoever tells people, and by the board.

    Args:
        silences: filled by whoever reads pharos-actions.

    """

    def __init__(self, silences: SilenceBook) -> None:
        self._silences = silences

    def of(self, anomaly: Anomaly, now: int) -> Mute | None:
        """What keeps the anomaly quiet at `now` (ms, the clock of people); None where nothing does."""
        ids = () if anomaly.state == "resolved" else self._silences.silencing(anomaly, now)
        return Mute(MuteReason.SILENCE, ids) if ids else None

    def ended(self, anomaly: Anomaly, since: int, now: int) -> Mute | None:
        """What kept the anomaly quiet and ended after `since` and up to `now` (ms)."""
        over = [s.id for s in self._silences.all() if since < s.ends <= now and s.matches(anomaly)]
        return Mute(MuteReason.SILENCE, tuple(sorted(over))) if over else None

    def held_at(self, anomaly: Anomaly, time: int) -> bool:
        """Whether it was kept quiet at a moment that is past, as far as is known."""
        return any(silence.held_at(time) and silence.matches(anomaly) for silence in self._silences.all())

    def flags(self, anomaly: Anomaly, now: int) -> dict[str, Any]:
        """For the board."""
        mute = self.of(anomaly, now)
        return {"silenced": list(mute.by) if mute else []}
