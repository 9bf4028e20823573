"""Where each anomaly came from when it was worst: what is over is judged normal, and then no part stands out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from streams.catalogue.metric import GRAVITY
from streams.records.anomaly import Change

if TYPE_CHECKING:
    from streams.records.anomaly import Contributor, Transition


class _Worst(msgspec.Struct, frozen=True):
    gravity: int
    score: float
    contributors: list[Contributor]


class WorstContributors:
    """By fingerprint the contributors of the gravest transition that named any; of equal ones the highest score.

    As many as there are open and recent anomalies: who drops those drops them here.
    """

    def __init__(self) -> None:
        self._worst: dict[str, _Worst] = {}

    def note(self, transition: Transition) -> None:
        """Takes a transition, in the order in which they were told. An anomaly that opens anew begins anew."""
        anomaly = transition.anomaly
        if transition.change is Change.OPENED:
            self.drop(anomaly.fingerprint)
        if not anomaly.contributors:
            return
        told = _Worst(GRAVITY.get(anomaly.severity, 0), anomaly.score, anomaly.contributors)
        known = self._worst.get(anomaly.fingerprint)
        if known is None or (told.gravity, told.score) >= (known.gravity, known.score):
            self._worst[anomaly.fingerprint] = told

    def of(self, fingerprint: str) -> list[Contributor]:
        """Empty where none was named."""
        known = self._worst.get(fingerprint)
        return [] if known is None else known.contributors

    def drop(self, fingerprint: str) -> None:
        self._worst.pop(fingerprint, None)
