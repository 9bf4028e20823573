from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from streams.catalogue.metric import Component
from streams.catalogue.term import Term
from streams.merge.snapshot import MANIFEST
from streams.records.instant import rfc3339

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import SimpleNamespace

    from streams.catalogue.metric import Metric

IN_TIME, OPENED, LATE, LATE_BY_DEADLINE, *_ = Component
WHOLE = (0, ())
DAY = 8_640
BASE = 100 * DAY  # slots; midnight
WEEK = 7 * DAY


def at(slot: int) -> int:
    return slot * 10_000


def test_a_deadline_is_overdue_from_the_end_of_its_minute_until_it_is_closed(
    make_metric: Callable[..., Metric], make_merge: Callable[..., SimpleNamespace]
) -> None:
    metric = make_metric("cohort")
    merge = make_merge(metric)
    merge.apply(at(BASE), metric, (WHOLE, OPENED, BASE + 7, 3, 0), (WHOLE, IN_TIME, BASE + 7, 1, 0))
    merge.apply(at(BASE + 30), metric, (WHOLE, LATE, BASE + 20, 2, 0), (WHOLE, LATE_BY_DEADLINE, BASE + 7, 2, 0))
    merge.advance()

    overdue = merge.memory["paid"].overdue
    assert overdue[at(BASE + 12)] == [2]
    assert overdue[at(BASE + 23)] == [2]
    assert overdue[at(BASE + 24)] == [0]


def test_what_stays_open_for_seven_days_leaves_into_expired(
    make_metric: Callable[..., Metric], make_merge: Callable[..., SimpleNamespace]
) -> None:
    metric = make_metric("cohort")
    from_ms = at(BASE + WEEK + 6 * 360)
    stamp = "1970-04-18T06:00:00+00:00"
    merge = make_merge(metric, evaluate_from=stamp)
    opened, gone = BASE + 60, BASE + 360 + WEEK + 720
    merge.apply(at(BASE), metric, (WHOLE, OPENED, opened, 5, 0))
    merge.apply(at(BASE + 400), metric, (WHOLE, LATE, BASE + 300, 2, 0), (WHOLE, LATE_BY_DEADLINE, opened, 2, 0))
    merge.apply(at(gone) - 1)
    merge.advance()
    state = merge.merge.readings()[0]
    assert (state.overdue.tolist(), state.expired) == ([3], 0)

    merge.apply(from_ms + 10_000)
    merge.advance()
    state = merge.merge.readings()[0]
    assert (state.overdue.tolist(), state.expired) == ([0], 3)


def test_what_expires_counts_once_in_however_many_scopes_it_is(
    make_metric: Callable[..., Metric], make_merge: Callable[..., SimpleNamespace]
) -> None:
    metric = make_metric("cohort")
    merge = make_merge(metric)
    parts = [((1, (region,)), OPENED, BASE + 60, value, 0) for region, value in (("zhejiang", 3), ("fujian", 2))]
    merge.apply(at(BASE), metric, (WHOLE, OPENED, BASE + 60, 5, 0), *parts)
    merge.apply(at(BASE + 360 + WEEK + 721))
    merge.advance()
    state = merge.merge.readings()[0]

    assert (state.overdue.tolist(), state.expired) == ([0, 0, 0], 5)


def test_more_closed_than_opened_shows_zero(
    make_metric: Callable[..., Metric], make_merge: Callable[..., SimpleNamespace]
) -> None:
    metric = make_metric("cohort")
    merge = make_merge(metric)
    merge.apply(at(BASE + 60), metric, (WHOLE, IN_TIME, BASE + 7, 1, 0))
    merge.advance()

    assert all(overdue == [0] for overdue in merge.memory["paid"].overdue.values())


def test_a_payment_that_came_late_opens_its_deadline_all_the_same(
    make_metric: Callable[..., Metric], make_merge: Callable[..., SimpleNamespace]
) -> None:
    metric = make_metric("cohort")
    merge = make_merge(metric, evaluate_from="1970-04-12T01:00:00+00:00")
    merge.apply(at(BASE), metric, (WHOLE, OPENED, BASE + DAY, 1, 1))
    merge.apply(at(BASE + DAY + 700))
    merge.advance()

    assert merge.memory["paid"].overdue[at(BASE + DAY + 600)] == [1]


def test_a_late_closing_that_came_late_counts_when_its_quarter_closes(
    make_metric: Callable[..., Metric], make_merge: Callable[..., SimpleNamespace]
) -> None:
    metric = make_metric("cohort")
    merge = make_merge(metric)
    merge.apply(at(BASE), metric, (WHOLE, OPENED, BASE + 5, 1, 0))
    merge.apply(at(BASE + 200), metric, (WHOLE, LATE, BASE + 95, 1, 1), (WHOLE, LATE_BY_DEADLINE, BASE + 5, 1, 1))
    merge.apply(at(BASE + 1_000))
    merge.advance()

    overdue = merge.memory["paid"].overdue
    assert overdue[at(BASE + 180 + 719)] == [1]
    assert overdue[at(BASE + 180 + 720)] == [0]


@pytest.mark.parametrize("restored", [False, True])
@pytest.mark.parametrize(("closed", "known"), [(BASE + 1_000, False), (BASE + DAY + 1_000, True)])
def test_what_was_opened_before_the_log_begins_makes_the_stock_unknown_until_all_of_it_has_left(
    make_metric: Callable[..., Metric],
    make_merge: Callable[..., SimpleNamespace],
    closed: int,
    known: bool,
    restored: bool,
) -> None:
    within_a_day = (Term(("order.paid",), plus_s=86_400),)
    metric = make_metric("cohort", numerator=within_a_day, denominator=within_a_day)
    gone = BASE + DAY + 360 + WEEK + 720
    stamp = rfc3339(at(gone - 100))
    merge = make_merge(metric, evaluate_from=stamp)
    merge.apply(at(BASE), metric, (WHOLE, OPENED, BASE + DAY, 3, 0), (WHOLE, IN_TIME, closed, 1, 0))
    merge.apply(at(BASE), metric, (WHOLE, LATE, BASE, 1, 0), (WHOLE, LATE_BY_DEADLINE, BASE - 10, 1, 0))
    for tick in (gone - 2, gone + 2):
        merge.apply(at(tick - 1))
        merge.advance()
        if restored:
            chunks = dict(merge.merge.snapshot(17, full=True))
            merge = make_merge(metric, evaluate_from=stamp)
            merge.merge.restore(chunks[MANIFEST], chunks)
        merge.apply(at(tick))
        merge.advance()
        seen = merge.memory["paid"].overdue_known
        assert seen[max(seen)] == (known or tick > gone)
