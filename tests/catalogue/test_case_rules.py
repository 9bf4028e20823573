"""Terms of cases that make no sense are refused with a place and a remedy."""

from __future__ import annotations

import pytest

from streams.catalogue.load import parse
from streams.settings.located_yaml import LocatedError

HEAD = """\
metrics:
  - {id: X1, name: x, title: X, touchpoint: order, direction: up, minimum_effect: 0.5, minimum_exposure: 20,
     scopes: [[]],
"""
RATIO = "unit: ratio, signal: ratio, denominator: [{events: [order.paid]}]"
COUNT = "unit: per_minute, signal: count"
MEAN = "unit: number, signal: mean, denominator: [{events: [order.paid]}]"
BINS = "unit: seconds, signal: quantile, quantile: 0.9, bins: [60, 86400]"
SUM = "unit: money_per_minute, signal: sum"
PAID = "events: [order.paid], by: order_id"
ASKED = "after: {events: [consultation.opened], reach_s: 600}"
OF_EARLIER = "{from: after.opened_at, above: 1}"
TOLD = "events: [promise.made], by: order_id"


def metric(rest: str, term: str) -> str:
    return f"{HEAD}     {rest}, numerator: [{{{term}}}]}}\n"


def after(more: str) -> str:
    return f"after: {{events: [consultation.opened], {more}}}"


