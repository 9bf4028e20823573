"""Scenarios by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.simulate.double11 import Profile, double11

if TYPE_CHECKING:
    from streams.simulate.simulation import Simulation

SCENARIOS = {"double11": double11}


def simulate(scenario: str, seed: int, profile: Profile = "full") -> Simulation:
    """Play a scenario. `profile="demo"` has half the history, for a quick start.

    Raises ValueError for a name that there is not.
    """
    if scenario not in SCENARIOS:
        raise ValueError(f"no scenario {scenario!r}: there is {', '.join(SCENARIOS)}")
    return SCENARIOS[scenario](seed, profile)
