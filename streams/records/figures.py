"""Values, spans of time and scopes in English words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol

from detectors.judgement import Reason
from streams.records.long_name import cut_in_the_middle

if TYPE_CHECKING:
    from collections.abc import Mapping


_LONGEST_NAME = 64  # characters: what matters comes after it, and Alertmanager's own receivers cut, too


_LARGE = 10_000  # money of so much is told without hundredths
_SUFFIXES = {
    "seconds_per_minute": " s/min",
    "seconds": " s",
    "per_thousand": " per 1,000",
    "per_ten_thousand": " per 10,000",
    "per_day": " a day",
}
_LONG_S = 600  # seconds beyond it are shown as a time span


LEVEL_AT_RISK = Reason.LEVEL_AT_RISK.name
LEVEL_LOST = Reason.LEVEL_LOST.name
_LIMITED = {Reason.THRESHOLD.name, LEVEL_AT_RISK, LEVEL_LOST}


class Judged(Protocol):
    """What is said of a value."""

    @property
    def reason(self) -> str: ...
    @property
    def direction(self) -> str: ...
    @property
    def lower(self) -> float: ...
    @property
    def upper(self) -> float: ...


def preset_limit(of: Judged) -> float | None:
    """The limit that has been or will be reached, where that is why it was published: the band of normal ends there."""
    if of.reason not in _LIMITED:
        return None
    return of.upper if of.direction == "up" else of.lower


def where(scope: Mapping[str, str]) -> str:
    """The scope in words, long names cut in their middle.

    >>> where({"region": "zhejiang", "carrier": ""})
    'for carrier (none), region zhejiang'
    """
    if not scope:
        return "overall"
    return "for " + ", ".join(
        f"{dimension} {cut_in_the_middle(value, _LONGEST_NAME) or '(none)'}"
        for dimension, value in sorted(scope.items())
    )


def amount(value: float, unit: str) -> str:
    """A value with its unit, in about three significant digits.

    >>> amount(0.7104, "ratio"), amount(0.99934, "ratio"), amount(1234.5, "per_minute"), amount(93_600, "seconds")
    ('71.0%', '99.93%', '1,234/min', '26 h')
    >>> amount(3.0, "number"), amount(0.25, "number")
    ('3', '0.25')
    >>> amount(2_500.0, "money_per_minute"), amount(249.9, "money"), amount(-93_600, "seconds")
    ('2,500/min', '249.90', '-26 h')
    """
    if not math.isfinite(value):
        return "unknown"
    if unit == "ratio":
        return f"{value:.2%}" if value > 0.99 or value < 0.01 else f"{value:.1%}"
    if unit == "seconds" and abs(value) >= _LONG_S:
        return ("-" if value < 0 else "") + duration(round(abs(value)) * 1000)
    if unit == "money" and abs(value) < _LARGE:
        return f"{value:,.2f}"
    digits = 0 if abs(value) >= 100 or (unit == "number" and value == int(value)) else 1 if abs(value) >= 10 else 2
    suffix = _SUFFIXES.get(unit, "/min" if unit.endswith("per_minute") else "")
    return f"{value:,.{digits}f}{suffix}"


def duration(ms: int) -> str:
    """A time span in its two largest units.

    >>> duration(45_000), duration(750_000), duration(7_500_000)
    ('45 s', '12 min 30 s', '2 h 5 min')
    """
    seconds = ms // 1000
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min" + (f" {seconds % 60} s" if seconds % 60 else "")
    return f"{seconds // 3600} h" + (f" {seconds // 60 % 60} min" if seconds // 60 % 60 else "")
