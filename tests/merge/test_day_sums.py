"""Sums of natural days: against a dictionary, over midnights, restarts and random logs, and how little they take."""

from __future__ import annotations

from collections import defaultdict
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.merge.day_sums import DaySums
from streams.merge.snapshot import MANIFEST
from streams.register.natural_days import NaturalDays
from tests.merge.random_logs import COHORT, COUNT, SETTLED, ZONE, logs

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import SimpleNamespace

    from streams.catalogue.metric import Metric

ADDED = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 3), st.integers(0, 9), st.integers(-(2**40), 2**40)), max_size=60
)
FIRST = 1_000


@given(ADDED, st.integers(1, 32), st.integers(0, 2))
def test_windows_are_the_sums_of_their_days_whatever_the_order(
    added: list[tuple[int, int, int, int]], days: int, back: int
) -> None:
    """Cells come up to two days late; component 3 is not kept."""
    sums = DaySums(3, 30)
    expected: dict[tuple[int, int], int] = defaultdict(int)
    sums.go_on(FIRST)
    for after, component, series, value in sorted(added, key=lambda cell: cell[0]):
        sums.go_on(FIRST + after)
        sums.add(FIRST + after - 1, np.array([component]), np.array([series]), np.array([value]))
    sums.go_on(FIRST + 40)
    end = FIRST + 40 - back
    for after, component, series, value in added:
        if component < 3 and end - days < FIRST + after - 1 <= end:
            expected[component, series] += value
    if days + back > 32:
        with pytest.raises(ValueError, match="are not kept"):
            sums.window(days, 10, end=end)
        return
    got = sums.window(days, 10, end=end)
    assert {place: int(got[place]) for place in zip(*map(list, np.nonzero(got)), strict=True)} == {
        place: value for place, value in expected.items() if value
    }


@given(ADDED)
def test_what_is_packed_and_restored_goes_on_the_same(added: list[tuple[int, int, int, int]]) -> None:
    one, other = DaySums(3, 30), DaySums(3, 30)
    for after, component, series, value in sorted(added, key=lambda cell: cell[0]):
        one.go_on(FIRST + after)
        one.add(FIRST + after, np.array([component]), np.array([series]), np.array([value]))
    other.today, other.began = one.today, one.began
    for day in one.numbers():
        other.restore(day, one.packed(day))

    assert not one.changed
    for sums in (one, other):
        sums.go_on(FIRST + 41)
        sums.add(FIRST + 41, np.array([1]), np.array([3]), np.array([5]))
    assert one.window(30, 10).tolist() == other.window(30, 10).tolist()
    assert one.covered(30) == other.covered(30)


def test_three_hundred_thousand_stores_of_which_few_are_active_take_megabytes() -> None:
    """Of each thousandth a day's order: 300 stores x 90 days, where a dense ring had 90 x 300,000 x 2 numbers."""
    sums = DaySums(2, 90)
    rng = np.random.default_rng(11)
    for day in range(FIRST, FIRST + 200):
        sums.go_on(day)
        active = np.sort(rng.choice(300_000, 300, replace=False))
        sums.add(day, np.tile([0, 1], 300), np.repeat(active, 2), np.ones(600, np.int64))
        sums.day(day)

    assert sums.nbytes == 92 * 300 * (4 + 2 * 4)
    assert sums.window(90, 300_000).sum() == 90 * 600


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Europe/Berlin", "Asia/Kathmandu"])
def test_a_cell_belongs_to_the_day_of_the_shop(
    make_metric: Callable[..., Metric], make_merge: Callable[..., SimpleNamespace], zone: str
) -> None:
    metric = make_metric(told=(2_592_000,))
    merge = make_merge(metric, timezone=zone)
    midnight = NaturalDays(zone).begins_ms(739_500) // 10_000
    cells = [((0, ()), 0, midnight - 1, 3, 0), ((0, ()), 0, midnight, 5, 0)]
    merge.apply((midnight + 2) * 10_000, metric, *cells)
    merge.advance()

    days = merge.merge.readings()[0].told.sums
    assert days.today == 739_500
    assert [days.window(1, 1, end=day)[0, 0] for day in (739_499, 739_500)] == [3, 5]
    assert days.covered(30) == 2


