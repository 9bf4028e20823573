"""The body of a request about silences: what somebody wants to keep quiet, or what is wrong with the way it is said."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from streams.records.action import LONGEST_NAME, LONGEST_NOTE, MINUTE_MS
from streams.register.local_time import is_skipped
from streams.register.matcher import Matcher, MatcherError, match_everything, read_matchers
from streams.register.silence import FARTHEST_MS, LONGEST_SILENCE_MS
from streams.web.action_request import BodyFault, first_fault, read_object, read_text

if TYPE_CHECKING:
    from streams.register.label_values import LabelValues

_MOST_MINUTES: Final = LONGEST_SILENCE_MS // MINUTE_MS
_DAY_MS: Final = 24 * 60 * MINUTE_MS
_EXAMPLE: Final = '{"matchers": ["region=zhejiang"], "actor": "li.wei", "reason": "storm", "minutes": 60}'


class SilenceRequest(NamedTuple):
    """A request that can be acted on. `begins` is in ms since the epoch, None for at once."""

    matchers: tuple[Matcher, ...]
    actor: str
    reason: str
    begins: int | None
    minutes: int
    end_on_resolve: bool


def read_silence(
    body: bytes, now_ms: int, timezone: str, labels: LabelValues, name: str = ""
) -> SilenceRequest | BodyFault:
    """Reads what makes a silence.

    Args:
        body: JSON.
        now_ms: since the epoch.
        timezone: of times without an offset: the shop's.
        labels: the values that labels can have.
        name: that of the token in use; it wins over the body's.

    """
    said = read_object(body, _EXAMPLE)
    if isinstance(said, BodyFault):
        return said
    parts = (
        _matchers(said, labels),
        name or read_text(said, "actor", 1, LONGEST_NAME),
        read_text(said, "reason", 1, LONGEST_NOTE),
        _begins(said, now_ms, timezone),
        _minutes(said),
        _end_on_resolve(said),
    )
    return first_fault(parts) or SilenceRequest(*parts)  # type: ignore[arg-type]


def read_preview(body: bytes, labels: LabelValues) -> tuple[Matcher, ...] | BodyFault:
    """Reads the matchers of a silence that may be made."""
    said = read_object(body, _EXAMPLE)
    return said if isinstance(said, BodyFault) else _matchers(said, labels)


def read_actor(body: bytes, name: str = "") -> str | BodyFault:
    """Who ends a silence: the token's name, else what the body says."""
    if name:
        return name
    said = read_object(body, '{"actor": "li.wei"}')
    return said if isinstance(said, BodyFault) else read_text(said, "actor", 1, LONGEST_NAME)


def _matchers(said: dict[str, Any], labels: LabelValues) -> tuple[Matcher, ...] | BodyFault:
    texts = said.get("matchers")
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) for text in texts):
        return BodyFault("matchers", 'matchers must be a list of texts such as "region=zhejiang", at least one.')
    try:
        matchers = read_matchers(texts)
    except MatcherError as error:
        return BodyFault("matchers", f"{error}.")
    if match_everything(matchers):
        return BodyFault("matchers", "These matchers match everything: add one that names a value, as region=zhejiang.")
    for _, what in labels.faults(matchers):
        return BodyFault("matchers", f"{what[:1].upper()}{what[1:]}{'' if what.endswith('?') else '.'}")
    return matchers


def _begins(said: dict[str, Any], now_ms: int, timezone: str) -> int | BodyFault | None:
    text = said.get("begins")
    if text is None or text == "":
        return None
    try:
        begins = datetime.fromisoformat(text)
        if begins.tzinfo is None:
            if is_skipped(begins, ZoneInfo(timezone)):
                return BodyFault(
                    "begins", "begins is a time that is skipped when clocks go forward: choose a later one."
                )
            begins = begins.replace(tzinfo=ZoneInfo(timezone))
        begins_ms = round(begins.timestamp() * 1000)
    except (TypeError, ValueError, OverflowError):
        return BodyFault("begins", "begins must be a time such as 2026-11-11T02:00+08:00; leave it out to begin now.")
    if begins_ms > now_ms + FARTHEST_MS:
        return BodyFault("begins", f"begins may lie {FARTHEST_MS // _DAY_MS} days ahead at most.")
    if begins_ms < now_ms - MINUTE_MS:
        return BodyFault("begins", "begins lies in the past: leave it out to begin now.")
    return begins_ms if begins_ms > now_ms else None


def _minutes(said: dict[str, Any]) -> int | BodyFault:
    minutes = said.get("minutes")
    if not isinstance(minutes, int) or isinstance(minutes, bool) or not 1 <= minutes <= _MOST_MINUTES:
        return BodyFault("minutes", f"minutes must be a whole number from 1 to {_MOST_MINUTES}: a silence has an end.")
    return minutes


def _end_on_resolve(said: dict[str, Any]) -> bool | BodyFault:
    wanted = said.get("end_on_resolve", False)
    return wanted if isinstance(wanted, bool) else BodyFault("end_on_resolve", "end_on_resolve must be true or false.")