@pytest.mark.parametrize(
    ("rest", "term", "place", "remedy"),
    [
        (SUM, f"{PAID}, {ASKED}, value: amount", "by", "counts by cases; remove this key"),
        (COUNT, PAID, "by", "says nothing alone; add `after`, `nth` or `first_in_s`"),
        (COUNT, f"events: [order.paid], by: amount, {ASKED}", "by", 'has no text "amount"'),
        (COUNT, f"events: [order.paid], by: order, {ASKED}", "by", 'did you mean "order_id"'),
        (COUNT, f"events: [order.paid], by: payment_method, {ASKED}", "by", 'consultation.opened has no text "pay'),
        (COUNT, f"{PAID}, {after('reach_s: 600, or: [{events: [page.viewed]}]')}", "by", "page.viewed has no text"),
        (COUNT, f"{PAID}, also: intent, {ASKED}", "also", 'order.paid has no text "intent"'),
        (COUNT, f"{PAID}, also: order_id, {ASKED}", "also", "is the same field as `by`; remove it"),
        (COUNT, f"{PAID}, first_in_s: 900, {ASKED}", "first_in_s", "remove `after` and `nth`"),
        (COUNT, f"{PAID}, first_in_s: 900, nth: 2, reach_s: 60", "first_in_s", "remove `after` and `nth`"),
        (COUNT, f"{PAID}, first_in_s: 890", "first_in_s", "a multiple of 10 s, from 900 s to 45 days"),
        (COUNT, f"{PAID}, nth: 2", "nth", "goes with `reach_s`"),
        (COUNT, f"{PAID}, {ASKED}, reach_s: 60", "nth", "goes with `reach_s`"),
        (COUNT, f"{PAID}, nth: -1, reach_s: 60", "nth", "goes with `reach_s`"),
        (COUNT, f"{PAID}, nth: 2, reach_s: 65", "reach_s", "a multiple of 10 s, from 10 s to 45 days"),
        (COUNT, f"{PAID}, nth: 2, reach_s: 3888010", "reach_s", "a multiple of 10 s, from 10 s to 45 days"),
        (COUNT, f"{PAID}, {after('reach_s: 3888010')}", "after.reach_s", "a multiple of 10 s, from 10 s to 45 days"),
        (COUNT, f"{PAID}, {after('reach_s: 0')}", "after.reach_s", "is missing: how many seconds ago"),
        (COUNT, f"{PAID}, {after('reach_s: 600, first_in_s: 60')}", "after.first_in_s", "from 900 s to 45 days"),
        (COUNT, f"{PAID}, nth: 2, reach_s: 60, scope_of: after", "after", "is missing: the earlier event"),
        (COUNT, f"{PAID}, nth: 2, reach_s: 60, at: after", "after", "is missing: the earlier event"),
        (
            COUNT,
            f"{PAID}, nth: 2, reach_s: 60, where: {{created_at: {{from: after.opened_at, above: 1}}}}",
            "where.created_at",
            "compares with an earlier event; add `after`",
        ),
        (
            COUNT,
            f"{PAID}, {after('reach_s: 600, missing: true')}, at: after, within_s: 600",
            "after.missing",
            "leaves nothing to take a time, a scope or a duration from",
        ),
        (COUNT, f"{PAID}, {after('reach_s: 600, missing: true')}, scope_of: after", "after.missing", "leaves nothing"),
        (COUNT, f"{PAID}, {after('reach_s: 600, missing: true, once: true')}", "after.missing", "leaves nothing"),
        (MEAN, f"{PAID}, {ASKED}, value: amount", "value", "of a case only `after.count`"),
        (RATIO, f"{PAID}, {ASKED}, value: after.count", "value", "in a mean of numbers"),
        (BINS, f"{PAID}, {ASKED}, since: created_at", "since", "a quantile needs `since: after`"),
        (COUNT, f"{PAID}, {ASKED}, at: created_at, within_s: 600", "at", 'the event\'s own "time", "after"'),
        (COUNT, f"{PAID}, {ASKED}, at: after.opened, within_s: 600", "at", 'did you mean "opened_at"'),
        (
            COUNT,
            f"{PAID}, {after('reach_s: 600, or: [{events: [order.created]}]')}, at: after.opened_at, within_s: 600",
            "at",
            'order.created has no time "opened_at"',
        ),
        (
            COUNT,
            f"{PAID}, {ASKED}, where: {{created_at: {OF_EARLIER}, paid_at: {OF_EARLIER}}}",
            "where",
            "compares one time with one time of the earlier event; remove the other comparison",
        ),
        (
            COUNT,
            f"{PAID}, {ASKED}, where: {{created_at: {{from: after.opened_at, to: after.time, above: 1}}}}",
            "where.created_at",
            "compares the earlier event with itself; move the condition to its own `where`",
        ),
        (
            COUNT,
            f"{PAID}, {ASKED}, where: {{created: {{from: after.opened_at, to: created, above: 1}}}}",
            "where.created",
            'order.paid has no time "created"; did you mean "created_at"',
        ),
        (
            COUNT,
            f"{TOLD}, {ASKED}, where: {{eta: {{from: after.due_at, above: 1}}}}",
            "where.eta",
            'consultation.opened has no time "due_at"',
        ),
        (COUNT, "events: [order.paid], also: store", "also", "needs `by`: the field that names the case"),
        (COUNT, f"events: [order.paid], {ASKED}", "after", "needs `by`: the field that names the case"),
        (COUNT, "events: [order.paid], scope_of: after", "scope_of", "needs `by`: the field that names the case"),
        (COUNT, "events: [order.paid], first_in_s: 900", "first_in_s", "needs `by`: the field that names the case"),
        (COUNT, "events: [order.paid], nth: 2, reach_s: 60", "nth", "needs `by`: the field that names the case"),
        (COUNT, "events: [order.paid], reach_s: 60", "reach_s", "needs `by`: the field that names the case"),
        (COUNT, "events: [order.paid], or: [{events: [order.created]}]", "or", "needs `by`: the field that names"),
        (COUNT, "events: [order.paid], at: after, within_s: 60", "by", "is missing: the field that names the case"),
        (
            COUNT,
            "events: [order.paid], at: after.opened_at, within_s: 60",
            "by",
            "is missing: the field that names the case",
        ),
    ],
)
def test_what_makes_no_sense_of_a_case_is_named_with_its_remedy(rest: str, term: str, place: str, remedy: str) -> None:
    with pytest.raises(LocatedError) as refused:
        parse(metric(rest, term), "x.yaml")

    (line,) = [line for line in str(refused.value).splitlines() if f"metrics[0].numerator[0].{place}: " in line]
    assert remedy in line


@pytest.mark.parametrize(
    ("rest", "term"),
    [
        (COUNT, f"{PAID}, {ASKED}"),
        (f"{COUNT}, settle_s: 600", f"{PAID}, {ASKED}, at: after.opened_at, within_s: 600"),
        (COUNT, f"{PAID}, {ASKED}, where: {{created_at: {{from: after.opened_at, above: 1}}}}"),
        (COUNT, f"{PAID}, {ASKED}, where: {{paid: {{from: time, to: after.time, at_most: 1}}}}"),
        (COUNT, f"events: [order.paid], by: customer, also: store, {ASKED}"),
        (COUNT, f"{PAID}, first_in_s: 900"),
        (COUNT, f"{PAID}, nth: 2, reach_s: 3888000"),
        (BINS, f"{PAID}, {ASKED}, since: after"),
    ],
)
def test_what_makes_sense_of_a_case_is_taken(rest: str, term: str) -> None:
    (taken,) = parse(metric(rest, term), "x.yaml").metrics

    assert taken.numerator[0].by
