"""Why records of an events file are dead letters: how many for each reason, and the first line of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from streams.events.dead_letter import DeadLetter

MOST: Final = 500  # reasons that are told apart; more come of nothing but noise
_SHOWN: Final = 5


class DeadLetterReasons:
    """Counts by topic, reason and detail. Beyond 500 of them details are no longer told apart."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str], list[int]] = {}  # count, first line

    def note(self, letters: Iterable[DeadLetter], first_offset: int, lines: Sequence[int]) -> None:
        """Some dead letters of one batch.

        Args:
            letters: of a batch whose offsets have no holes.
            first_offset: of the batch.
            lines: the number of the line of each record of it; 0 where a record comes from no file.

        """
        for letter in letters:
            key = (letter.topic, str(letter.reason), letter.detail)
            if key not in self._found and len(self._found) >= MOST:
                key = (letter.topic, str(letter.reason), "")
            line = lines[letter.offset - first_offset]
            known = self._found.setdefault(key, [0, line])
            known[0] += 1
            known[1] = min(known[1], line)

    def listed(self) -> list[dict[str, Any]]:
        """For report.json: the most frequent first."""
        rows = sorted(self._found.items(), key=lambda item: (-item[1][0], item[0]))
        return [_row(*key, *found) for key, found in rows]


def _row(topic: str, reason: str, detail: str, count: int, line: int) -> dict[str, Any]:
    first = {"line": line} if line else {}
    return {"reason": reason, "detail": detail, "topic": topic, "count": count, "first": first}


def in_words(reasons: Sequence[Mapping[str, Any]]) -> list[str]:
    """The most frequent ones, a line each.

    >>> in_words([{"topic": "orders", "reason": "not_json", "detail": "not UTF-8", "count": 3, "first": {"line": 7}}])
    ['3 dead letters of orders: not_json, not UTF-8 (first: line 7)']
    """
    lines = []
    for row in reasons[:_SHOWN]:
        plural = "s" if row["count"] > 1 else ""
        detail = f", {row['detail']}" if row["detail"] else ""
        first = f" (first: line {row['first']['line']})" if row["first"] else ""
        lines.append(f"{row['count']:,} dead letter{plural} of {row['topic']}: {row['reason']}{detail}{first}")
    if len(reasons) > _SHOWN:
        lines.append(f"and {len(reasons) - _SHOWN} more reasons: see dead_letter_reasons in the report")
    return lines
