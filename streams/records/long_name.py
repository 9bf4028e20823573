"""Names that are too long to be shown whole."""

from __future__ import annotations

import unicodedata
from typing import Final

ELLIPSIS: Final = "…"


def cut_in_the_middle(name: str, most: int) -> str:
    """At most so many characters, never an accent without its letter.

    >>> cut_in_the_middle("flagship-hangzhou", 9), cut_in_the_middle("旗舰店", 3), cut_in_the_middle("flagship", 1)
    ('flag…zhou', '旗舰店', '…')
    """
    if len(name) <= most:
        return name
    kept = max(most - len(ELLIPSIS), 0)
    tail = kept // 2
    begin, end = name[: kept - tail], name[len(name) - tail :]
    while end and unicodedata.category(end[0]).startswith("M"):
        end = end[1:]
    return f"{begin}{ELLIPSIS}{end}"
