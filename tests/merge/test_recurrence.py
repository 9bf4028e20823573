from __future__ import annotations

from collections import Counter, defaultdict
from itertools import compress
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.catalogue.metric import Direction, Metric
from streams.catalogue.term import Term
from streams.cells.mark import mark_of
from streams.merge.recurrence import Recurrence
from streams.merge.seen_marks import SeenMarks
from streams.merge.series_table import SeriesBudget, SeriesTable
from streams.merge.snapshot import MANIFEST, read_manifest
from streams.merge.waiting_marks import Marks, WaitingMarks

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import SimpleNamespace

    MakeMetric = Callable[..., Metric]
    MakeMerge = Callable[..., SimpleNamespace]

BASE = 18_000 * 8_640
DAY = 8_640
WHOLE, NORTH, SOUTH = (0, ()), (1, ("north",)), (1, ("south",))
Contact = tuple[int, str, str]  # slot, order, region


def at(slot: int) -> int:
    return slot * 10_000


@pytest.fixture
def metric(make_metric: MakeMetric) -> Metric:
    opened = ("consultation.opened",)
    return make_metric(
        "ratio",
        name="repeats",
        numerator=(Term(opened, again="order_id", again_s=86_400),),
        denominator=(Term(opened),),
        windows=(60, 86_400),
    )


def cells_of(contacts: list[Contact], late: int = 0) -> list[tuple[Any, int, int, int, int]]:
    cells: list[tuple[Any, int, int, int, int]] = []
    for slot, order, region in contacts:
        cells += [(WHOLE, 1, slot, 1, late), ((1, (region,)), 1, slot, 1, late)]
        cells.append(((1, (region,)), mark_of(order), slot, 1, late))
    return cells


def totals(merge: SimpleNamespace) -> dict[Any, list[int]]:
    (reading,) = merge.merge.readings()
    return dict(zip(reading.total_scopes, reading.totals.tolist(), strict=True))


def repeats_of(contacts: list[Contact], reach: int) -> Counter[tuple[int, Any]]:
    """Straight from the sentence in the catalogue, one contact after the other."""
    seen: dict[str, int] = {}
    repeats: Counter[tuple[int, Any]] = Counter()
    for slot, order, region in sorted(contacts, key=lambda contact: (contact[0], contact[2])):
        if slot - seen.get(order, -(1 << 40)) <= reach:
            repeats[slot, WHOLE] += 1
            repeats[slot, (1, (region,))] += 1
        seen[order] = slot
    return repeats


def test_of_ten_contacts_about_seven_orders_three_are_repeats(metric: Metric, make_merge: MakeMerge) -> None:
    contacts = [(BASE + 100 * n, order, "north") for n, order in enumerate("abcabdefga")]
    merge = make_merge(metric)
    merge.apply(at(BASE + 2_000), metric, *cells_of(contacts))
    merge.advance()

    assert totals(merge) == {WHOLE: [3, 10], NORTH: [3, 10]}
    assert merge.memory["repeats"].sums[at(BASE + 901)] == [1, 1]  # the last contact, in the window of a minute


@pytest.mark.parametrize(("apart", "repeats"), [(0, 1), (1, 1), (DAY, 1), (DAY + 1, 0)])
def test_a_case_is_remembered_for_a_day_to_the_slot(apart: int, repeats: int) -> None:
    recurrence = fresh()
    recurrence.waiting.add(marks_of(recurrence, [(BASE, "a", "north"), (BASE + apart, "a", "north")]))

    assert sum(slots_of(recurrence, [BASE + slot for slot in range(0, DAY + 500, 360)]).values()) == repeats


def test_a_chain_of_contacts_keeps_its_case_alive() -> None:
    recurrence = fresh()
    days = [BASE + day * (DAY - 10) for day in range(4)]
    recurrence.waiting.add(marks_of(recurrence, [(slot, "a", "north") for slot in days]))

    assert slots_of(recurrence, [slot + 1 for slot in days]) == dict.fromkeys(days[1:], 1)


