"""What only looks as if something went wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from streams.simulate.truth import entry

if TYPE_CHECKING:
    from collections.abc import Mapping

_SHOP = ("order", "page", "consultation")

TRAPS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "quiet": ("the day before the sale: people hold back, two thirds of a usual day", (*_SHOP, "logistics")),
    "peak": ("the first planned peak, 20:00, and its end", _SHOP),
    "midnight": ("the second planned peak, at midnight", _SHOP),
    "tenfold": ("ten times the shoppers for a quarter of an hour, at unchanged ratios, planned by nobody", _SHOP),
    "resend": ("the order system sends an hour of its events again", _SHOP),
    "tiny_store": ("a store with two payments in ten minutes, of which one fails", ("order",)),
    "night": ("the shop falls asleep", _SHOP),
}
"""What each is, and the touchpoints that have to stay quiet."""


@dataclass(frozen=True)
class Trap:
    """Something that looks like an incident and is not. `kind` is a key of `TRAPS`."""

    kind: str
    start_ms: int
    end_ms: int
    scope: dict[str, str] = field(default_factory=dict)

    def truth(self) -> list[dict[str, Any]]:
        """One entry per touchpoint that has to stay quiet."""
        _, touchpoints = TRAPS[self.kind]
        span = (self.start_ms, self.end_ms)
        return [
            entry(f"{self.kind}-{touchpoint}", touchpoint, self.scope, span, "trap", []) for touchpoint in touchpoints
        ]
