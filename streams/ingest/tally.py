"""What the rows of events add up to: distinct scopes, slots and places, with their sums."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from streams.ingest.packing import Keys, Projections, TooManyKeysError
from streams.ingest.projection import Projection
from streams.ingest.reading import Reading
from streams.ingest.rows import code_positions
from streams.ingest.sums import Adding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from streams.ingest.codes import Codes
    from streams.ingest.projection import Tallied
    from streams.ingest.reading import Rest
    from streams.ingest.row_shape import RowShape
    from streams.ingest.rows import Rows

    Ints = NDArray[np.int64]


class Tally:
    """Of one source partition. What is counted is counted in one go, and so is what is summed.

    Args:
        shapes: of the rows, type by type.
        codes: of the dimensions, by name.

    """

    def __init__(self, shapes: Sequence[RowShape], codes: Mapping[str, Codes]) -> None:
        self._parts: dict[Adding, dict[int, _OfType]] = {adding: {} for adding in Adding}
        found = [Projection.all_of(shape, codes) for shape in shapes]
        width = max((len(one.varied) for of_type in found for one in of_type), default=0)
        for number, of_type in enumerate(found):
            for adding, parts in self._parts.items():
                if mine := [one for one in of_type if Adding.of(one.route.measure) is adding]:
                    parts[number] = _OfType(adding, mine, shapes[number], width)

    def of(self, plane: Mapping[int, Rows]) -> Iterator[Tallied]:
        """The cells of all routes, of rows by number of their type. A cell may come more than once."""
        for adding, parts in self._parts.items():
            packed = [one for number, rows in plane.items() if number in parts for one in parts[number].pack(rows)]
            if packed:
                yield from _cells(adding, packed)


class _Packed(NamedTuple):
    """Some rows of a type, as keys: what the projections look at, and what is added up."""

    projections: Sequence[Projection]
    rests: Sequence[Rest]
    keys: Keys
    moments: Ints
    amounts: Ints


def _cells(adding: Adding, packed: Sequence[_Packed]) -> Iterator[Tallied]:
    moments, amounts = (np.concatenate(column) for column in zip(*(each[3:] for each in packed), strict=True))
    keys = Keys.joined([each.keys for each in packed])
    distinct, sums = adding.up(keys, moments, amounts)
    cells, columns = keys.cells(distinct), {part: column.tolist() for part, column in sums.items()}
    lines = ((one, rest) for each in packed for one, rest in zip(each.projections, each.rests, strict=True))
    for line, (projection, rest) in enumerate(lines):
        begin, end = cells.ends[line : line + 2]
        if begin == end:
            continue
        first, last = cells.scope_ends[line : line + 2]
        scope = [number - first for number in cells.scope[begin:end]]
        slots, places = rest.split(cells.rest[begin:end])
        own = {part: column[begin:end] for part, column in columns.items()}
        yield from projection.tallied(cells.codes[first:last], scope, slots, places, own)


class _OfType:
    """The projections of a type of event that are added up alike."""

    def __init__(self, adding: Adding, projections: Sequence[Projection], shape: RowShape, width: int) -> None:
        self._adding, self._projections = adding, projections
        names = shape.dimensions
        numbers = [[names.index(name) for name in one.varied] for one in projections]
        self._packing = Projections(numbers, len(names), width)
        self._codes = code_positions(shape)
        readings = {one.read_alike: Reading(shape, one.route) for one in projections}
        self._readings = [*readings.values()]
        self._reading_of = [[*readings].index(one.read_alike) for one in projections]

    def pack(self, rows: Rows) -> Iterator[_Packed]:
        """The keys of the events, in parts where they are too many for one."""
        passing = np.array([reading.passing(rows) for reading in self._readings])
        if not passing.any():
            return
        rests = [reading.rest(rows, mask) for reading, mask in zip(self._readings, passing, strict=True)]
        values, chosen = np.array([rest.values for rest in rests])[self._reading_of], passing[self._reading_of]
        try:
            keys = self._packing.keys(rows.columns[self._codes], chosen, values)
        except TooManyKeysError:
            for half in rows.halves():
                yield from self.pack(half)
            return
        moments = amounts = np.zeros(0, np.int64)
        if self._adding is not Adding.COUNTED:
            amounts = np.array([reading.amounts(rows) for reading in self._readings])[self._reading_of][chosen]
            moments = np.broadcast_to(rows.moment, chosen.shape)[chosen]
        yield _Packed(self._projections, [rests[number] for number in self._reading_of], keys, moments, amounts)
