"""How Grafana writes the numbers of a unit of the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from streams.catalogue.metric import Metric

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
    "per_ten_thousand": Unit(NUMBER, 2),
    "per_day": Unit(NUMBER, 2),
    "points": Unit("none", 0, -100, 100),
    "number": Unit("none", 0),
    "money": Unit(NUMBER, 2),
    "money_per_minute": Unit(NUMBER, 1),
    "number_per_minute": Unit(NUMBER, 1),
    "seconds_per_minute": Unit(SECONDS, 1),
}


def unit_of(name: str) -> Unit:
    """The unit of a metric; one that a catalogue made up is a plain number.

    >>> unit_of("ratio").name
    'percentunit'
    >>> unit_of("parcels_per_day").name
    'short'
    """
    return _UNITS.get(name, Unit(NUMBER, 1))


def unit_for(metric: Metric) -> Unit:
    """The unit of a metric: a number that is no gauge has decimals, and a difference of times can be below 0."""
    unit = unit_of(metric.unit)
    if metric.unit == "number" and metric.traits.of_cases:
        unit = unit._replace(decimals=2)
    below = metric.signed or "staffing" in metric.traits.takes  # agents to spare
    return unit._replace(least=None) if below else unit
