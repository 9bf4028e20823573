"""What is wrong with a file that cannot be read, in words."""

from __future__ import annotations

import csv
import zlib
from typing import Final

UNREADABLE: Final = (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error)
"""All that reading text, packed or not, may raise."""


def damage(error: BaseException) -> str:
    """What is wrong, and what to do.

    >>> damage(EOFError())
    'is damaged: the packed data ends too early; fetch or make it again'
    """
    if isinstance(error, UnicodeDecodeError):
        return "is not UTF-8 text; save it as UTF-8"
    if isinstance(error, EOFError):
        return "is damaged: the packed data ends too early; fetch or make it again"
    if isinstance(error, OSError) and error.strerror:
        return f"cannot be read ({error.strerror}); check the path and its permissions"
    return f"is damaged ({error}); fetch or make it again"
