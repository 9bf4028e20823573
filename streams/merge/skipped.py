"""Cells that no window shows."""

from __future__ import annotations

import msgspec


class Skipped(msgspec.Struct):
    """How many, by reason. All but the malformed and too far ones are in the totals.

    Attributes:
        malformed: a scope, component or length that the metric does not have.
        too_far: more than 60 days ahead of the source's watermark.
        behind: said to be on time, but for a slot already judged; treated as late.
        missed: late, for a quarter already closed or an hour of deadlines already expired.
        negative: less closed than opened, when an hour of deadlines expired.

    """

    malformed: int = 0
    too_far: int = 0
    behind: int = 0
    missed: int = 0
    negative: int = 0

    def restore(self, counts: dict[str, int]) -> None:
        """Takes over what a snapshot held. What is no reason any more is left behind."""
        for reason in self.__struct_fields__:
            setattr(self, reason, counts.get(reason, 0))
