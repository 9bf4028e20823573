"""Scenarios by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.simulate.double11 import Profile, calendar, double11
from streams.simulate.faults import KINDS
from streams.simulate.traps import TRAPS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.simulate.simulation import Simulation

SCENARIOS = {"double11": double11}


def simulate(scenario: str, seed: int, profile: Profile = "full") -> Simulation:
    """Play a scenario. `profile="demo"` has half the history, for a quick start.

    Raises ValueError for a name that there is not.
    """
    if scenario not in SCENARIOS:
        raise ValueError(f"no scenario {scenario!r}: there is {', '.join(SCENARIOS)}")
    return SCENARIOS[scenario](seed, profile)


def described() -> Iterator[str]:
    """What happens in each scenario, line by line, for people."""
    yield "double11: eight days of a shop, then the evening and the night of the sale, 10 November 18:40 to 02:00"
    yield "  what goes wrong, each once, in windows of 25 minutes, two pairs at the same time:"
    yield from (f"    {name:<10} {kind.touchpoint:<12} {kind.what}" for name, kind in KINDS.items())
    yield "  what only looks like it, and has to stay quiet:"
    yield from (f"    {name:<10} {what}" for name, (what, _) in TRAPS.items())
    yield "  what is planned, in the scenario's calendar:"
    yield from (f"    {entry['begins'][5:16]} to {entry['ends'][5:16]}  {entry['name']}" for entry in calendar())
