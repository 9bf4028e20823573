"""How Grafana writes the numbers of a unit of the catalogue."""

from __future__ import annotations

from typing import NamedTuple

# The identifiers are Grafana's (packages/grafana-data/src/valueFormats/categories.ts).
RATIO = "percentunit"
SECONDS = "s"
NUMBER = "short"
PER_SECOND = "ops"
PER_MINUTE = "opm"
KNOWN = frozenset({RATIO, SECONDS, NUMBER, PER_SECOND, PER_MINUTE, "none", "dateTimeFromNow"})


class Unit(NamedTuple):
    """Grafana's identifier, how many decimals, and the ends of the axis (None: as the data has it)."""

    name: str
    decimals: int
    least: float | None = 0
    most: float | None = None


_UNITS = {
    "ratio": Unit(RATIO, 1),
    "seconds": Unit(SECONDS, 1),
    "per_minute": Unit(PER_MINUTE, 0),
    "per_thousand": Unit(NUMBER, 2),
    "points": Unit("none", 0, -100, 100),
    "number": Unit("none", 0),
}


def unit_of(name: str) -> Unit:
    """The unit of a metric; one that a catalogue made up is a plain number.

    >>> unit_of("ratio").name
    'percentunit'
    >>> unit_of("parcels_per_day").name
    'short'
    """
    return _UNITS.get(name, Unit(NUMBER, 1))
