"""Text that fits into so many bytes of UTF-8: what a channel counts is bytes, and a Chinese character has three."""

from __future__ import annotations

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
    for kept in range(len(lines) - 1, -1, -1):
        shown = [*lines[:kept], more(len(lines) - kept)]
        if size(separator.join(shown)) <= most:
            return shown
    return []
