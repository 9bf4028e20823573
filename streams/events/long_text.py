"""Texts that are too long to be kept as they are: names of stores, ids, sources."""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

LONGEST: Final = 256
"""Characters of a dimension's value, and of whatever else of an event is remembered."""
_HASH_BYTES: Final = 8


def shortened(text: str) -> str:
    """The text itself where it has at most 256 characters; else its beginning, an ellipsis and a hash of the whole.

    The result has 256 characters at most, is the same on every machine and in every run, and tells two long texts
    apart that begin alike.

    >>> shortened("hangzhou")
    'hangzhou'
    >>> long = shortened("hangzhou " * 100_000)
    >>> len(long), long[:9], long[-18:]
    (256, 'hangzhou ', 'z…52d80c444849170d')
    """
    if len(text) <= LONGEST:
        return text
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_HASH_BYTES).hexdigest()
    return f"{text[: LONGEST - 1 - len(digest)]}…{digest}"
