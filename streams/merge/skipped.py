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
        forgotten: marks of cases let go before their time, because there were too many: repeats are not recognised.

    """

    malformed: int = 0
    too_far: int = 0
    behind: int = 0
    missed: int = 0
    negative: int = 0
    forgotten: int = 0

    def restore(self, counts: dict[str, int]) -> None:
        """Takes over what a snapshot held. Raises TypeError for a reason that is not known."""
        for reason, count in msgspec.structs.asdict(Skipped(**counts)).items():
            setattr(self, reason, count)
