"""Routes that look at the same events by the same dimensions: their sums are the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from streams.cells.record import SLOT_MS
from streams.ingest.routes import fixed_scope, is_own_time

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from streams.cells.squares import Part
    from streams.ingest.codes import Codes
    from streams.ingest.routes import Route, Target
    from streams.ingest.row_shape import RowShape

    Scopes = list[tuple[str, ...]]
    Sums = Mapping[Part | None, list[int]]


class Tallied(NamedTuple):
    """The cells of a route, by columns of one length.

    Attributes:
        targets: where they go.
        scopes: values of the dimensions, each once.
        scope: the place in `scopes`.
        slot: of 10 s.
        place: what stands in the place of the component; None: the component.
        sums: what to add, by what is taken of single values; None where it is something else.

    """

    targets: Sequence[Target]
    scopes: Scopes
    scope: list[int]
    slot: list[int]
    place: list[int] | None
    sums: Sums


class Projection:
    """They differ at most in labels, and in how far ahead they count.

    Attributes:
        route: the first one.
        read_alike: what they read of an event; projections that read alike have the same.
        varied: the dimensions that tell scopes apart.

    """

    def __init__(self, shape: RowShape, routes: Sequence[Route], codes: Mapping[str, Codes]) -> None:
        self.route = routes[0]
        self.read_alike = (self.route.gate, _own(self.route), self.route.measure)
        self.varied = _varied(shape, self.route)
        self._codes = [codes[name] for name in self.varied]
        self._routes = [
            (shape.routes[route], _shift(route), fixed_scope(shape.topic, route), _labels(route)) for route in routes
        ]

    @classmethod
    def all_of(cls, shape: RowShape, codes: Mapping[str, Codes]) -> list[Projection]:
        """Those of a type of event."""
        alike: dict[tuple[object, ...], list[Route]] = {}
        for route in shape.routes:
            alike.setdefault((route.gate, _own(route), route.measure, _varied(shape, route)), []).append(route)
        return [cls(shape, routes, codes) for routes in alike.values()]

    def tallied(
        self,
        codes: Sequence[Sequence[int]],
        scope: list[int],
        slots: list[int],
        places: list[int] | None,
        sums: Sums,
    ) -> Iterator[Tallied]:
        """The cells of each route, where these are those of all, but for the slots ahead.

        `codes` are those of the dimensions, by scope; more than there are dimensions may be given.
        """
        names = [each.names for each in self._codes]
        told = [tuple([of[code] for of, code in zip(names, each, strict=False)]) for each in codes]
        for targets, ahead, fixed, labels in self._routes:
            scopes = told if fixed is None else [fixed]
            for place, text in labels if fixed is None else ():  # in the order of their places
                scopes = [(*values[:place], text, *values[place:]) for values in scopes]
            slot = [each + ahead for each in slots] if ahead else slots
            yield Tallied(targets, scopes, scope, slot, places, sums)


def _own(route: Route) -> bool:
    return route.own_slot or is_own_time(route.gate)


def _shift(route: Route) -> int:
    """By how many slots a route counts after the event's own."""
    return route.gate.plus_s * 1000 // SLOT_MS if is_own_time(route.gate) and not route.own_slot else 0


def _varied(shape: RowShape, route: Route) -> tuple[str, ...]:
    return route.told if fixed_scope(shape.topic, route) is None else ()


def _labels(route: Route) -> list[tuple[int, str]]:
    return [(route.dimensions.index(name), text) for name, text in route.labels]
