"""Text that fits into so many bytes of UTF-8: what a channel counts is bytes, and a Chinese character has three."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from streams.alerts.words.line import Line
from streams.alerts.words.plain_text import plain
from streams.records.long_name import ELLIPSIS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_NAME: Final = 12  # characters of each name that stay where that is enough
_SHORT_NAME: Final = 3  # and where the title would have to be cut otherwise


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
    kept = text.encode()[: max(most - size(ELLIPSIS), 0)].decode(errors="ignore")
    return kept + ELLIPSIS if most >= size(ELLIPSIS) else ""


def shown(line: str, most: int, escape: Callable[[str], str] = plain) -> str:
    """The line, escaped, in at most so many bytes: names are cut first, in the middle, then titles, then the end.

    >>> from streams.alerts.words.line import Name, fill
    >>> shown(fill("71.0%, expected 97.0% ({store})", store=Name("flagship-hangzhou-xihu")), 40)
    '71.0%, expected 97.0% (flagshi…u-xihu)'
    """
    if len(line) <= most and size(whole := escape(line)) <= most:
        return str(whole)
    if isinstance(line, Line):
        fits = _with_names_cut(line, most, escape)
        if fits is not None:
            return fits
        line = line.shortened(1, 1)
    begun = line[:most]
    return _longest(lambda n: escape(begun[:n] + ELLIPSIS), 0, len(begun), most) or ""


def fitted(lines: Sequence[str], most: int, more: Callable[[int], str], separator: str = "\n") -> list[str]:
    """As many lines as fit with their separators, and one that says how many are missing.

    >>> fitted(["one", "two", "three"], 12, lambda count: f"+{count} more")
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


def first_of(links: Iterable[str], most: int, separator: str) -> list[str]:
    """The first that fit together: the board is the first, and what is left out is a click away from there.

    >>> first_of(["board", "runbook", "ack"], 9, " ")
    ['board', 'ack']
    """
    kept: list[str] = []
    for link in links:
        if size(separator.join([*kept, link])) <= most:
            kept.append(link)
    return kept


def _with_names_cut(line: Line, most: int, escape: Callable[[str], str]) -> str | None:
    """None where it does not fit without any name, too."""

    def names(count: int) -> str:
        return escape(line.shortened(count, most))

    def titles(count: int) -> str:
        return escape(line.shortened(_NAME, count))

    def both(count: int) -> str:
        return escape(line.shortened(count, count))

    longest = max(min(line.longest_name, most), _NAME)
    for render, least in ((names, _NAME), (names, _SHORT_NAME), (titles, _NAME), (both, 1)):
        fits = _longest(render, least, longest, most)
        if fits is not None:
            return fits
    return None


def _longest(render: Callable[[int], str], least: int, longest: int, most: int) -> str | None:
    """Of the texts with `least` to `longest` characters the longest that has at most so many bytes; None: none has."""
    found = None
    while least <= longest:
        middle = (least + longest + 1) // 2
        text = str(render(middle))
        if size(text) <= most:
            found, least = text, middle + 1
        else:
            longest = middle - 1
    return found