def test_what_comes_late_is_added_to_its_day_when_its_quarter_closes(
    make_metric: Callable[..., Metric], make_merge: Callable[..., SimpleNamespace]
) -> None:
    metric = make_metric(told=(2_592_000,))
    merge = make_merge(metric)
    midnight = NaturalDays("Asia/Shanghai").begins_ms(739_500) // 10_000
    merge.apply((midnight - 200) * 10_000, metric, ((0, ()), 0, midnight - 200, 1, 0))
    merge.apply(midnight * 10_000, metric, ((0, ()), 0, midnight - 90, 7, 1))
    merge.advance()
    before = int(merge.merge.readings()[0].told.sums.window(1, 1, end=739_499)[0, 0])
    for slot in range(midnight, midnight + 900, 30):
        merge.apply(slot * 10_000, metric, ((0, ()), 0, slot, 1, 0))
    merge.advance()

    assert (before, int(merge.merge.readings()[0].told.sums.window(1, 1, end=739_499)[0, 0])) == (1, 8)


def test_a_snapshot_writes_only_the_days_that_changed(
    make_metric: Callable[..., Metric], make_merge: Callable[..., SimpleNamespace]
) -> None:
    metric = make_metric(told=(2_592_000,))
    merge = make_merge(metric)
    midnight = NaturalDays("Asia/Shanghai").begins_ms(739_500) // 10_000
    merge.apply(midnight * 10_000, metric, ((0, ()), 0, midnight - 1, 3, 0))
    merge.advance()
    chunks = dict(merge.merge.snapshot(1))
    merge.apply((midnight + 5) * 10_000, metric, ((0, ()), 0, midnight + 1, 4, 0))
    merge.advance()
    second = dict(merge.merge.snapshot(2))
    written = sorted(name.split("/")[3] for name in second if "/days/" in name)
    other = make_merge(metric)
    other.merge.restore(second[MANIFEST], chunks | second)

    assert written == ["739500"]
    assert other.merge.readings()[0].told.sums.window(30, 1).tolist() == [[7]]


def by_scope(reading: Any, back: int) -> dict[tuple[Any, int], int]:
    days = reading.told.sums
    sums = days.window(30, len(reading.scopes), end=days.today - back)
    return {
        (scope, component): int(sums[component, series])
        for series, scope in enumerate(reading.scopes)
        for component in range(days.components)
        if sums[component, series]
    }


@settings(max_examples=20)
@given(st.integers(0, 2**32).map(Random))
def test_days_do_not_depend_on_how_the_log_was_cut_or_interrupted(rng: Random) -> None:
    sources, simple, shuffled = logs(rng)

    natural = NaturalDays(ZONE)
    for one, other in zip(simple.merge.readings(), shuffled.merge.readings(), strict=True):
        if one.metric is COHORT or one.told is None or not one.scopes:
            continue  # what is late for a deadline enters when it is read
        assert one.told.sums.today == other.told.sums.today
        assert [by_scope(one, back) for back in (0, 1)] == [by_scope(other, back) for back in (0, 1)]
        assert one.metric in (COUNT, SETTLED)
        frontier = (simple.merge.last_tick // 10_000) - one.metric.settle_s // 10
        expected: dict[tuple[Any, int], int] = defaultdict(int)
        for source in sources:
            for cell in (cell for _, cells in source.events for cell in cells if cell.metric is one.metric):
                yesterday = natural.day(cell.slot * 10_000) < one.told.sums.today
                if not cell.late and cell.slot < frontier and yesterday:
                    expected[cell.scope, cell.component] += cell.value
        assert by_scope(one, 1) == {place: value for place, value in expected.items() if value}
