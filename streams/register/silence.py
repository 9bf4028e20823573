"""A silence: what it is about keeps quiet until its end. Made and ended by records of pharos-actions."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Final

import msgspec

from streams.records.action import MINUTE_MS, ActionRecord
from streams.register.handling import SKEW_MS
from streams.register.matcher import Matcher, MatcherError, all_match, labels_of, match_everything, read_matchers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.records.anomaly import Anomaly

LONGEST_SILENCE_MS: Final = 30 * 24 * 60 * MINUTE_MS
FARTHEST_MS: Final = LONGEST_SILENCE_MS  # so long before its beginning it may be made
SUBJECT: Final = "silence/"  # before the id: fingerprints are hexadecimal, so no anomaly bears such a name


class Unobeyed(enum.StrEnum):
    """Why a record that makes a silence makes none, with what its sender has to correct."""

    MATCHERS = "a matcher is invalid: the preview of silences says why"
    EVERYTHING = "a silence needs matchers that name a value: these match everything, or there are none"
    NO_END = "a silence ends after it begins: correct `until`"
    TOO_FAR = "a silence may be made 30 days before it begins at most"


class Silence(msgspec.Struct, frozen=True, kw_only=True):
    """Who keeps what quiet, why, and until when. Times are in ms since the epoch.

    Attributes:
        matchers: all must hold.
        planned: whether it was made before it begins.
        ends: as it was made, or when it was ended before that.
        end_on_resolve: it ends, too, when nothing is open any more of what it kept quiet.
        ended_by: who ended it early; empty where nobody did.

    """

    id: str
    matchers: tuple[Matcher, ...]
    author: str
    reason: str
    begins: int
    ends: int
    planned: bool = False
    end_on_resolve: bool = False
    ended_by: str = ""

    def in_force(self, now: int) -> bool:
        """What is not planned, at once for every worker, however their clocks differ."""
        return self.begins - (0 if self.planned else SKEW_MS) <= now < self.ends

    @property
    def called_off(self) -> bool:
        """Whether it was ended before it began."""
        return self.planned and self.ends <= self.begins

    def matches(self, anomaly: Anomaly) -> bool:
        return all_match(self.matchers, labels_of(anomaly))


def silence_of(taken: ActionRecord) -> Silence | Unobeyed:
    """What a record says, or why it cannot be obeyed."""
    try:
        matchers = read_matchers(taken.matchers, known=())
    except MatcherError:
        return Unobeyed.MATCHERS
    if match_everything(matchers):
        return Unobeyed.EVERYTHING
    begins = max(taken.begins or 0, taken.time)
    ends = min(taken.until or 0, begins + LONGEST_SILENCE_MS)
    if ends <= begins:
        return Unobeyed.NO_END
    if begins > taken.time + FARTHEST_MS:
        return Unobeyed.TOO_FAR
    return Silence(
        id=taken.fingerprint.removeprefix(SUBJECT),
        matchers=matchers,
        author=taken.actor,
        reason=taken.note,
        begins=begins,
        ends=ends,
        planned=begins > taken.time,
        end_on_resolve=taken.end_on_resolve,
    )


def has_served(silence: Silence, open_anomalies: Iterable[Anomaly], ended: Iterable[tuple[int, Anomaly]]) -> bool:
    """Whether a silence that ends on resolve is over: what it kept quiet has ended, and nothing of it is open.

    `ended`: when (ms) and what ended of late. One that has matched nothing yet waits for its anomaly.
    """
    if not silence.end_on_resolve or any(silence.matches(anomaly) for anomaly in open_anomalies):
        return False
    return any(time >= silence.begins and silence.matches(anomaly) for time, anomaly in ended)
