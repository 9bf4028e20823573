from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.closing_curve import STEP_S, STEPS
from streams.cells.lead import FURTHEST, STEP_MS
from streams.merge.open_cases import STEP_SLOTS, Leads, OpenCases
from tests.support.leads import place_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import SimpleNamespace

    from streams.catalogue.metric import Metric

WHOLE = (0, ())
DAY = 8_640
BASE = 100 * DAY
CLOSED, OPENED = 0, 1
Cell = tuple[Any, int, int, int, int]


def cell(slot: int, deadline: int, component: int, amount: int = 1, scope: Any = WHOLE, late: int = 0) -> Cell:
    """Of an event in a slot, with a deadline in another one."""
    return scope, place_of(deadline * 10_000, slot * 10_000, component), slot, amount, late


def leads(cells: Sequence[tuple[int, int, int, int]]) -> Leads:
    """Of (slot, deadline, component, amount), for one series."""
    rows = sorted((slot, cell(slot, deadline, component)[1], 0, amount) for slot, deadline, component, amount in cells)
    return Leads(*np.array(rows or np.zeros((0, 4)), np.int64).T)


def knowing() -> OpenCases:
    """With one series, of which two days have been seen: it forecasts from the first step on."""
    cases = OpenCases()
    cases.reserve(1)
    cases.start(0)
    held = np.full((STEPS, 1), 100.0)
    for step in range(-600, 0):
        cases._curve.learn(step, held, held / 10, whole=0)
    return cases


def work(days: int, closed: float = 0.9, stops: int | None = None) -> list[Cell]:
    """Each ten minutes 40 cases due 6 h later, closed evenly over the 6 h, by so much; none from the slot `stops`."""
    cells = []
    for opened in range(BASE, BASE + days * DAY, 60):
        deadline = opened + 2_160
        cells.append(cell(opened, deadline, OPENED, 40))
        for part in range(1, 36):
            slot = opened + part * 60
            if stops is None or slot < stops:
                cells.append(
                    cell(slot, deadline, CLOSED, round(40 * closed * part / 35) - round(40 * closed * (part - 1) / 35))
                )
    return [each for each in cells if each[3]]


@pytest.fixture
def run(
    make_metric: Callable[..., Metric], make_merge: Callable[..., SimpleNamespace]
) -> Callable[..., dict[int, tuple[int, int]]]:
    """Forecasts: how many will miss and how many are open, by the step that begins; in history every quarter."""

    def forecasts(
        cells: Sequence[Cell], until: int, chunk: int = 360, ahead: bool = False
    ) -> dict[int, tuple[int, int]]:
        metric = make_metric("due_soon", scopes=((),), windows=(300,), denominator=make_metric().numerator)
        judged = datetime.fromtimestamp((until - DAY // 4) * 10, UTC).isoformat()
        merge = make_merge(metric, partitions=2, evaluate_from=judged)
        state = next(iter(merge.merge._states.values()))
        seen: dict[int, tuple[int, int]] = {}

        def advance() -> None:
            while merge.merge.behind:
                merge.merge.step()
                if state.windows.frontier % STEP_SLOTS == 0 and not state.windows.coarse:
                    sums = state.windows.sums(300)
                    if sums.shape[1]:
                        seen[state.windows.frontier // STEP_SLOTS] = (int(sums[0, 0]), int(sums[1, 0]))

        ordered = sorted((each for each in cells if each[2] < until), key=lambda each: each[2])
        if ahead:  # one source has read everything before the other says anything
            merge.apply(until * 10_000, metric, *ordered)
        for slot in range(BASE, until, chunk):
            end = min(slot + chunk, until)
            due = [each for each in ordered if slot <= each[2] < end]
            if not ahead:
                merge.apply(end * 10_000, metric if due else None, *due)
            merge.apply(end * 10_000, partition=1)
            advance()
        return seen

    return forecasts


def test_steps_are_those_of_the_closing_curve() -> None:
    assert STEP_MS == STEP_S * 1000


@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 1_500), st.integers(0, 1), st.integers(1, 5)), max_size=30),
    st.lists(st.integers(1, 400), min_size=1, max_size=10),
)
@settings(deadline=None, max_examples=60)
def test_what_is_open_is_what_was_opened_less_what_was_closed_however_it_is_cut(
    events: list[tuple[int, int, int, int]], cuts: list[int]
) -> None:
    many = [(slot, slot + ahead, component, amount) for slot, ahead, component, amount in events]
    cases = knowing()
    columns, found, begin = leads(many), {}, 0
    for frontier in [*np.cumsum(cuts).tolist(), 2_400]:
        if frontier < begin:
            break
        part = columns.chosen((columns.slot >= begin) & (columns.slot < frontier))
        forecast = cases.go_on(int(frontier), part, whole=0)
        begin = frontier
        rows = forecast.component == OPENED
        found |= dict(zip(forecast.slot[rows].tolist(), forecast.value[rows].tolist(), strict=True))

    expected = {}
    for end in range(STEP_SLOTS, begin + 1, STEP_SLOTS):
        step, total = end // STEP_SLOTS, 0
        for deadline in range(step, step + STEPS):
            signed = [
                amount if component else -amount
                for slot, due, component, amount in many
                if slot < end and due // STEP_SLOTS == deadline
            ]
            total += max(sum(signed), 0)
        if total:
            expected[end - 1] = total
    assert found == expected


