"""What a term asks of the case that its event belongs to, in words, for docs/metrics.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.catalogue.case_roles import AFTER
from streams.catalogue.wording import condition_words, duration, operand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.catalogue.term import After, Events, Term


def of_case(term: Term) -> Iterator[str]:
    """The parts of the sentence, without what it says of its own event."""
    case = f"the same {term.by}" + (f" and {term.also}" if term.also else "")
    yield from (f"or {_events(other)}" for other in term.others)
    if term.first_in_s:
        yield f"the first of {case} in {duration(term.first_in_s)}"
    if term.nth:
        yield f"if it is number {term.nth} of {case} within {duration(term.reach_s)}"
    if term.after is not None:
        yield from _after(term, term.after, case)


def _after(term: Term, after: After, case: str) -> Iterator[str]:
    events = " or ".join([_events(after), *(_events(other) for other in after.others)])
    there = "unless there was" if after.missing else "after"
    which = "the first " if after.take == "first" else ""
    once = ", each of which counts once" if after.once else ""
    yield f"{there} {which}{events} of {case} in the {duration(after.reach_s)} before{once}"
    if term.since == AFTER:
        yield "the time since then"
    if term.scope_of:
        yield "counted in the scope of that"
    if after.scope:
        yield f"with its {', '.join(after.scope)}"


def _events(events: Events | After) -> str:
    where = [f"{operand(condition, field)} {condition_words(condition)}" for field, condition in events.where.items()]
    named = ", ".join(f"`{event}`" for event in events.events)
    return f"{named} where {' and '.join(where)}" if where else named
