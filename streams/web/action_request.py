"""The body of a write: what somebody wants to do about an anomaly, or what is wrong with the way it is said."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from streams.records.action import ACK_MS, LONGEST_MS, LONGEST_NAME, LONGEST_NOTE, MINUTE_MS, Kind, Opinion

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST_MINUTES: Final = LONGEST_MS // MINUTE_MS
_EXAMPLES: Final = {
    Kind.ACK: '{"actor": "li.wei", "note": "on it", "minutes": 30}',
    Kind.SNOOZE: '{"actor": "li.wei", "note": "known", "minutes": 60}',
    Kind.FEEDBACK: '{"actor": "li.wei", "verdict": "confirmed", "note": ""}',
    Kind.ASSIGN: '{"actor": "li.wei", "assignee": "duty-lead", "note": ""}',
}
# Control characters, line and paragraph separators; and what turns the direction of the text around it.
_REFUSED_CATEGORIES: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
_TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class ActionRequest(NamedTuple):
    """A request that can be acted on. `minutes` is 0, `verdict` and `assignee` None where the kind has none."""

    kind: Kind
    actor: str
    note: str
    minutes: int = 0
    verdict: Opinion | None = None
    assignee: str | None = None


class BodyFault(NamedTuple):
    """What is wrong: the field, empty for the body as a whole, and a sentence with the remedy."""

    field: str
    sentence: str


def read_request(kind: Kind, body: bytes, name: str = "") -> ActionRequest | BodyFault:
    """Reads the body of an action of that kind; `name` is that of the token in use, and wins over the body's."""
    said = read_object(body, _EXAMPLES[kind])
    if isinstance(said, BodyFault):
        return said
    found = _read(kind, said, name)
    return first_fault(found) or ActionRequest(kind, *found)  # type: ignore[arg-type]


def read_object(body: bytes, example: str) -> dict[str, Any] | BodyFault:
    """A JSON object; the fault shows the example."""
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        said = None
    return said if isinstance(said, dict) else BodyFault("", f"The body must be a JSON object such as {example}.")


def first_fault(parts: Iterable[Any]) -> BodyFault | None:
    """Of what was read of a body, the first that cannot be meant."""
    return next((part for part in parts if isinstance(part, BodyFault)), None)


def _read(
    kind: Kind, said: dict[str, Any], name: str
) -> tuple[str | BodyFault, str | BodyFault, int | BodyFault, Opinion | BodyFault | None, str | BodyFault | None]:
    return (
        name or read_text(said, "actor", 1, LONGEST_NAME),
        read_text(said, "note", 0, LONGEST_NOTE),
        _minutes(kind, said) if kind in (Kind.ACK, Kind.SNOOZE) else 0,
        _verdict(said) if kind is Kind.FEEDBACK else None,
        read_text(said, "assignee", 1, LONGEST_NAME) if kind is Kind.ASSIGN else None,
    )


def read_text(said: dict[str, Any], field: str, shortest: int, longest: int) -> str | BodyFault:
    """One line of so many characters, none of which could mislead who reads it."""
    text = said.get(field, "")
    length = f"a text of {shortest} to {longest} characters"
    if text is None and not shortest:
        return ""
    if not isinstance(text, str):
        return BodyFault(field, f"{field} must be {length}.")
    text = text.strip()
    if not shortest <= len(text) <= longest:
        return BodyFault(field, f"{field} must be {length}; this one has {len(text)}.")
    if any(unicodedata.category(sign) in _REFUSED_CATEGORIES or sign in _TURNING for sign in text):
        return BodyFault(field, f"{field} must be one line without control characters: remove them.")
    return text


def _minutes(kind: Kind, said: dict[str, Any]) -> int | BodyFault:
    minutes = said.get("minutes")
    if minutes is None and kind is Kind.ACK:
        return ACK_MS // MINUTE_MS
    if not isinstance(minutes, int) or isinstance(minutes, bool) or not 1 <= minutes <= _MOST_MINUTES:
        return BodyFault("minutes", f"minutes must be a whole number from 1 to {_MOST_MINUTES}.")
    return minutes


def _verdict(said: dict[str, Any]) -> Opinion | BodyFault:
    try:
        return Opinion(str(said.get("verdict")))
    except ValueError:
        return BodyFault("verdict", f"verdict must be one of {', '.join(Opinion)}.")
