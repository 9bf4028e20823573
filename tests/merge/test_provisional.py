"""What counts so far of the cases that were opened just now."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.catalogue.load import Catalogue
from streams.catalogue.term import Term
from streams.cells.record import CellsRecord, MetricCells
from streams.merge.snapshot import MANIFEST
from streams.records.verdicts import SoFar
from tests.merge.conftest import make_merge as making_merges
from tests.merge.conftest import make_metric as making_metrics

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random
    from types import SimpleNamespace

    from streams.catalogue.metric import Metric

    MakeMetric = Callable[..., Metric]
    MakeMerge = Callable[..., SimpleNamespace]

BASE = 864_000  # a slot at midnight, UTC
TEN, HALF_PAST = BASE + 3_600, BASE + 3_780
DAY = 8_640
CLOSED, OPENED = 0, 1
WHOLE, HERE = (0, ()), (1, ("here",))


def within(make_metric: MakeMetric, seconds: int, **more: object) -> Metric:
    """A cohort whose deadline lies so far ahead."""
    terms = (Term(("order.paid",), plus_s=seconds),)
    return make_metric("cohort", numerator=terms, denominator=terms, **({"windows": (3_600,)} | more))


@pytest.fixture
def metric(make_metric: MakeMetric) -> Metric:
    return within(make_metric, 86_400)


def told(merge: SimpleNamespace) -> dict[int, SoFar]:
    """By slot, all that is said until now."""
    return {verdicts.time // 10_000: so_far for verdicts in merge.advance() for so_far in verdicts.so_far}


def bot_contacts(merge: SimpleNamespace, metric: Metric) -> None:
    """Four between ten and half past; at 10:20 one of them comes back."""
    merge.apply(10_000 * TEN)
    merge.advance()
    for number in range(4):
        opened = TEN + 30 * number
        merge.apply(
            10_000 * (opened + 1), metric, (WHOLE, OPENED, opened + DAY, 1, 0), (WHOLE, CLOSED, opened + DAY, 1, 0)
        )
    merge.apply(10_000 * (TEN + 121), metric, (WHOLE, CLOSED, TEN + 30 + DAY, -1, 0))


def test_half_an_hour_later_three_of_four_count_so_far_and_a_day_later_they_are_final(
    metric: Metric, make_merge: MakeMerge
) -> None:
    merge = make_merge(metric)
    bot_contacts(merge, metric)
    merge.apply(10_000 * HALF_PAST)
    so_far = told(merge)
    known = dict(merge.memory["paid"].sums)
    for slot in range(HALF_PAST, HALF_PAST + DAY + 1, 90):
        merge.apply(10_000 * slot)
        merge.advance()

    assert so_far[TEN + 6] == SoFar("paid", 1.0, 1)
    assert so_far[TEN + 114] == SoFar("paid", 1.0, 4)
    assert so_far[HALF_PAST] == SoFar("paid", 0.75, 4)
    assert known == {}  # the final value has no series yet
    assert merge.memory["paid"].sums[10_000 * (HALF_PAST + DAY)] == [3]


def test_what_is_taken_off_again_takes_the_value_down(metric: Metric, make_merge: MakeMerge) -> None:
    merge = make_merge(metric)
    bot_contacts(merge, metric)
    before = told(merge)[TEN + 120]
    merge.apply(10_000 * (HALF_PAST - 1), metric, (WHOLE, CLOSED, TEN + DAY, -1, 0))
    merge.apply(10_000 * HALF_PAST)

    assert before == SoFar("paid", 1.0, 4)
    assert told(merge)[HALF_PAST] == SoFar("paid", 0.5, 4)


def test_without_a_case_in_the_window_there_is_no_value(metric: Metric, make_merge: MakeMerge) -> None:
    merge = make_merge(metric)
    bot_contacts(merge, metric)
    merge.apply(10_000 * (HALF_PAST + 360))
    so_far = told(merge)

    assert so_far[TEN + 360] == SoFar("paid", 0.75, 4)  # of the hour from ten on
    assert so_far[TEN + 360 + 126] == SoFar("paid")
    assert msgspec.json.encode(so_far[TEN + 360 + 126]) == b'{"metric":"paid"}'


def test_every_scope_has_its_own_and_the_whole_is_told(metric: Metric, make_merge: MakeMerge) -> None:
    merge = make_merge(metric)
    there = (1, ("there",))
    merge.apply(10_000 * TEN)
    merge.advance()
    opened = [(scope, OPENED, TEN + DAY, 1, 0) for scope in (HERE, there, WHOLE, WHOLE)]
    merge.apply(10_000 * TEN, metric, *opened, (HERE, CLOSED, TEN + DAY, 1, 0), (WHOLE, CLOSED, TEN + DAY, 1, 0))
    merge.apply(10_000 * (TEN + 6))
    so_far = told(merge)
    (reading,) = merge.merge.readings()

    assert so_far[TEN + 6] == SoFar("paid", 0.5, 2)
    shares = dict(zip(reading.provisional.scopes, reading.provisional.share.tolist(), strict=False))
    assert shares == {WHOLE: 0.5, HERE: 1.0, there: 0.0}
    assert reading.provisional.cases.tolist() == [1.0, 1.0, 2.0]


def test_what_came_with_records_of_later_events_is_not_known_yet(metric: Metric, make_merge: MakeMerge) -> None:
    merge = make_merge(metric, partitions=2)
    merge.apply(10_000 * TEN)
    merge.apply(10_000 * TEN, partition=1)
    merge.advance()
    merge.apply(10_000 * (TEN + 1), metric, (WHOLE, OPENED, TEN + DAY, 1, 0))
    merge.apply(10_000 * (TEN + 10), metric, (WHOLE, CLOSED, TEN + DAY, 1, 0))
    merge.apply(10_000 * (TEN + 12), partition=1)
    merge.apply(10_000 * (TEN + 12))
    so_far = told(merge)

    assert so_far[TEN + 6] == SoFar("paid", 0.0, 1)
    assert so_far[TEN + 12] == SoFar("paid", 1.0, 1)


def test_metrics_without_a_fixed_deadline_say_nothing(make_metric: MakeMetric, make_merge: MakeMerge) -> None:
    metric = make_metric("cohort")
    merge = make_merge(metric)
    merge.apply(10_000 * TEN, metric, (WHOLE, OPENED, TEN + DAY, 1, 0))
    merge.apply(10_000 * (TEN + 6))

    assert told(merge) == {}
    assert [reading.provisional for reading in merge.merge.readings()] == [None]


class Case(NamedTuple):
    """Opened so many slots after ten; closed so many slots later, at the most at its deadline, or never."""

    opened: int
    closed_after: int | None


MINUTES, LEAD = 25, 120  # the deadline is 20 minutes after the opening, and the window as long
CASES = st.lists(
    st.builds(Case, st.integers(0, 6 * MINUTES - 1), st.none() | st.integers(0, LEAD)), min_size=1, max_size=30
)


def record_of(slot: int, metric: Metric, cases: Sequence[Case], catalogue: Catalogue) -> CellsRecord:
    """The flush of one slot."""
    cells = [(OPENED, case.opened) for case in cases if case.opened == slot]
    closed = [case for case in cases if case.closed_after is not None and case.opened + case.closed_after == slot]
    cells += [(CLOSED, case.opened) for case in closed]
    component = [each for each, _ in cells]
    deadline = [TEN + opened + LEAD for _, opened in cells]
    none, ones = [0] * len(cells), [1] * len(cells)
    filled = [MetricCells(metric.key(), [WHOLE], none, component, deadline, none, ones)] if cells else []
    return CellsRecord("orders", 0, slot, 10_000 * (TEN + slot - 3), catalogue.hash, filled, [(TEN + slot,) * 2])


def expected(cases: Sequence[Case], minute: int, *, final: bool = False) -> SoFar:
    """Of the cases opened in the 20 minutes before, by what happened before that minute, or in all."""
    end = 6 * minute
    opened = [case for case in cases if end - LEAD <= case.opened < end]
    if not opened:
        return SoFar("paid")
    closed = [case for case in opened if case.closed_after is not None]
    known = [case for case in closed if final or case.opened + (case.closed_after or 0) < end]
    return SoFar("paid", len(known) / len(opened), len(opened))


@given(CASES, st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_it_is_that_of_a_direct_computation_however_the_log_is_read_and_ends_as_the_final_value(
    cases: list[Case], draw: Random
) -> None:
    make_metric, make_merge = making_metrics.__wrapped__(), making_merges.__wrapped__()  # type: ignore[attr-defined]
    metric = within(make_metric, LEAD * 10, windows=(LEAD * 10,))
    catalogue = Catalogue.of((metric,))
    merge = make_merge(metric)
    so_far: dict[int, SoFar] = {}
    sums: dict[int, list[int]] = {}
    merge.apply(10_000 * (TEN - 60))
    merge.advance()
    for slot in range(6 * MINUTES + LEAD + 12):
        merge.merge.apply(record_of(slot, metric, cases, catalogue))
        action = draw.choice(["read on", "read on", "step", "restart"])
        if action != "read on":
            so_far |= told(merge)
        if action == "restart":
            sums |= merge.memory["paid"].sums
            chunks = dict(merge.merge.snapshot(0))
            merge = make_merge(metric)
            merge.merge.restore(chunks[MANIFEST], chunks)
    so_far |= told(merge)
    sums |= merge.memory["paid"].sums

    minutes = range(1, MINUTES + 1)
    assert {minute: so_far[TEN + 6 * minute] for minute in minutes} == {
        minute: expected(cases, minute) for minute in minutes
    }
    for minute in minutes:  # of the very cases whose deadlines have passed 20 minutes later
        final = expected(cases, minute, final=True)
        closed = sums.get(10_000 * (TEN + 6 * minute + LEAD), [0])[0]
        assert closed == round((final.share or 0.0) * final.cases)