def test_a_stop_of_work_raises_the_forecast_before_the_first_deadline_passes(run: Callable[..., Any]) -> None:
    stop = BASE + 3 * DAY
    usual = run(work(4), stop + 180)
    stopped = run(work(4, stops=stop), stop + 180)
    before, after = stop // STEP_SLOTS, stop // STEP_SLOTS + 6
    missed, cases = stopped[before]
    assert missed < 0.5 * cases
    assert stopped[before] == usual[before]
    missed, cases = stopped[after]
    assert missed > 1.5 * usual[after][0]
    assert missed > 0.6 * cases


def test_the_forecast_depends_on_the_events_before_it_only(run: Callable[..., Any]) -> None:
    until = BASE + 3 * DAY
    cells = work(4)
    together = run(cells, until, chunk=360)
    assert any(missed for missed, _ in together.values())
    assert run(cells, until, chunk=97 * 10) == together
    assert run(cells, until, chunk=360, ahead=True) == together


def test_what_closes_late_by_its_partition_leaves_when_its_quarter_closes(run: Callable[..., Any]) -> None:
    slot, deadline = BASE + DAY, BASE + DAY + 2_160
    more = [cell(slot, deadline, OPENED, 500), cell(slot + 100, deadline, CLOSED, 500, late=1)]
    plain = run(work(2), deadline)
    late = run([*work(2), *more], deadline)
    closes = (slot + 100) // 90 * 90 + 90 + 720
    assert late[closes // STEP_SLOTS + 12][1] == plain[closes // STEP_SLOTS + 12][1]


def test_a_deadline_too_far_ahead_is_skipped(
    make_metric: Callable[..., Metric], make_merge: Callable[..., SimpleNamespace]
) -> None:
    metric = make_metric("due_soon", scopes=((),), windows=(300,), denominator=make_metric().numerator)
    merge = make_merge(metric)
    merge.apply((BASE + 1) * 10_000, metric, (WHOLE, 2 * FURTHEST + OPENED, BASE, 1, 0), cell(BASE, BASE + 9, OPENED))
    assert merge.merge.readings()[0].skipped.too_far == 1


def test_a_century_without_cases_costs_nothing() -> None:
    cases = OpenCases()
    cases.reserve(1)
    cases.start(0)
    century = 100 * 365 * DAY
    began = time.perf_counter()
    cases.go_on(century, leads([(10, 2_000, OPENED, 5), (century - 100, century + 50, OPENED, 7)]), whole=0)
    assert time.perf_counter() - began < 0.5
    assert cases.arrays()["open"].sum() == 7


def test_a_state_goes_on_as_if_nothing_had_happened() -> None:
    first, again = knowing(), OpenCases()
    columns = leads([(slot, slot + 1_000, OPENED, 50) for slot in range(0, 3_000, 7)])
    half = columns.slot < 1_600
    first.go_on(1_600, columns.chosen(half), whole=0)
    again.restore({name: array.copy() for name, array in first.arrays().items()})
    again.further.load(*first.further.everything(), first.further.taken_before)
    for cases in (first, again):
        forecast = cases.go_on(3_000, columns.chosen(~half), whole=0)
    assert forecast.value.size
    for name, array in first.arrays().items():
        assert array.tobytes() == again.arrays()[name].tobytes(), name


def test_a_partition_goes_on_from_its_snapshot(
    make_metric: Callable[..., Metric], make_merge: Callable[..., SimpleNamespace]
) -> None:
    metric = make_metric("due_soon", scopes=((),), windows=(300,), denominator=make_metric().numerator)
    half, until = BASE + 2 * DAY, BASE + 3 * DAY
    judged = datetime.fromtimestamp((until - 720) * 10, UTC).isoformat()
    cells = sorted((each for each in work(3) if each[2] < until), key=lambda each: each[2])
    first, again = (make_merge(metric, evaluate_from=judged) for _ in range(2))
    first.apply(half * 10_000, metric, *[each for each in cells if each[2] < half])
    first.advance()
    chunks = dict(first.merge.snapshot(7))
    assert again.merge.restore(chunks.pop("manifest"), chunks) == 7
    for merge in (first, again):
        merge.apply(until * 10_000, metric, *[each for each in cells if each[2] >= half])
        merge.advance()

    assert any(any(sums) for sums in first.memory["paid"].sums.values())
    assert first.memory["paid"].sums == again.memory["paid"].sums
