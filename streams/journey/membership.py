"""Which events belong to a journey: those that name its subject, and those of the cases that these name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from streams.events.declaration import CUSTOMER
from streams.events.fields import Kind
from streams.events.long_text import shortened
from streams.events.vocabulary import TOPIC, type_of
from streams.journey.journey_event import ORDER, journey_event
from streams.journey.subject import Subject, SubjectKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from streams.events.fields import Event
    from streams.events.vocabulary import Vocabulary
    from streams.journey.journey_event import JourneyEvent

MOST_CASES: Final = 200
_ESCAPED: Final = rb"\\"  # JSON may write any sign otherwise: such a record is looked at as well


class Membership:
    """Collects the events of one journey, in whichever order they are read.

    An event that names the subject belongs to it. One that names no other, but a case that an event of the journey
    named (a parcel, a consultation), belongs to it as well; so a case may become known after its events were read, and
    who reads looks again where `unsettled` says so.

    Args:
        sees: whether who asks sees an event, by its dimensions and topic. What is not seen tells nothing.

    Attributes:
        events: those found, without copies.
        left_out: whether events belong to it that are not seen.
        crowded: whether it has more cases than are followed.

    """

    def __init__(self, subject: Subject, vocabulary: Vocabulary, sees: Callable[[Mapping[str, str]], bool]) -> None:
        self._subject = subject
        self._vocabulary = vocabulary
        self._sees = sees
        self._by_order = subject.kind is SubjectKind.ORDER
        self._links = _links_from(ORDER, vocabulary) if self._by_order else _cases_of(vocabulary)
        self._cases: set[tuple[str, str]] = set()
        self._seen: set[tuple[str, str]] = set()
        self._settled = 0
        self._key = ORDER if self._by_order else CUSTOMER
        self._named = re.compile(rb'"%s"\s*:\s*"[^"]' % self._key.encode())
        self._pattern = self._new_pattern()
        self.events: list[JourneyEvent] = []
        self.left_out = False
        self.crowded = False

    @property
    def types(self) -> frozenset[str]:
        """The types whose events may belong to it."""
        wanted = {ORDER} | self._links if self._by_order else {CUSTOMER}
        return frozenset(name for name, kinds in self._vocabulary.kinds.items() if not wanted.isdisjoint(kinds))

    @property
    def unsettled(self) -> bool:
        """Whether cases became known since `settle`: events of them may have been passed over."""
        return len(self._cases) > self._settled

    def settle(self) -> None:
        """All records will be looked at again, for the cases that are known now."""
        self._settled = len(self._cases)
        self._pattern = self._new_pattern()

    def may_hold(self, value: bytes) -> bool:
        """Whether a record of JSON may hold an event of it: a quick look at the bytes, never wrong when it says no."""
        return self._pattern is None or self._pattern.search(value) is not None

    def names_nobody(self, value: bytes) -> bool:
        """Whether a record of JSON may hold an event that names no order, or no customer: only its case can tell."""
        return self._named.search(value) is None

    def is_nobodys(self, event: Event) -> bool:
        """Whether an event names no order, or no customer."""
        return not getattr(event.data, self._key, None)

    def take(self, event: Event, topic: str) -> bool:
        """Whether the event belongs to it, and is not a copy of one that it has."""
        data = event.data
        if not self._belongs(data):
            return False
        key = shortened(event.source), shortened(event.id)
        found = None if key in self._seen else journey_event(event, topic, self._vocabulary)
        if found is None:
            return False
        if not self._sees({**found.dimensions(), TOPIC: topic}):
            self.left_out = True
            return False
        self._seen.add(key)
        self.events.append(found)
        self._learn(event)
        return True

    def _belongs(self, data: object) -> bool:
        named = getattr(data, self._key, None)
        if named:
            return bool(named == self._subject.id)
        return any((field, getattr(data, field, None)) in self._cases for field in self._links)

    def _learn(self, event: Event) -> None:
        kinds = self._vocabulary.kinds[type_of(type(event))]
        named = {(field, getattr(event.data, field)) for field in self._links if field in kinds}
        new = {case for case in named if case[1] and case not in self._cases}
        if not new:
            return
        if len(self._cases) + len(new) > MOST_CASES:
            self.crowded = True
            return
        self._cases |= new
        self._pattern = self._new_pattern()

    def _new_pattern(self) -> re.Pattern[bytes] | None:
        """None: a customer's id is known by its hash only, so every record must be read to find it."""
        if not self._by_order and not self._settled:
            return None
        names = {name for _, name in self._cases} | ({self._subject.id} if self._by_order else set())
        return re.compile(b"|".join([_ESCAPED, *sorted(re.escape(_bytes(name)) for name in names)]))


def _bytes(name: str) -> bytes:
    return name.encode("utf-8", "surrogatepass")


def _cases_of(vocabulary: Vocabulary) -> set[str]:
    """The fields that name cases: a type's own, which stands first."""
    firsts = (next(iter(kinds.items())) for kinds in vocabulary.kinds.values())
    return {field for field, kind in firsts if kind is Kind.ID}


def _links_from(field: str, vocabulary: Vocabulary) -> set[str]:
    """Those of them that stand together with the field in some type, or with another that does."""
    cases, reached = _cases_of(vocabulary), {field}
    while True:
        beside = {one for kinds in vocabulary.kinds.values() if not reached.isdisjoint(kinds) for one in kinds}
        if (beside & cases) <= reached:
            return reached - {field}
        reached |= beside & cases
