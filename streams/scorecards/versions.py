"""Which version of a scorecard scores a part of the shop on a day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.catalogue.scorecard import Scorecard


class Versions:
    """All versions of one scorecard: the day that is scored decides, so a replay of October has October's rules.

    Examples:
        >>> from streams.catalogue.scorecard import Scorecard
        >>> old, new = (Scorecard("x", "X", day, ()) for day in ("2026-10-01", "2026-11-01"))
        >>> versions = Versions([new, old])
        >>> [versions.on(date.fromisoformat(day).toordinal()) for day in ("2026-09-30", "2026-10-31")] == [None, old]
        True

    """

    def __init__(self, cards: Sequence[Scorecard]) -> None:
        self.name = cards[0].name
        self.of = cards[0].of
        self._cards = sorted(((date.fromisoformat(card.valid_from).toordinal(), card) for card in cards), key=_first)
        self._category = {value: card.category for card in cards for value in card.only}

    def on(self, day: int, part: str = "") -> Scorecard | None:
        """The version for a part on a day, numbered as `date.toordinal` does; None before the first."""
        category = self._category.get(part, "")
        found = None
        for since, card in self._cards:
            if since <= day and card.category == category:
                found = card
        return found


def _first(pair: tuple[int, Scorecard]) -> int:
    return pair[0]
