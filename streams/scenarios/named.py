"""Scenarios by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.simulate.double11 import Profile, calendar, double11
from streams.simulate.evening import evening
from streams.simulate.faults import KINDS
from streams.simulate.traps import TRAPS
from streams.simulate.two_waves import WHAT, two_waves
from streams.simulate.week.faults import KINDS as OF_A_WEEK
from streams.simulate.week.month import month
from streams.simulate.week.week import quiet_week, week

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from streams.simulate.played import Played

SCENARIOS: dict[str, Callable[[int, Profile], Played]] = {
    "double11": double11,
    "two_waves": two_waves,
    "week": lambda seed, _: week(seed),
    "quiet_week": lambda seed, _: quiet_week(seed),
    "month": lambda seed, _: month(seed),
    "evening": lambda seed, _: evening(seed),
}


def simulate(scenario: str, seed: int, profile: Profile = "full") -> Played:
    """Play a scenario. `profile="demo"` has half the history, for a quick start; weeks know one size.

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
    yield "two_waves: a week, then two evenings of one sale, 11 and 12 December from 20:00 to 21:30"
    yield from (f"    {name:<12} {what}" for name, what in WHAT.items())
    yield "week: six days of a small shop, then a week with two troubles every other day, in windows of hours:"
    yield from (f"    {name:<14} {kind.touchpoint:<12} {kind.what}" for name, kind in OF_A_WEEK.items())
    yield "month: five weeks of four stores, of which one is about to lose a level (play it with scorecards: [shopee])"
    yield "quiet_week: the same small shop while nothing goes wrong"
    yield "evening: four days of five queues, then an evening on which two of them have too few agents for its rise"
