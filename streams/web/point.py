"""A point of a line that the page draws."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from streams.records.verdicts import Pulse, Verdict


class Point(msgspec.Struct, frozen=True, array_like=True):
    """What was seen and what was expected, in an array of JSON; None where there was nothing to say."""

    time: int
    value: float | None = None
    expected: float | None = None
    lower: float | None = None
    upper: float | None = None


def of_pulse(time: int, pulse: Pulse) -> Point:
    """Judgements start as zeros: a band and a value of nothing but zeros were never judged, and are no data."""
    if pulse.missing:
        return Point(time)
    if not any((pulse.expected, pulse.lower, pulse.upper)):
        return Point(time, _rounded(pulse.value) or None)
    return Point(time, *map(_rounded, (pulse.value, pulse.expected, pulse.lower, pulse.upper)))


def interval_of(pulse: Pulse) -> tuple[float, float] | None:
    """The 95 % interval of its value, None where it has none."""
    if pulse.missing or pulse.low is None or pulse.high is None:
        return None
    low, high = _rounded(pulse.low), _rounded(pulse.high)
    return None if low is None or high is None else (low, high)


def last_sale_of(pulse: Pulse) -> float | None:
    """What it was at the same time of the last sale."""
    return None if pulse.last_sale is None else _rounded(pulse.last_sale)


def of_verdict(time: int, verdict: Verdict) -> Point:
    """What could not be judged is a gap."""
    if verdict.insufficient:
        return Point(time)
    return Point(time, *map(_rounded, (verdict.value, verdict.expected, verdict.lower, verdict.upper)))


def _rounded(number: float) -> float | None:
    """Six significant digits draw a line as well as seventeen do."""
    return float(f"{number:.6g}") if math.isfinite(number) else None
