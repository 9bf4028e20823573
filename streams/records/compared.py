"""A figure of a metric before and after a change of one's own."""

from __future__ import annotations

import msgspec


class Compared(msgspec.Struct, frozen=True, omit_defaults=True):
    """Of the whole of a metric.

    Attributes:
        change: its name.
        at: ms, when it was made.
        hours: so many hours after it were compared with the same hours before it; 0: none is over yet, or known.
        before, after: ratios, or counts per minute; None where there was nothing, as yet.
        difference: after less before, or how many times as much where `times`.
        low, high: between which that lies, 95 %.

    """

    change: str
    at: int
    hours: int = 0
    before: float | None = None
    after: float | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    times: bool = False
