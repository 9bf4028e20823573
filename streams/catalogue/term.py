"""What one event adds to a component of a metric, and when: by itself, or by an earlier event of its case."""

from __future__ import annotations

from typing import Literal

import msgspec

from streams.catalogue.single_values import OWN_TIME, Difference


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One test of a field of `data`; all tests that are given must hold. None stands for an absent field.

    With `from` it tests a duration in seconds instead, see `Difference`: to the time field `to` or, where that is not
    given, to the field that the condition stands at.
    """

    equals: str | bool | int | float | None = None
    any_of: tuple[str | bool | int | float | None, ...] = ()
    at_most: float | None = None
    above: float | None = None
    present: bool | None = None
    start: str = msgspec.field(name="from", default="")
    to: str = ""

    def difference(self, field: str) -> Difference | None:
        """The duration that is tested, where it is not the field itself."""
        return Difference(self.start, self.to or field) if self.start else None


class Events(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Some events: `where` are conditions on fields of `data`."""

    events: tuple[str, ...]
    where: dict[str, Condition] = {}


class After(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An earlier event of the case that an event belongs to.

    Attributes:
        events: its types.
        where: conditions on fields of its `data`.
        others: written `or`: further events that do as well, with conditions of their own.
        reach_s: how long ago it was at most, in seconds.
        take: of several, the last one before the event, or the first one within reach.
        first_in_s: only the first of a case counts, and then none for so long.
        once: it is used up by the first event that finds it.
        missing: the event counts only where there is none.
        scope: dimensions that are taken from it; the others are those of the event that comes after it.

    """

    events: tuple[str, ...]
    reach_s: int
    where: dict[str, Condition] = {}
    take: Literal["last", "first"] = "last"
    first_in_s: int = 0
    once: bool = False
    missing: bool = False
    others: tuple[Events, ...] = msgspec.field(name="or", default=())
    scope: tuple[str, ...] = ()


class Term(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What one event adds to a component.

    Attributes:
        events: the event types that contribute; `*` alone: all.
        where: conditions on fields of `data`.
        weight: +1 or -1.
        value: a numeric field to add up (seconds are kept in ms, money in hundredths), or the difference of two times;
            empty adds 1. In histograms the duration that is sorted in, in seconds.
        each: instead of `value`: every event adds as much, in the unit of the metric, as what a contact costs.
        since: in histograms instead of `value`: a time field of `data`; the duration is from it to the event's time.
        at: the time the contribution counts for: "time" (the event's own) or a time field of `data`.
        plus_s: added to that time, in seconds: 86400 turns a payment into its collection deadline.
        plus_service_s: the same in service hours: an hour after 16:30, where it closes at 17:00, is 9:30 of the next
            day. Those are the opening hours of the settings, without holidays.
        within_s: a contribution whose event time is more than this after the time it counts for is dropped (T_max).
        others: written `or`: further events of cases that count as well, with conditions of their own.
        also: a second field that must be the same, such as the intent.
        after: an earlier event of the case. It gives this one its time (`at: after`, or `at: after.due_at`, one that it
            names), its scope (`scope_of: after`, or the dimensions in its `scope`), a duration (`since: after`) or a
            time to compare with (`from: after.eta` in a condition).
        scope_of: "after": counted in the scope of the earlier event.
        first_in_s: counts the first event of a case, and then none for so long.
        nth: counts only where it is the n-th event of its case within `reach_s`.
        reach_s: see `nth`.
        labels: dimensions that this term gives to what it counts, such as who is accountable.
        no_later: if true, it counts only where the event's time is not after the time it counts for (in time);
            if false, only where it is after (late); absent, always.

    """

    events: tuple[str, ...]
    where: dict[str, Condition] = {}
    weight: Literal[1, -1] = 1
    value: str | Difference = ""
    each: float = 0.0
    since: str = ""
    at: str = OWN_TIME
    plus_s: int = 0
    plus_service_s: int = 0
    within_s: int | None = None
    no_later: bool | None = None
    others: tuple[Events, ...] = msgspec.field(name="or", default=())
    by: str = ""
    also: str = ""
    after: After | None = None
    scope_of: Literal["", "after"] = ""
    first_in_s: int = 0
    nth: int = 0
    reach_s: int = 0
    labels: dict[str, str] = {}

    @property
    def difference(self) -> Difference | None:
        """The duration that is taken of the event, where it lies between two times."""
        if self.since:
            return Difference(self.since)
        return self.value if isinstance(self.value, Difference) else None

    @property
    def field(self) -> str:
        """The numeric field that is taken of the event; empty where there is none."""
        return self.value if isinstance(self.value, str) else ""

    def counting(self) -> Term:
        """The term that counts the events of which this one takes a value."""
        difference = self.difference
        told = difference.fields if difference else (self.field,) if self.field else ()
        where = {field: msgspec.structs.replace(self.where.get(field, Condition()), present=True) for field in told}
        return msgspec.structs.replace(self, value="", each=0.0, since="", weight=1, where={**self.where, **where})
