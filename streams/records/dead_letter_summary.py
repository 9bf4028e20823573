"""Dead letters by reason, field, topic and producer: how many, and since when. Pure, in bounded memory."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from streams.records.dead_letter_copy import DeadLetterCopy

MOST_ROWS: Final = 100
_REMEMBERED: Final = 20_000  # places of copies by which a repeated one is known


class DeadLetterKind(NamedTuple):
    """What dead letters have in common. A detail or source that is empty is not known, or not told apart."""

    reason: str
    detail: str
    topic: str
    source: str


@dataclass(frozen=True)
class DeadLetterRow:
    """One kind of dead letters: how many, when they were copied (ms), and where the latest one lies.

    Attributes:
        partition, offset: of the record that was refused, in its own topic.

    """

    kind: DeadLetterKind
    count: int
    first_ms: int
    last_ms: int
    partition: int
    offset: int


class DeadLetterSummary:
    """Takes copies one by one; one that repeats after a crash counts once.

    Args:
        most_rows: kinds that are told apart; what comes beyond them is counted by reason and topic alone.

    Attributes:
        total: dead letters that were taken.

    """

    def __init__(self, most_rows: int = MOST_ROWS) -> None:
        self.total = 0
        self._most_rows = most_rows
        self._rows: dict[DeadLetterKind, DeadLetterRow] = {}
        self._seen: OrderedDict[tuple[str, int, int], None] = OrderedDict()

    def take(self, copy: DeadLetterCopy) -> bool:
        """Whether it counts: False for a repetition."""
        place = copy.topic, copy.partition, copy.offset
        if place in self._seen:
            return False
        self._seen[place] = None
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        self.total += 1
        kind = DeadLetterKind(copy.reason, copy.detail, copy.topic, copy.source)
        if kind not in self._rows and len(self._rows) >= self._most_rows:
            kind = DeadLetterKind(copy.reason, "", copy.topic, "")
            if kind not in self._rows and len(self._rows) >= 2 * self._most_rows:
                return True
        row = self._rows.get(kind, DeadLetterRow(kind, 0, copy.at_ms, copy.at_ms, copy.partition, copy.offset))
        self._rows[kind] = DeadLetterRow(
            kind,
            row.count + 1,
            min(row.first_ms, copy.at_ms),
            max(row.last_ms, copy.at_ms),
            copy.partition,
            copy.offset,
        )
        return True

    def rows(self) -> list[DeadLetterRow]:
        """The most frequent first, then the latest."""
        return sorted(self._rows.values(), key=lambda row: (-row.count, -row.last_ms, row.kind))
