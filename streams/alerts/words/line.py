"""A line of a message, which knows what of it are names: those are cut where it does not fit, and not what matters."""

from __future__ import annotations

from string import Formatter
from typing import TYPE_CHECKING, Self

from streams.records.long_name import cut_in_the_middle

if TYPE_CHECKING:
    from collections.abc import Iterable


class Name(str):
    """Comes from events or settings, and may be of any length: a store, a window of maintenance, a person."""

    __slots__ = ()


class Title(Name):
    """What a metric is called: cut only where cutting all other names does not help."""

    __slots__ = ()


class Line(str):
    """Text of ours with names in it.

    Attributes:
        words: text of ours and names in turn, text first and last.

    """

    __slots__ = ("words",)
    words: tuple[str, ...]

    def __new__(cls, words: Iterable[str]) -> Self:
        kept = tuple(words)
        line = super().__new__(cls, "".join(kept))
        line.words = kept
        return line

    def shortened(self, most: int, most_of_titles: int) -> Line:
        """Each name with at most so many characters, cut in the middle, for names differ at both ends.

        >>> line = fill("{title} fails for {store}", title=Title("Payment"), store=Name("flagship-hangzhou-7"))
        >>> line.shortened(9, 60)
        'Payment fails for flag…ou-7'
        """
        return Line(
            cut_in_the_middle(word, most_of_titles if isinstance(word, Title) else most) if place % 2 else word
            for place, word in enumerate(self.words)
        )

    @property
    def longest_name(self) -> int:
        return max((len(word) for word in self.words[1::2]), default=0)


def fill(template: str, **parts: str) -> Line:
    """The template with its words in braces filled in; what is a `Name`, or a name in a `Line`, stays known as one.

    >>> fill("{what} for {store}", what="Failures", store=Name("a")).words
    ('Failures for ', 'a', '')
    """
    words = [""]
    for ours, field, _, _ in Formatter().parse(template):
        words[-1] += ours
        if field is not None:
            _append(words, parts[field])
    return Line(words)


def join(separator: str, parts: Iterable[str]) -> Line:
    """As `str.join`; names stay known as such."""
    words = [""]
    for place, part in enumerate(parts):
        words[-1] += separator if place else ""
        _append(words, part)
    return Line(words)


def _append(words: list[str], part: str) -> None:
    if isinstance(part, Line):
        words[-1] += part.words[0]
        words += part.words[1:]
    elif isinstance(part, Name):
        words += [part, ""]
    else:
        words[-1] += part
