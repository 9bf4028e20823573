"""Very many series by quarters of an hour and days: against direct sums, whatever the order of the log."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from streams.evaluation.lean_reader import WINDOWS
from streams.merge.lean_names import OTHER, LeanNames
from streams.merge.lean_series import LeanSeries
from streams.register.natural_days import NaturalDays

if TYPE_CHECKING:
    from random import Random

    from streams.merge.ahead import Ints

FIRST = 1_963_584  # a quarter of an hour that begins a day in UTC
NATURAL = NaturalDays("UTC")


def new_series(names: LeanNames | None = None) -> LeanSeries:
    return LeanSeries(names or LeanNames(("store",), 1_000), NATURAL, 2)


def add(series: LeanSeries, store: str, quarter: int, component: int, value: int, *, late: bool = False) -> None:
    number = series.names.number((store,))
    series.add(np.array([quarter]), np.array([component]), np.array([number]), np.array([value]), np.array([late]))


def seen(series: LeanSeries, table: Ints, store: str) -> list[int]:
    return [int(value) for value in table[:, series.names.number((store,))]]


CELLS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c"]), st.integers(0, 140), st.integers(0, 1), st.integers(1, 9), st.booleans()
    ),
    min_size=1,
    max_size=40,
)


@given(cells=CELLS, steps=st.lists(st.integers(1, 120), max_size=5), order=st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_windows_and_days_are_the_sums_of_the_cells_in_whatever_order_and_steps(
    cells: list[tuple[str, int, int, int, bool]], steps: list[int], order: Random
) -> None:
    first = min((quarter for _, quarter, _, _, late in cells if not late), default=None)
    assume(first is not None)
    series = new_series()
    shuffled = list(cells)
    order.shuffle(shuffled)
    for store, quarter, component, value, late in shuffled:
        add(series, store, FIRST + quarter, component, value, late=late)
    for step in sorted(steps):
        series.step((FIRST + step) * 90)
    end = 200
    series.step((FIRST + end) * 90)

    for quarters in WINDOWS:
        on_time = [cell for cell in cells if not cell[4] and end - quarters <= cell[1] < end]
        for store in {cell[0] for cell in cells}:
            wanted = [sum(cell[3] for cell in on_time if (cell[0], cell[2]) == (store, of)) for of in (0, 1)]
            assert seen(series, series.window(quarters), store) == wanted
    by_day: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0])
    for store, quarter, component, value, late in cells:
        if not late or quarter >= (first or 0):
            by_day[store, quarter // 96][component] += value
    for store in {cell[0] for cell in cells}:
        days = series.month.of_series(series.names.number((store,)), 3).T.tolist()
        assert days == [by_day[store, day] for day in range(3)]


def test_what_is_not_over_is_not_shown_however_far_the_log_was_read() -> None:
    series = new_series()
    add(series, "a", FIRST, 0, 5)
    add(series, "a", FIRST + 1, 0, 7)
    series.step((FIRST + 1) * 90 + 89)

    assert series.window(1)[0].tolist() == [5]
    assert series.course(0, 2).tolist() == [[0, 5], [0, 0]]


def test_thirty_usual_days_end_before_yesterday_and_move_on_with_the_day() -> None:
    series = new_series()
    for day in range(40):
        add(series, "a", FIRST + 96 * day + 5, 0, day + 1)
        series.step((FIRST + 96 * day + 6) * 90)

    assert int(series.month.sums(1)[0, 0]) == sum(range(9, 39))  # it is the 40th day: of the 9th to the 38th
    moved = series.month.sums(1).copy()
    series.month.recount(1)
    assert (series.month.sums(1) == moved).all()


def test_who_came_later_is_taken_as_if_it_had_been_there_all_the_time() -> None:
    series = new_series()
    for day in range(12):
        add(series, "old", FIRST + 96 * day, 0, 30)
        if day >= 5:
            add(series, "new", FIRST + 96 * day, 0, 10)
        series.step((FIRST + 96 * day + 1) * 90)

    old, new = series.month.usual(2).tolist()
    assert old == pytest.approx(300)
    assert new == pytest.approx(50 * (10 * 30 + 50) / (5 * 40))


def test_a_name_beyond_the_limit_is_counted_with_all_others() -> None:
    names = LeanNames(("store",), 2)
    assert [names.number((store,)) for store in ("a", "b", "c", "a", "d")] == [0, 1, 2, 0, 2]
    assert names.values(2) == (OTHER,)
    assert names.refused == 2
    assert sorted(names.at(0, 90).tolist()) == [0, 1]


def test_nobody_is_judged_for_an_empty_name_and_everybody_else_once_in_a_quarter_of_an_hour() -> None:
    names = LeanNames(("store",), 1_000)
    for number in range(500):
        names.number((f"m{number}",))
    names.number(("",))
    other = LeanNames(("store",), 1_000)
    for number in reversed(range(500)):
        other.number((f"m{number}",))

    judged = np.concatenate([names.at(place, place + 1) for place in range(1_000, 1_090)])
    assert sorted(judged.tolist()) == list(range(500))
    for place in range(90):
        assert {names.values(n) for n in names.at(place, place + 1)} == {
            other.values(n) for n in other.at(place, place + 1)
        }