def test_of_one_slot_the_first_is_told_by_its_scope_not_by_the_order_of_the_log(
    metric: Metric, make_merge: MakeMerge
) -> None:
    found = []
    for order in (("north", "south"), ("south", "north")):
        merge = make_merge(metric)
        for region in order:
            merge.apply(at(BASE - 1), metric, *cells_of([(BASE, "a", region)]))
        merge.apply(at(BASE + 1))
        merge.advance()
        found.append(totals(merge))

    assert found[0] == found[1] == {WHOLE: [1, 2], NORTH: [0, 1], SOUTH: [1, 1]}


@pytest.mark.parametrize(("on_time_at", "repeats"), [(-DAY - 1, 0), (-DAY, 1), (-60, 1), (0, 1), (60, 1), (700, 1)])
def test_a_late_contact_is_a_repeat_of_one_on_either_side(on_time_at: int, repeats: int) -> None:
    recurrence = fresh()
    recurrence.waiting.add(marks_of(recurrence, [(BASE + on_time_at, "a", "north")]))
    recurrence.late.add(marks_of(recurrence, [(BASE, "a", "north")]))
    frontiers = [BASE + slot for slot in (-DAY, -5_000, -2_000, 0, 360, 720, 810)]

    assert slots_of(recurrence, frontiers) == ({BASE: 1} if repeats else {})


def test_a_contact_on_time_is_a_repeat_of_a_late_one_that_is_decided_already() -> None:
    recurrence = fresh()
    recurrence.late.add(marks_of(recurrence, [(BASE, "a", "north")]))
    recurrence.waiting.add(marks_of(recurrence, [(BASE + 900, "a", "north")]))

    assert slots_of(recurrence, [BASE, BASE + 810, BASE + 901]) == {BASE + 900: 1}


def test_late_repeats_join_the_quarter_to_which_they_belong(metric: Metric, make_merge: MakeMerge) -> None:
    merge = make_merge(metric)
    merge.apply(at(BASE + 30), metric, *cells_of([(BASE, "a", "north")]))
    merge.advance()
    merge.apply(at(BASE + 100), metric, *cells_of([(BASE + 91, "a", "north")], late=1))
    merge.apply(at(BASE + 900))
    merge.advance()

    assert totals(merge) == {WHOLE: [1, 2], NORTH: [1, 2]}
    assert merge.memory["repeats"].quarters == [
        (at(BASE), [[0, 0], [1, 1]]),
        (at(BASE + 90), [[1, 1], [1, 1]]),
    ]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 1_000), st.sampled_from("abc"), st.sampled_from(["north", "south"])), max_size=40
    ),
    st.integers(0, 2**32).map(Random),
)
def test_repeats_equal_a_direct_count_whatever_the_interleaving(contacts: list[Contact], rng: Random) -> None:
    reach = rng.choice([1, 30, 360])
    recurrence = fresh(reach)
    shuffled = [(slot + BASE, order, region) for slot, order, region in contacts]
    rng.shuffle(shuffled)
    found: Counter[tuple[int, Any]] = Counter()
    frontier = BASE
    while shuffled or len(recurrence.waiting):
        step = frontier + rng.choice([1, 7, 90, 400])
        # A source may run ahead; what lies below the frontier has been read.
        is_read = [slot < step or rng.random() < 0.3 for slot, _, _ in shuffled]
        due = list(compress(shuffled, is_read))
        shuffled = [contact for contact, read in zip(shuffled, is_read, strict=True) if not read]
        for contact in due:
            recurrence.waiting.add(marks_of(recurrence, [contact]))
        frontier = step
        repeats = recurrence.enter(frontier)
        recurrence.close(frontier)
        for slot, log_id, value in zip(*(column.tolist() for column in repeats), strict=True):
            found[slot, recurrence._table.log_scopes[log_id]] += value

    assert found == repeats_of([(slot + BASE, order, region) for slot, order, region in contacts], reach)


def fresh(reach: int = DAY) -> Recurrence:
    opened = ("consultation.opened",)
    term = Term(opened, again="order_id", again_s=reach * 10)
    metric = Metric(
        "R", "repeats", "Repeats", "consultation", "ratio", "ratio", Direction.UP, 0.1, 10, (term,),
        ((), ("region",)), denominator=(Term(opened),),
    )  # fmt: skip
    return Recurrence(metric, term, SeriesTable(metric, SeriesBudget(1000)))


