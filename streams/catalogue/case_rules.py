"""What must hold for terms whose events belong to cases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streams.catalogue.case_roles import AFTER, OF_EARLIER, is_comparison, of_earlier
from streams.catalogue.metric import Component, Metric
from streams.catalogue.signals import CellKind, signals_with
from streams.cells.record import SLOT_MS
from streams.settings.located_yaml import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.catalogue.term import After, Term
    from streams.events.vocabulary import Vocabulary
    from streams.settings.located_yaml import Path

Finding = tuple["Path", str]

COUNT: Final = "after.count"
LONGEST_REACH_S: Final = 45 * 86_400
LEAST_FIRST_S: Final = 900
_SLOT_S: Final = SLOT_MS // 1000
_CUSTOMER: Final = "customer"
_KEYS: Final = {
    "also": "also",
    "after": "after",
    "scope_of": "scope_of",
    "first_in_s": "first_in_s",
    "nth": "nth",
    "reach_s": "reach_s",
    "or": "others",
}  # and their attributes


def check_cases(metric: Metric, component: Component, term: Term, vocabulary: Vocabulary) -> Iterator[Finding]:
    """Faults of a term: the place inside it, and what to do about it."""
    if not term.by:
        yield from _check_without(term)
        return
    if "by" not in metric.traits.takes:
        who = signals_with(lambda traits: "by" in traits.takes)
        yield ("by",), f"only a {who} counts by cases; remove this key"
    yield from _check_names(term, vocabulary)
    if term.after is None and not term.nth and not term.first_in_s:
        yield ("by",), "says nothing alone; add `after`, `nth` or `first_in_s`"
    if term.first_in_s and (term.after is not None or term.nth):
        yield ("first_in_s",), "counts the first event of a case by itself; remove `after` and `nth`"
    yield from _check_reach(("first_in_s",), term.first_in_s, LEAST_FIRST_S)
    if bool(term.nth) != bool(term.reach_s) or term.nth < 0:
        yield ("nth",), "goes with `reach_s`: the n-th event of its case within so many seconds"
    yield from _check_reach(("reach_s",), term.reach_s, _SLOT_S)
    if term.after is None:
        yield from _check_alone(term)
    else:
        yield from _check_after(metric, component, term, term.after, vocabulary)


def _check_without(term: Term) -> Iterator[Finding]:
    for key, value in _KEYS.items():
        if getattr(term, value):
            yield (key,), "needs `by`: the field that names the case"
    if AFTER in (term.at, term.since) or of_earlier(term.at) or term.value == COUNT:
        yield ("by",), "is missing: the field that names the case, in which there is an earlier event"


def _check_names(term: Term, vocabulary: Vocabulary) -> Iterator[Finding]:
    types = {*term.events, *(event for other in term.others for event in other.events)}
    if term.after is not None:
        types |= {*term.after.events, *(event for other in term.after.others for event in other.events)}
    for key in ("by", "also"):
        field = getattr(term, key)
        for event in sorted(types) if field else ():
            texts = vocabulary.text_fields.get(event, frozenset({field})) | {_CUSTOMER}
            if field not in texts:
                yield (key,), f'{event} has no text "{field}"{suggestion(field, texts)}'
    if term.also == term.by:
        yield ("also",), "is the same field as `by`; remove it"


def _check_alone(term: Term) -> Iterator[Finding]:
    if term.scope_of or AFTER in (term.at, term.since) or term.value == COUNT:
        yield ("after",), "is missing: the earlier event that this term refers to"
    for field, condition in term.where.items():
        if is_comparison(field, condition):
            yield ("where", field), "compares with an earlier event; add `after`"


def _check_after(
    metric: Metric, component: Component, term: Term, after: After, vocabulary: Vocabulary
) -> Iterator[Finding]:
    yield from _check_reach(("after", "reach_s"), after.reach_s, _SLOT_S)
    if not after.reach_s:
        yield ("after", "reach_s"), "is missing: how many seconds ago the earlier event was at most"
    yield from _check_reach(("after", "first_in_s"), after.first_in_s, LEAST_FIRST_S)
    if after.missing and (term.at == AFTER or term.scope_of or term.since or after.once):
        yield ("after", "missing"), "leaves nothing to take a time, a scope or a duration from; remove one of them"
    if term.value and (term.value != COUNT or component is not Component.NUMERATOR or not metric.moments):
        yield ("value",), f"of a case only `{COUNT}`, in a mean of numbers: how many earlier events there were"
    binned = metric.traits.cells is CellKind.BINS
    if binned != (term.since == AFTER):
        yield ("since",), f"a {metric.signal} {'needs' if binned else 'does not take'} `since: {AFTER}`"
    if term.at not in {"time", AFTER} and not of_earlier(term.at):
        yield (
            ("at",),
            f'the event\'s own "time", "{AFTER}", that of the earlier event or "{AFTER}.<field>"',
        )
    if of_earlier(term.at):
        yield from _check_time_of_earlier(("at",), term.at, after, vocabulary)
    compared = {(one.start, one.to or field) for field, one in term.where.items() if is_comparison(field, one)}
    if len(compared) > 1:
        yield ("where",), "compares one time with one time of the earlier event; remove the other comparison"
    for field, condition in term.where.items():
        if is_comparison(field, condition):
            yield from _check_comparison(term, after, field, (condition.start, condition.to or field), vocabulary)


def _check_comparison(
    term: Term, after: After, field: str, times: tuple[str, str], vocabulary: Vocabulary
) -> Iterator[Finding]:
    if all(time.startswith("after.") for time in times):
        yield ("where", field), "compares the earlier event with itself; move the condition to its own `where`"
        return
    for time in times:
        name, types = time.removeprefix("after."), after.events if time.startswith("after.") else term.events
        for event in types:
            known = vocabulary.time_fields.get(event, frozenset()) | {"time"}
            if name not in known:
                yield ("where", field), f'{event} has no time "{name}"{suggestion(name, known)}'


def _check_time_of_earlier(path: Path, time: str, after: After, vocabulary: Vocabulary) -> Iterator[Finding]:
    name = time.removeprefix(OF_EARLIER)
    for event in (*after.events, *(event for other in after.others for event in other.events)):
        known = vocabulary.time_fields.get(event, frozenset())
        if name not in known:
            yield path, f'{event} has no time "{name}"{suggestion(name, known)}'


def _check_reach(path: Path, seconds: int, least: int) -> Iterator[Finding]:
    if seconds and (seconds % _SLOT_S or not least <= seconds <= LONGEST_REACH_S):
        yield path, f"is a multiple of {_SLOT_S} s, from {least} s to {LONGEST_REACH_S // 86_400} days"
