"""What the watch is tried on: an expression that holds the interpreter for ever."""

from __future__ import annotations

import re


def take(example: str) -> str:
    """Goes on, holds the interpreter, or raises."""
    if example == "hold":
        re.fullmatch("(a*)*b", "a" * 60)
    if example == "raise":
        raise ValueError("raised")
    return ""