def slots_of(recurrence: Recurrence, frontiers: list[int]) -> Counter[int]:
    """How many repeats of the whole each slot has, decided frontier by frontier."""
    found: Counter[int] = Counter()
    for frontier in frontiers:
        for repeats in (recurrence.enter(frontier), recurrence.close(frontier)):
            for slot, log_id, value in zip(*(column.tolist() for column in repeats), strict=True):
                if recurrence._table.log_scopes[log_id] == WHOLE:
                    found[slot] += value
    return found


def marks_of(recurrence: Recurrence, contacts: list[Contact]) -> Marks:
    scopes = [(1, (region,)) for _, _, region in contacts]
    return Marks(
        np.array([mark_of(order) for _, order, _ in contacts], np.int64),
        np.array([slot for slot, _, _ in contacts], np.int64),
        np.ones(len(contacts), np.int64),
        recurrence.scopes_of(scopes, np.arange(len(contacts))),
    )


def test_memory_is_bounded_by_forgetting_the_oldest_hour_and_says_so() -> None:
    seen = SeenMarks(limit=100)
    by_hour: dict[int, list[int]] = defaultdict(list)
    for number in range(150):
        by_hour[number // 30].append(number)
    for hour, marks in by_hour.items():
        seen.add(np.array(marks, np.int64), np.full(30, hour * 360, np.int64))
    seen.go_on(5 * 360, kept_slots=DAY)

    assert (len(seen), seen.forgotten) == (90, 60)
    assert (seen.last(np.arange(150)) >= 0).tolist() == [False] * 60 + [True] * 90


def test_hours_that_can_no_longer_matter_are_let_go_without_a_word() -> None:
    seen = SeenMarks()
    seen.add(np.array([1]), np.array([10]))
    seen.go_on(359 + 360, kept_slots=360)
    assert len(seen) == 1
    seen.go_on(360 + 360, kept_slots=360)

    assert (len(seen), seen.forgotten) == (0, 0)


def test_what_waits_is_bounded_and_what_is_dropped_is_counted() -> None:
    recurrence = fresh()
    waiting = WaitingMarks(2, limit=3)
    waiting.add(marks_of(recurrence, [(BASE + n, "a", "north") for n in range(5)]))

    assert (len(waiting), waiting.dropped, waiting.first_slot()) == (3, 2, BASE)


def test_marks_of_a_coarse_scope_or_without_a_count_are_malformed(metric: Metric, make_merge: MakeMerge) -> None:
    merge = make_merge(metric)
    merge.apply(at(BASE), metric, (WHOLE, mark_of("a"), BASE, 1, 0), (NORTH, mark_of("a"), BASE, 0, 0))

    (reading,) = merge.merge.readings()
    assert (reading.skipped.malformed, reading.waiting) == (2, 0)


def test_a_mark_is_malformed_where_nothing_recurs(make_metric: MakeMetric, make_merge: MakeMerge) -> None:
    counted = make_metric()
    merge = make_merge(counted)
    merge.apply(at(BASE), counted, (NORTH, mark_of("a"), BASE, 1, 0))

    assert merge.merge.readings()[0].skipped.malformed == 1


def test_hours_that_are_over_are_not_written_again(metric: Metric, make_merge: MakeMerge) -> None:
    merge = make_merge(metric)
    chunks: dict[str, bytes] = {}
    for hour in range(3):
        slot = BASE + hour * 360
        merge.apply(at(slot + 5), metric, *cells_of([(slot, "a", "north")]))
        merge.advance()
        latest = dict(merge.merge.snapshot(hour))
        chunks |= latest
    written = {name.split("/hour/")[1] for name in latest if "/hour/" in name}
    assert written == {f"{(BASE + 720) // 360}/0"}
    assert len([part for part in read_manifest(latest[MANIFEST]).parts if "/hour/" in part]) == 3

    other = make_merge(metric)
    other.merge.restore(chunks[MANIFEST], chunks)
    for one in (merge, other):
        one.apply(at(BASE + 2_000), metric, *cells_of([(BASE + 1_000, "a", "north")]))
        one.advance()
    assert totals(other) == totals(merge)
    assert totals(other)[WHOLE] == [3, 4]
