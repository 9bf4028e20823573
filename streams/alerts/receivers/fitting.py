"""Text that fits into so many bytes of UTF-8: what a channel counts is bytes, and a Chinese character has three."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def size(text: str) -> int:
    """In bytes of UTF-8."""
    return len(text.encode())


def cut(text: str, most: int) -> str:
    """At most so many bytes, never half a character, with an ellipsis where something is missing.

    >>> cut("支付成功率", 15), cut("支付成功率", 12), cut("支付", 2)
    ('支付成功率', '支付成…', '')
    """
    if size(text) <= most:
        return text
    ellipsis = "…"
    kept = text.encode()[: max(most - size(ellipsis), 0)].decode(errors="ignore")
    return kept + ellipsis if most >= size(ellipsis) else ""


def fitted(lines: Sequence[str], most: int, more: Callable[[int], str], separator: str = "\n") -> list[str]:
    """As many lines as fit with their separators, and one that says how many are missing.

    >>> fitted(["one", "two", "three"], 14, lambda count: f"+{count} more")
    ['one', '+2 more']
    """
    if size(separator.join(lines)) <= most:
        return list(lines)
    gap = size(separator)
    ends = list(accumulate(size(line) + gap for line in lines[:-1]))  # of each line with the separator after it
    for kept in range(bisect_right(ends, most), -1, -1):
        missing = more(len(lines) - kept)
        if (ends[kept - 1] if kept else 0) + size(missing) <= most:
            return [*lines[:kept], missing]
    return []
