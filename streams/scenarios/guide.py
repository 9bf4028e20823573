"""What a spectator of a scenario should know as it goes on: what begins now, and where to look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from streams.events.event_time import event_time_ms
from streams.simulate.faults import KINDS
from streams.simulate.traps import TRAPS

if TYPE_CHECKING:
    from collections.abc import Sequence


class Guide:
    """Tells each incident and each trap once, when it begins.

    Examples:
        >>> guide = Guide([{"id": "tenfold-order", "kind": "trap", "start": "2026-11-10T23:00:00+08:00", "scope": {}}])
        >>> guide.until(1_794_322_800_000 - 1)
        []
        >>> for line in guide.until(1_794_322_800_000): print(line)
        23:00 a trap, nothing should be alerted: ten times the shoppers for a quarter of an hour, at unchanged \
ratios, planned by nobody

    """

    def __init__(self, truth: Sequence[dict[str, Any]], since_ms: int = 0) -> None:
        """`truth` is the scenario's list; of what begins before `since_ms` nobody sees anything."""
        lines: dict[str, tuple[int, str]] = {}
        for entry in truth:
            name = entry["id"] if entry["kind"] == "incident" else entry["id"].partition("-")[0]
            lines.setdefault(
                name, (event_time_ms(entry["start"]) or 0, f"{entry['start'][11:16]} {_said(name, entry)}")
            )
        self._left = sorted(pair for pair in lines.values() if pair[0] >= since_ms)

    def until(self, at_ms: int) -> list[str]:
        """Lines for what has begun by then and was not printed yet."""
        due = [line for begins, line in self._left if begins <= at_ms]
        self._left = self._left[len(due) :]
        return due


def _said(name: str, entry: dict[str, Any]) -> str:
    if entry["kind"] == "trap":
        what = entry.get("what") or TRAPS[name][0]
        return f"a trap, nothing should be alerted: {what}"
    where = ", ".join(f"{dimension} {value}" for dimension, value in entry["scope"].items())
    what = entry.get("what") or KINDS[name].what
    return f"goes wrong: {what} ({where}). Watch: {entry['touchpoint']}"
