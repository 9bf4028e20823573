"""What must hold for the terms of a metric: their events, fields, times and conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.catalogue.case_roles import AFTER, is_comparison, of_earlier
from streams.catalogue.case_rules import COUNT, check_cases
from streams.catalogue.metric import Component
from streams.catalogue.single_values import OWN_TIME, Difference
from streams.catalogue.term import Term
from streams.catalogue.value_rules import check_difference
from streams.settings.located_yaml import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.catalogue.metric import Metric
    from streams.catalogue.term import Condition
    from streams.events.vocabulary import Vocabulary
    from streams.settings.located_yaml import Path

Finding = tuple["Path", str]


def check_terms(
    metric: Metric, component: Component, terms: tuple[Term, ...], vocabulary: Vocabulary
) -> Iterator[Finding]:
    """Faults of a component's terms: the place inside the component, and what to do about it."""
    for index, term in enumerate(terms):
        faults = list(_check_term(term, vocabulary))
        yield from (((index, *path), what) for path, what in faults)
        if not faults:
            yield from (((index, *path), what) for path, what in check_cases(metric, component, term, vocabulary))
        for path, what in _check_time(metric, component, term):
            yield (index, *path), what


def check_events(term: Term, vocabulary: Vocabulary) -> Iterator[Finding]:
    """Faults of a term's events and fields, whatever it belongs to: the place in the term, and what to do about it."""
    return _check_term(term, vocabulary)


def _check_term(term: Term, vocabulary: Vocabulary) -> Iterator[Finding]:
    if not term.events:
        yield ("events",), "name at least one event type"
    for index, event in enumerate(term.events):
        if event not in vocabulary.fields:
            yield ("events", index), f'no event has the type "{event}"{suggestion(event, vocabulary.fields)}'
            return
    yield from _check_fields(term, vocabulary)
    for place, events in _further(term):
        yield from (((*place, *path), what) for path, what in _check_term(events, vocabulary))


def _further(term: Term) -> Iterator[tuple[Path, Term]]:
    """The other events of a term of cases, and where they stand in it."""
    yield from ((("or", number), Term(one.events, one.where)) for number, one in enumerate(term.others))
    if term.after is not None:
        yield ("after",), Term(term.after.events, term.after.where)
        for number, one in enumerate(term.after.others):
            yield ("after", "or", number), Term(one.events, one.where)


def _check_fields(term: Term, vocabulary: Vocabulary) -> Iterator[Finding]:
    for field, condition in term.where.items():
        if is_comparison(field, condition):
            continue
        yield from ((("where", *path), what) for path, what in _check_where(term, field, condition, vocabulary))
    for event in term.events:
        if isinstance(term.value, Difference):
            yield from ((("value", *path), what) for path, what in check_difference(term.value, event, vocabulary))
        elif term.value not in {"", COUNT} and term.value not in vocabulary.scales[event]:
            yield ("value",), f'{event} has no number "{term.value}"{suggestion(term.value, vocabulary.scales[event])}'
    for key, time in (("at", term.at if term.at != OWN_TIME else ""), ("since", term.since)):
        for event in term.events if time and time != AFTER and not of_earlier(time) else ():
            if time not in vocabulary.time_fields[event]:
                known = vocabulary.time_fields[event] | ({OWN_TIME} if key == "at" else frozenset())
                yield (key,), f'{event} has no time "{time}"{suggestion(time, known)}'


def _check_where(term: Term, field: str, condition: Condition, vocabulary: Vocabulary) -> Iterator[Finding]:
    if difference := condition.difference(field):
        yield from _check_duration(term, field, condition, difference, vocabulary)
    elif condition.to:
        yield (field, "to"), "needs `from`: the time that the duration begins at"
    elif missing := [event for event in term.events if field not in vocabulary.fields[event]]:
        known = frozenset[str]().union(*(vocabulary.fields[event] for event in missing))
        yield (field,), f'{missing[0]} has no field "{field}"{suggestion(field, known)}'
    else:
        yield from (((field,), what) for what in _check_condition(term, field, condition, vocabulary))


def _check_duration(
    term: Term, field: str, condition: Condition, difference: Difference, vocabulary: Vocabulary
) -> Iterator[Finding]:
    """A condition on the duration between two times."""
    if condition.equals is not None or condition.any_of:
        yield (field,), "is a duration; test at_most, above or present"
    elif condition.at_most is None and condition.above is None and condition.present is None:
        yield (field,), "tests nothing; give one of at_most, above, present"
    for event in term.events:
        for (key,), what in check_difference(difference, event, vocabulary):
            yield (field, *([key] if key == "from" or condition.to else [])), what


def _check_condition(term: Term, field: str, condition: Condition, vocabulary: Vocabulary) -> Iterator[str]:
    limits = condition.at_most is not None or condition.above is not None
    wanted = [value for value in (condition.equals, *condition.any_of) if value is not None]
    if not (limits or condition.any_of or condition.equals is not None or condition.present is not None):
        yield "tests nothing; give one of equals, any_of, at_most, above, present"
    for event in term.events:
        if field in vocabulary.flag_fields[event]:
            kind, fits = "true or false", all(isinstance(value, bool) for value in wanted) and not limits
        elif field in vocabulary.scales[event]:
            kind = "a number"
            fits = all(isinstance(value, int | float) and not isinstance(value, bool) for value in wanted)
        elif field in vocabulary.time_fields[event]:
            kind, fits = "a time; test only `present`", not wanted and not limits
        else:
            kind = "a dimension, which is text" if field in vocabulary.dimensions[event] else "text"
            fits = all(isinstance(value, str) for value in wanted) and not limits
        if not fits:
            yield f'"{field}" of {event} is {kind}'


def _check_service(term: Term, *, cohort: bool) -> Iterator[Finding]:
    """A deadline in service hours."""
    if not term.plus_service_s:
        return
    if term.plus_service_s < 0 or term.plus_service_s % 10:
        yield ("plus_service_s",), "must be a multiple of 10 s, not negative"
    if term.plus_s:
        yield ("plus_service_s",), "counts the hours of service, `plus_s` all hours; remove one of them"
    if term.by:
        yield ("plus_service_s",), "is not for terms that count by cases; remove this key"
    if not cohort:
        yield ("plus_service_s",), "only a cohort counts for times ahead"


def _check_time(metric: Metric, component: Component, term: Term) -> Iterator[Finding]:
    cohort = metric.traits.of_deadlines
    if term.plus_s < 0 or term.plus_s % 10:
        yield ("plus_s",), "must be a multiple of 10 s, not negative"
    yield from _check_service(term, cohort=cohort)
    if term.within_s is not None and term.within_s <= 0:
        yield ("within_s",), "must be above 0"
    if term.plus_s and not cohort:
        yield ("plus_s",), "only a cohort counts for times ahead"
    if term.no_later is not None and not cohort:
        yield ("no_later",), "only a cohort has deadlines"
    if not cohort and term.at != "time":
        if term.within_s is None:
            yield ("at",), "what counts for an earlier time must be bounded; add `within_s`"
        elif term.within_s > metric.settle_s:
            yield (
                ("within_s",),
                f"is longer than settle_s ({metric.settle_s}): windows would be judged before they are full",
            )
    if cohort and component is Component.NUMERATOR and term.no_later is not True:
        yield ("no_later",), "the numerator of a cohort is what closes it in time; set true"
    if cohort and component is Component.EXPOSURE and (term.no_later is not False or term.within_s is None):
        yield ("no_later",), "the exposure of a cohort is what closes it late; set false, and `within_s`"
