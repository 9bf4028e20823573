"""Ticks that are far apart where no source has events."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.cells.activity import Activity
from streams.cells.record import CellsRecord, MetricCells
from streams.merge.ticks import SILENT_MS, Ticks

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import SimpleNamespace

    from streams.catalogue.metric import Metric

SLOT = 10_000
HOUR = 3_600_000
DAY = 24 * HOUR
NOON = 1_762_747_200_000
SLOTS = st.lists(st.integers(0, 2_000), min_size=1, max_size=40)


@given(slots=SLOTS, step=st.integers(1, 400))
def test_ticks_are_the_same_for_who_creeps_and_for_who_jumps(slots: list[int], step: int) -> None:
    begin, end = min(slots) * SLOT, 2_600 * SLOT
    jumping = stepped(begin, slots, [end])
    creeping = stepped(begin, slots, [*range(begin, end, step * SLOT), end])

    assert creeping == jumping
    assert all(one < other for one, other in pairwise(jumping))
    assert set(jumping) >= {(slot + 1) * SLOT for slot in slots}


def stepped(begin: int, slots: list[int], watermarks: list[int]) -> list[int]:
    """The ticks, where all events before each watermark are known when it is reached, and no others."""
    ticks, found = Ticks(0, 0), [begin]
    activity = Activity()
    for watermark in watermarks:
        activity.add([(slot, slot) for slot in slots if slot * SLOT < watermark])
        while (tick := ticks.next(found[-1], activity)) is not None and tick <= watermark:
            found.append(tick)
    return found[1:]


@pytest.mark.parametrize("length", [DAY, 30 * DAY, 56 * 365 * DAY])
def test_a_gap_costs_the_same_however_long_it_is(length: int) -> None:
    activity = Activity([(NOON // SLOT, NOON // SLOT), ((NOON + length) // SLOT, (NOON + length) // SLOT)])
    ticks, tick, count = Ticks(0, 0), NOON, 0
    while tick <= NOON + length:
        tick = ticks.next(tick, activity) or 0
        count += 1

    assert tick == NOON + length + SLOT
    assert count < 130


def test_after_a_day_of_silence_there_is_no_tick_until_an_event() -> None:
    activity = Activity([(NOON // SLOT, NOON // SLOT)])

    assert Ticks(0, 0).next(NOON + SILENT_MS + HOUR, activity) is None


def test_one_event_of_1970_before_those_of_today_steps_through_nothing(
    make_metric: Callable[..., Metric], make_merge: Callable[..., SimpleNamespace]
) -> None:
    metric = make_metric()
    shop = make_merge(metric)
    apply(shop, metric, 0, 30_000)
    apply(shop, metric, NOON, NOON + 30_000)
    shop.advance()

    seen = shop.memory["paid"]
    assert len(seen.ticks) < 150
    assert (seen.ticks[0], seen.ticks[-1]) == (SLOT, NOON + 30_000)
    assert seen.sums[NOON + SLOT] == [1, 1]


def test_what_was_usual_in_a_month_without_events_is_unknown_and_not_zero(
    make_metric: Callable[..., Metric], make_merge: Callable[..., SimpleNamespace]
) -> None:
    metric = make_metric()
    shop = make_merge(metric)
    begin = NOON // DAY * DAY
    apply(shop, metric, begin, begin + SLOT)
    apply(shop, metric, begin + 30 * DAY, begin + 30 * DAY + 3 * HOUR)
    shop.advance()

    quarters = [(start - begin) / DAY for start, _ in shop.memory["paid"].quarters]
    assert max(quarter for quarter in quarters if quarter < 29) < 1.01
    assert min(quarter for quarter in quarters if quarter > 1.01) == 30
    assert [counts for start, counts in shop.memory["paid"].quarters if start == begin + 30 * DAY] == [[[1, 1]]]


def apply(shop: SimpleNamespace, metric: Metric, time: int, watermark: int) -> None:
    """One payment, as a flush of today tells of it."""
    slot = time // SLOT
    cells = MetricCells(metric.key(), [(0, ()), (1, ("zhejiang",))], [0, 1], [0, 0], [slot, slot], [0, 0], [1, 1])
    record = CellsRecord("orders", 0, 1, watermark, shop.merge._catalogue.hash, [cells], [(slot, slot)])
    shop.merge.apply(record)
