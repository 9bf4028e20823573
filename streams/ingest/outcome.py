"""What becomes of a record."""

from __future__ import annotations

import enum


class Outcome(enum.StrEnum):
    """Every record read is exactly one of these; the first that fits, in this order."""

    DEAD_LETTER = "dead_letter"
    IGNORED = "ignored"
    DUPLICATE = "duplicate"
    LATE = "late"
    COUNTED = "counted"
