"""Which open anomaly speaks for another, so that nobody hears of both."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, NamedTuple

from streams.catalogue.metric import GRAVITY, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.records.anomaly import Anomaly


class Inhibition(enum.StrEnum):
    """Why one is enough."""

    CAUSE = "cause"  # the catalogue links them: the cause speaks for its symptom
    GRAVER = "graver"  # of the same touchpoint and scope, the graver one
    WHOLE = "whole"  # of the same metric, the whole shop for a part that is no graver


class Inhibitor(NamedTuple):
    """An anomaly that speaks for another, and why."""

    anomaly: Anomaly
    why: Inhibition


def inhibits(source: Anomaly, target: Anomaly) -> Inhibition | None:
    """Whether the one, while it is open, speaks for the other. What is info, or a symptom, speaks for nobody else's."""
    if source.fingerprint == target.fingerprint or source.state == "resolved" or source.severity == Severity.INFO:
        return None
    if target.caused_by == source.fingerprint:
        return Inhibition.CAUSE
    if source.caused_by is not None or source.touchpoint != target.touchpoint:
        return None
    return _within_a_touchpoint(source, target)


class OpenAnomalies:
    """What is open, in such an order that finding who speaks for one does not mean looking at all."""

    def __init__(self, anomalies: Iterable[Anomaly] = ()) -> None:
        self._all = {anomaly.fingerprint: anomaly for anomaly in anomalies}
        self._by_place: dict[tuple[str, frozenset[tuple[str, str]]], list[Anomaly]] = {}
        for anomaly in self._all.values():
            self._by_place.setdefault((anomaly.touchpoint, frozenset(anomaly.scope.items())), []).append(anomaly)

    def inhibitor_of(self, target: Anomaly) -> Inhibitor | None:
        """The gravest that speaks for it, of several the one with the smallest fingerprint; None where nothing does."""
        cause = self._all.get(target.caused_by or "")
        there = [
            *([cause] if cause else []),
            *self._by_place.get((target.touchpoint, frozenset(target.scope.items())), ()),
            *self._by_place.get((target.touchpoint, frozenset()), ()),
        ]
        found = [(source, why) for source in there if (why := inhibits(source, target)) is not None]
        if not found:
            return None
        return Inhibitor(*min(found, key=lambda pair: (-GRAVITY.get(pair[0].severity, 0), pair[0].fingerprint)))

    def inhibited_by(self, source: Anomaly) -> list[Anomaly]:
        """What it speaks for beside its symptoms, in order of opening: listed in its message."""
        found = [a for a in self._all.values() if inhibits(source, a) in (Inhibition.GRAVER, Inhibition.WHOLE)]
        shown = [a for a in found if a.severity != Severity.INFO and a.caused_by is None]
        return sorted(shown, key=lambda a: (a.detected_at, a.fingerprint))


NOTHING_OPEN = OpenAnomalies()


def _within_a_touchpoint(source: Anomaly, target: Anomaly) -> Inhibition | None:
    graver = GRAVITY.get(source.severity, 0) - GRAVITY.get(target.severity, 0)
    if source.scope == target.scope and graver > 0:
        return Inhibition.GRAVER
    same_trouble = source.metric == target.metric and source.direction == target.direction
    return Inhibition.WHOLE if same_trouble and not source.scope and target.scope and graver >= 0 else None
