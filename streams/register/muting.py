"""What keeps an open anomaly quiet, beside what people said of it alone: a function of what is known, and of now."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any

import msgspec

from streams.register.inhibition import NOTHING_OPEN, Inhibition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.records.anomaly import Anomaly
    from streams.register.daytime import Span
    from streams.register.inhibition import OpenAnomalies
    from streams.register.maintenance import Window
    from streams.register.silences import SilenceBook


class MuteReason(enum.StrEnum):
    """Why nobody is notified."""

    SILENCE = "silence"
    MAINTENANCE = "maintenance"
    INHIBITION = "inhibition"


class Mute(msgspec.Struct, frozen=True):
    """The reason, and which: ids of silences, names of windows with their beginnings, or a fingerprint."""

    reason: MuteReason
    by: tuple[str, ...]


class Muting:
    """Asked by whoever tells people, and by the board.

    Args:
        silences: filled by whoever reads pharos-actions.
        windows: of maintenance.

    """

    def __init__(self, silences: SilenceBook, windows: tuple[Window, ...] = ()) -> None:
        self._silences = silences
        self._windows = windows

    def of(self, anomaly: Anomaly, now: int, others: OpenAnomalies = NOTHING_OPEN) -> Mute | None:
        """What keeps the anomaly quiet at `now` (ms, the clock of people); None where nothing does."""
        if anomaly.state == "resolved":
            return None
        ids = self._silences.silencing(anomaly, now)
        if ids:
            return Mute(MuteReason.SILENCE, ids)
        windows = tuple(f"{window.name} {span.begins}" for window, span in self._maintained(anomaly, now))
        if windows:
            return Mute(MuteReason.MAINTENANCE, windows)
        inhibitor = others.inhibitor_of(anomaly)
        if inhibitor is None or inhibitor.why is Inhibition.CAUSE:  # of symptoms nobody hears in any case
            return None
        return Mute(MuteReason.INHIBITION, (inhibitor.anomaly.fingerprint,))

    def ended(self, anomaly: Anomaly, since: int, now: int) -> Mute | None:
        """What kept the anomaly quiet and ended after `since` and up to `now` (ms), as far as is known."""
        over = [s for s in self._silences.all() if since < s.ends <= now and not s.called_off and s.matches(anomaly)]
        if over:
            return Mute(MuteReason.SILENCE, tuple(sorted(silence.id for silence in over)))
        spans = [(window, window.last(now)) for window in self._windows if window.matches(anomaly)]
        names = [f"{window.name} {span.begins}" for window, span in spans if span and since < span.ends <= now]
        return Mute(MuteReason.MAINTENANCE, tuple(names)) if names else None

    def flags(self, anomaly: Anomaly, now: int, others: OpenAnomalies = NOTHING_OPEN) -> dict[str, Any]:
        """For the board: ids of silences, name of the maintenance, fingerprint of what speaks for it."""
        if anomaly.state == "resolved":
            return {"silenced": [], "maintenance": None, "inhibited_by": None}
        inhibitor = others.inhibitor_of(anomaly)
        return {
            "silenced": list(self._silences.silencing(anomaly, now)),
            "maintenance": next((window.name for window, _ in self._maintained(anomaly, now)), None),
            "inhibited_by": None if inhibitor is None else inhibitor.anomaly.fingerprint,
        }

    def _maintained(self, anomaly: Anomaly, now: int) -> Iterator[tuple[Window, Span]]:
        for window in self._windows:
            span = window.span(now)
            if span is not None and window.matches(anomaly):
                yield window, span
