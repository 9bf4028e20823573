"""Finds the events that rules on single events are about, by the same written tests that count for metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streams.catalogue.single_values import OWN_TIME
from streams.events.fields import Kind
from streams.events.vocabulary import SHIPPED, type_of
from streams.ingest.group import Group
from streams.ingest.grouping import compile_grouping
from streams.ingest.plane import SELECTED
from streams.ingest.routes import Gate, Measure, Route
from streams.records.single_event import SingleEvent

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from streams.catalogue.single_events import Watched
    from streams.events.fields import Event
    from streams.events.vocabulary import Vocabulary
    from streams.ingest.grouping import Sum

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
        self._rules = [rule.rule for rule in watched]
        types = sorted({kind for rule in watched for kind in rule.events})
        groups = {
            vocabulary.types[kind]: [
                (number, _group_of(rule, kind, topic)) for number, rule in enumerate(watched) if kind in rule.events
            ]
            for kind in types
        }
        self._events = frozenset(groups)
        self._grouping = compile_grouping(groups, {}, vocabulary, topic) if groups else None
        self._dimensions = {
            kind: [*filter(vocabulary.dimensions[kind].__contains__, OWNER_DIMENSIONS)] for kind in types
        }
        self._ids = {kind: [name for name, of in vocabulary.kinds[kind].items() if of in _IDS] for kind in types}
        self._held: list[SingleEvent] = []

    def add(self, events: Sequence[Event], times: Sequence[int] | NDArray[np.int64], sums: list[Sum]) -> None:
        """Adds to `sums`, for each event that a rule is about: its place, `SELECTED`, and where it is held."""
        if self._grouping is None:
            return
        found = [place for place, event in enumerate(events) if type(event) in self._events]
        keys, _ = self._grouping([events[place] for place in found], [int(times[place]) for place in found])
        for place, of_event in zip(found, keys, strict=True):
            for key in of_event:
                sums.append((place, SELECTED, len(self._held)))
                self._held.append(self._single_event(self._rules[key[0]], events[place], int(times[place])))

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


def _group_of(rule: Watched, event_type: str, topic: str) -> Group:
    """A group whose only key says that the rule's conditions hold."""
    gate = Gate(rule.where, OWN_TIME, 0, None, None)
    route = Route(gate, own_slot=False, measure=Measure(), dimensions=())
    return Group(event_type, topic, OWN_TIME, Measure(), (), {gate: 2} if rule.where else {}, {route: []})
