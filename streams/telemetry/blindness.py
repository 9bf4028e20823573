"""Whether a worker that is alive, and reads, sees nothing all the same: what is judged is old, or nothing counts."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

FAR_MS: Final = 300_000  # what is judged may lie so far behind the clock, or ahead of it
_REFUSED_MOST: Final = 20  # so many records in a row, without one that counts, are no accident
_REFUSED_FOR_MS: Final = 60_000
_FORGET_MS: Final = 900_000


class Blind(enum.StrEnum):
    """Why a worker sees nothing of what happens now."""

    BEHIND = "behind"
    AHEAD = "ahead"
    NOT_JUDGED = "not_judged"
    REFUSED = "refused"


class BlindSpot(NamedTuple):
    """One reason. `topic` is empty where it concerns all; `amount` is seconds, or records where they are refused."""

    reason: Blind
    topic: str
    amount: int

    @property
    def detail(self) -> str:
        """A sentence for who runs the worker."""
        if self.reason is Blind.REFUSED:
            return (
                f"the last {self.amount} records of {self.topic} were dead letters or too late: nothing is counted: "
                "check the producer's clock and its events"
            )
        if self.reason is Blind.NOT_JUDGED:
            return (
                f"events have been counted for {self.amount} s, but nothing is evaluated: a source has no watermark yet"
            )
        return (
            f"evaluation is {self.amount} s {self.reason.value} {'of ' if self.reason is Blind.AHEAD else ''}the clock "
            "(for a replay, set time: events)"
        )


class _Refused:
    """Records of a topic that did not count, since the last that did."""

    def __init__(self) -> None:
        self.records = 0
        self.since = self.last = 0


class Blindness:
    """Learns what became of records, and says what is wrong at a time. Pure.

    Args:
        live: whether the wall clock matters (`time: live`); else only what is refused is reported.

    >>> blindness = Blindness(live=True)
    >>> blindness.read("orders", {"counted": 5}, 1_000)
    >>> [spot.reason.value for spot in blindness.spots(judged_ms=1_000, now_ms=600_000)]
    ['behind']

    """

    def __init__(self, *, live: bool) -> None:
        self._live = live
        self._refused: dict[str, _Refused] = {}
        self._counts_since: int | None = None

    def read(self, topic: str, outcomes: Mapping[str, int], now_ms: int) -> None:
        """What became of the records of one flush, by outcome."""
        if outcomes.get("counted", 0):
            self._refused.pop(topic, None)
            self._counts_since = now_ms if self._counts_since is None else self._counts_since
            return
        wrong = outcomes.get("dead_letter", 0) + outcomes.get("late", 0)
        if wrong:
            refused = self._refused.setdefault(topic, _Refused())
            refused.since = refused.since or now_ms
            refused.records += wrong
            refused.last = now_ms

    def spots(self, judged_ms: int, now_ms: int) -> list[BlindSpot]:
        """All that is wrong now, none where the worker sees.

        Args:
            judged_ms: event time up to which anomalies have been decided; -1 where nothing was.
            now_ms: the wall clock.

        """
        found = list(self._of_the_clock(judged_ms, now_ms)) if self._live else []
        for topic, refused in sorted(self._refused.items()):
            lately = now_ms - refused.last <= _FORGET_MS
            if lately and refused.records >= _REFUSED_MOST and now_ms - refused.since >= _REFUSED_FOR_MS:
                found.append(BlindSpot(Blind.REFUSED, topic, refused.records))
        return found

    def _of_the_clock(self, judged_ms: int, now_ms: int) -> list[BlindSpot]:
        if judged_ms >= 0:
            away = now_ms - judged_ms
            if abs(away) <= FAR_MS:
                return []
            return [BlindSpot(Blind.BEHIND if away > 0 else Blind.AHEAD, "", abs(away) // 1000)]
        waits_ms = 0 if self._counts_since is None else now_ms - self._counts_since
        return [BlindSpot(Blind.NOT_JUDGED, "", waits_ms // 1000)] if waits_ms > FAR_MS else []
