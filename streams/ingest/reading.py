"""What a route reads of the rows of a type of event: which of them it counts, for which slot, and what of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from streams.catalogue.single_values import OWN_TIME
from streams.cells.histogram import edges
from streams.cells.lead import places_of
from streams.cells.record import SLOT_MS
from streams.ingest.elements import ABSENT, Bin, Holds, ServiceTime, time_element
from streams.ingest.routes import is_own_time
from streams.ingest.row_shape import plain_conditions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from streams.catalogue.single_values import Difference
    from streams.catalogue.term import Condition
    from streams.ingest.routes import Gate, Route
    from streams.ingest.row_shape import RowShape
    from streams.ingest.rows import Rows

    Ints = NDArray[np.int64]
    Mask = NDArray[np.bool_]


class Rest(NamedTuple):
    """What tells the events of a scope apart, in one number from 0 on.

    Attributes:
        values: int64[events].
        first: the least slot.
        places: how many there can be, 0 where there are none.

    """

    values: Ints
    first: int
    places: int

    def split(self, values: Sequence[int]) -> tuple[list[int], list[int] | None]:
        """The slots and the places of some values."""
        first, places = self.first, self.places
        if not places:
            return [first + value for value in values], None
        return [first + value // places for value in values], [value % places for value in values]


class Duration:
    """The time between two times of each event."""

    def __init__(self, shape: RowShape, difference: Difference) -> None:
        self._start, self._to = (shape.positions[time_element(time)] for time in (difference.start, difference.to))
        self._told = [shape.positions[time_element(time)] for time in difference.fields]

    def ms(self, rows: Rows) -> Ints:
        """int64[events]; of no meaning where one of the times is missing."""
        between: Ints = rows.columns[self._to] - rows.columns[self._start]
        return between

    def told(self, rows: Rows) -> Mask:
        """Where both times are there."""
        told: Mask = (rows.columns[self._told] != ABSENT).all(axis=0)
        return told

    def tested(self, rows: Rows, condition: Condition) -> Mask:
        """Where the condition holds."""
        told = self.told(rows)
        mask: Mask = ~told if condition.present is False else told
        seconds = self.ms(rows) / 1000
        if condition.at_most is not None:
            mask = mask & told & (seconds <= condition.at_most)
        if condition.above is not None:
            mask = mask & told & (seconds > condition.above)
        return mask


class Opening:
    """Which events pass a gate. Masks are None where all pass."""

    def __init__(self, shape: RowShape, gate: Gate) -> None:
        self._gate, self._own = gate, is_own_time(gate)
        plain = plain_conditions(gate.where)
        self._test = shape.positions[Holds((plain,))] if plain else None
        self._durations = [
            (Duration(shape, difference), condition)
            for field, condition in gate.where
            if (difference := condition.difference(field))
        ]
        in_service = ServiceTime(gate.at, gate.plus_service_s) if gate.plus_service_s else None
        self._time = shape.positions[in_service or time_element(gate.at)]
        self._plus_ms = gate.plus_s * 1000

    def holds(self, rows: Rows) -> Mask | None:
        """Where all conditions hold."""
        mask: Mask | None = None if self._test is None else rows.columns[self._test] != 0
        for duration, condition in self._durations:
            mask = both(mask, duration.tested(rows, condition))
        return mask

    def counts_for(self, rows: Rows) -> Ints:
        """The ms that it counts for; of no meaning where the event lacks that time."""
        times: Ints = rows.columns[self._time] + self._plus_ms
        return times

    def lacking_time(self, rows: Rows) -> Mask:
        """Which events would pass if they had the time that it counts for."""
        lacking: Mask = rows.columns[self._time] == ABSENT
        mask = self.holds(rows)
        return lacking if mask is None else lacking & mask

    def passing(self, rows: Rows) -> Mask | None:
        """Which events pass."""
        gate, mask = self._gate, self.holds(rows)
        if self._own:
            return mask
        if gate.at != OWN_TIME:
            mask = both(mask, rows.columns[self._time] != ABSENT)
        if gate.within_s is not None:
            mask = both(mask, rows.moment - self.counts_for(rows) <= gate.within_s * 1000)
        if gate.no_later is not None:
            mask = both(mask, (rows.moment <= self.counts_for(rows)) == gate.no_later)
        return mask


class Reading:
    """Of the routes of one gate, slot and measure."""

    def __init__(self, shape: RowShape, route: Route) -> None:
        self._opening, self._measure = Opening(shape, route.gate), route.measure
        self._own = route.own_slot or is_own_time(route.gate)
        measure = route.measure
        self._duration = Duration(shape, measure.difference) if measure.difference else None
        self._number: int | None = None
        if measure.value:
            element = Bin(measure.value, measure.bins) if measure.bins else shape.amount(measure)
            self._number = shape.positions[element]
        self._borders = np.array(edges(*measure.bins)) if measure.bins else None

    def passing(self, rows: Rows) -> Mask:
        """bool[events]: those that are counted."""
        mask = self._opening.passing(rows)
        if self._duration is not None:
            mask = both(mask, self._duration.told(rows))
        elif self._number is not None:
            mask = both(mask, rows.columns[self._number] != ABSENT)
        if self._measure.cut:
            amounts, largest = self._amounts(rows), self._measure.largest
            mask = both(mask, (amounts > largest) | (amounts < -largest))
        return np.ones(rows.count, np.bool_) if mask is None else mask

    def rest(self, rows: Rows, passing: Mask) -> Rest:
        """What tells the events of a scope apart; the slots are those that the routes count in, but for `shift`."""
        slots = (rows.moment if self._own else self._opening.counts_for(rows)) // SLOT_MS
        slots = np.where(passing, slots, slots.max(initial=0, where=passing))
        first = int(slots.min())
        places = self._places(rows)
        if places is None:
            return Rest(slots - first, first, 0)
        places = np.where(passing, places, 0)
        span = int(places.max()) + 1
        return Rest((slots - first) * span + places, first, span)

    def amounts(self, rows: Rows) -> Ints:
        """int64[events]: what is added up of each, cut where it is too large; of no meaning where it is lacking."""
        amounts, largest = self._amounts(rows), self._measure.largest
        return np.clip(amounts, -largest, largest) if largest else amounts

    def _amounts(self, rows: Rows) -> Ints:
        if self._measure.each:
            return np.full(rows.count, self._measure.each, np.int64)
        if self._duration is not None:
            return self._duration.ms(rows)
        amounts: Ints = rows.columns[self._number]
        return amounts

    def _places(self, rows: Rows) -> Ints | None:
        """What stands in the place of the component; None: the component."""
        if self._measure.lead is not None:
            return places_of(self._opening.counts_for(rows), rows.moment, int(self._measure.lead))
        if self._borders is None:
            return None
        if self._duration is None:
            return self._amounts(rows)
        return np.searchsorted(self._borders, self._duration.ms(rows) / 1000, side="right")


def both(one: Mask | None, other: Mask | None) -> Mask | None:
    """The events of both masks."""
    if one is None or other is None:
        return one if other is None else other
    return one & other
