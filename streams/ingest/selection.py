"""Finds the events that rules on single events are about, by the same written tests that count for metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streams.events.fields import Kind
from streams.events.vocabulary import SHIPPED, type_of
from streams.ingest.elements import Holds
from streams.ingest.row_shape import RowShape
from streams.ingest.row_writer import compile_rows
from streams.records.single_event import SingleEvent

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from streams.catalogue.single_events import Watched
    from streams.events.fields import Event
    from streams.events.vocabulary import Vocabulary

OWNER_DIMENSIONS: Final = ("store", "queue", "role")
_LONGEST: Final = 256  # characters of an id or a dimension: a record must fit its topic
_IDS: Final = (Kind.ID, Kind.CUSTOMER)


class Selection:
    """Of one source partition. It holds what was found until it is known which of it counts.

    Args:
        watched: what the rules are about; known to be right.
        vocabulary: of the catalogue.
        topic: whose events are read.

    """

    def __init__(self, watched: Sequence[Watched] = (), vocabulary: Vocabulary = SHIPPED, topic: str = "") -> None:
        types = sorted({kind for rule in watched for kind in rule.events})
        self._rules = {
            vocabulary.types[kind]: [(rule.rule, Holds((rule.where,))) for rule in watched if kind in rule.events]
            for kind in types
        }
        self._shapes = {
            event: RowShape(type_of(event), topic, {}, others=[test for _, test in rules])
            for event, rules in self._rules.items()
        }
        self._rows_of = compile_rows(self._shapes, {}, vocabulary)
        self._dimensions = {
            kind: [*filter(vocabulary.dimensions[kind].__contains__, OWNER_DIMENSIONS)] for kind in types
        }
        self._ids = {kind: [name for name, of in vocabulary.kinds[kind].items() if of in _IDS] for kind in types}
        self._held: list[SingleEvent] = []

    def select(self, events: Sequence[Event], times: Sequence[int] | NDArray[np.int64]) -> list[tuple[int, int]]:
        """For each event that a rule is about: its place, and the number under which it is held."""
        about = [place for place, event in enumerate(events) if type(event) in self._rules] if self._rules else ()
        if not about:
            return []
        flat = self._rows_of([events[place] for place in about], [int(times[place]) for place in about])
        rows = {
            event: iter([of_type[begin : begin + shape.width] for begin in range(0, len(of_type), shape.width)])
            for (event, shape), of_type in zip(self._shapes.items(), flat, strict=True)
        }
        selected: list[tuple[int, int]] = []
        for place in about:
            event = events[place]
            row, positions = next(rows[type(event)]), self._shapes[type(event)].positions
            for rule, test in self._rules[type(event)]:
                if row[positions[test]]:
                    selected.append((place, len(self._held)))
                    self._held.append(self._single_event(rule, event, int(times[place])))
        return selected

    def take(self, counted: Iterable[int]) -> list[SingleEvent]:
        """Those that counted, in their order; all others that are held are forgotten."""
        held, self._held = self._held, []
        return [held[number] for number in sorted(counted)]

    def _single_event(self, rule: str, event: Event, time: int) -> SingleEvent:
        kind, data = type_of(type(event)), event.data
        ids = {name: str(value)[:_LONGEST] for name in self._ids[kind] if (value := getattr(data, name))}
        scope = {name: value[:_LONGEST] for name in self._dimensions[kind] if (value := getattr(data, name))}
        return SingleEvent(
            rule=rule,
            event_type=kind,
            event_source=event.source,
            event_id=event.id,
            time=time,
            scope=scope,
            ids=ids,
        )
