"""The whole merge against sums computed straight from the events, over random logs, cuts and restarts."""

from __future__ import annotations

from collections import defaultdict
from random import Random
from typing import TYPE_CHECKING, Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from streams.catalogue.metric import Component, Metric
from streams.catalogue.scopes import component_sets, scope_sets
from tests.merge.random_logs import (
    BASE_MS,
    COHORT,
    COUNT,
    HOUR_MS,
    PROJECTED,
    SETTLED,
    Source,
    event_lists,
    logs,
    run,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


def expected_ticks(sources: list[Source], of: Metric, watermark: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """(tick, what the windows hold by scope), computed from the on-time cells alone. Not for cohorts."""
    cells = [cell for source in sources for _, cells in source.events for cell in cells if cell.metric is of]
    by_slot: dict[int, dict[tuple[Any, int], int]] = defaultdict(lambda: defaultdict(int))
    for cell in cells:
        if not cell.late:
            by_slot[cell.slot][cell.scope, cell.component] += cell.value
    settle = of.settle_s // 10
    due = [slot + 1 + settle for slot in by_slot]
    ticks = range(min(due, default=2**40), watermark // 10_000 + 1)
    for tick in ticks[:: max(1, len(ticks) // 23)]:
        end = tick - settle
        result: dict[str, Any] = {}
        for length in sorted({*of.windows, of.trailing_s} - {0}):
            step = 1 if length <= 900 else 6 if length <= 7200 else 90
            start = (end - length // 10) // step * step
            sums: dict[tuple[Any, int], int] = defaultdict(int)
            for slot, cells_there in by_slot.items():
                if start <= slot < end:
                    for key, value in cells_there.items():
                        sums[key] += value
            result[str(length)] = {key: value for key, value in sums.items() if value}
        yield tick * 10_000, result


@settings(max_examples=20)
@given(st.integers(0, 2**32).map(Random))
def test_ticks_do_not_depend_on_how_the_log_was_made_cut_or_interrupted(rng: Random) -> None:
    sources, simple, shuffled = logs(rng)

    assert shuffled.merge.watermark == simple.merge.watermark
    event(f"ticks {min(200, len(simple.recorders[COUNT.name].seen)) // 50}")
    for name, recorder in simple.recorders.items():
        if name == COHORT.name and late_for_a_deadline(sources):
            continue  # what is late for a deadline enters when it is read: see the decision record
        assert shuffled.recorders[name].seen == recorder.seen


@settings(max_examples=20)
@given(st.integers(0, 2**32).map(Random))
def test_windows_equal_a_direct_computation(rng: Random) -> None:
    sources, _, shuffled = logs(rng)

    for of in (COUNT, SETTLED, PROJECTED):
        ticks = {entry[1]: entry for entry in shuffled.recorders[of.name].seen if entry[0] == "tick"}
        for time, sums in expected_ticks(sources, of, shuffled.merge.watermark):
            if not any(sums.values()) and time not in ticks:
                continue
            _, _, scopes, seen = ticks[time][:4]
            for length, expected in sums.items():
                got = {
                    ((int(scope[0]), tuple(scope[1:])), component): value
                    for component in sorted(of.components())
                    for scope, value in zip(scopes, seen[f"{length}/{int(component)}"], strict=True)
                    if value
                }
                assert got == expected


@settings(max_examples=20)
@given(st.integers(0, 2**32).map(Random))
def test_totals_hold_every_cell_the_late_ones_too(rng: Random) -> None:
    sources, _, shuffled = logs(rng)

    expected: dict[tuple[str, Any, int], int] = defaultdict(int)
    for source in sources:
        for _, cells in source.events:
            for cell in cells:
                if cell.component != Component.LATE_BY_DEADLINE:
                    expected[cell.metric.name, cell.scope, cell.component] += cell.value
    got = {
        (reading.metric.name, scope, component): value
        for reading in shuffled.merge.readings()
        for scope, row in zip(reading.total_scopes, reading.totals.tolist(), strict=True)
        for component, value in enumerate(row)
    }
    assert {key: value for key, value in got.items() if value} == {
        key: value for key, value in expected.items() if value
    }


@settings(max_examples=4)
@given(st.integers(0, 2**32).map(Random))
def test_quarters_are_whole_in_order_and_hold_late_cells(rng: Random) -> None:
    sources = event_lists(rng)
    for source in sources:  # what is more than 2 h behind never gets past ingest; 1,000 s is all that is drawn here
        source.events.append((BASE_MS + 6 * HOUR_MS, []))
    worker = run(sources, rng)
    recorder = worker.recorders[COUNT.name]
    cells = [cell for source in sources for _, cells in source.events for cell in cells if cell.metric is COUNT]

    quarters = {entry[1]: entry[2] for entry in recorder.seen if entry[0] == "quarter"}
    assert list(quarters) == sorted(quarters)
    assert all(
        later - earlier == 900_000 for earlier, later in zip(list(quarters)[:-1], list(quarters)[1:], strict=True)
    )
    on_time = [cell for cell in cells if not cell.late]
    if on_time and quarters:
        whole = sum(cell.value for cell in cells if cell.scope == (0, ()) and cell.slot * 10_000 >= min(quarters))
        scopes = worker.merge.readings()[0].scopes
        place = list(scopes).index((0, ()))
        assert sum(counts[0][place] for counts in quarters.values() if len(counts[0]) > place) == whole


@settings(max_examples=4)
@given(st.integers(0, 2**32).map(Random))
def test_history_by_quarters_leads_to_the_same_windows(rng: Random) -> None:
    sources = event_lists(rng)
    evaluate_from = "2026-01-01T03:00:00+00:00"
    from_ms = BASE_MS - 7 * 60_000 + 3 * HOUR_MS
    for source in sources:
        source.events.append((from_ms + 300_000, []))
    stepped = run(sources, None)
    quick = run(sources, rng, evaluate_from)

    for of in (COUNT, SETTLED, PROJECTED):
        full = [entry for entry in stepped.recorders[of.name].seen if entry[0] == "tick" and entry[1] >= from_ms]
        judged = [entry for entry in quick.recorders[of.name].seen if entry[0] == "tick"]
        assert [by_scope(of, entry) for entry in full] == [by_scope(of, entry) for entry in judged]


def late_for_a_deadline(sources: list[Source]) -> bool:
    events = [cells for source in sources for _, cells in source.events]
    return any(cell.late and cell.metric is COHORT for cells in events for cell in cells)


def by_scope(of: Metric, entry: tuple[Any, ...]) -> Any:
    """Sums and last seen of a tick, by the name of the series: joined in another order, they have other ids."""
    _, time, scopes, sums, *_, overdue, last_seen = entry
    columns = [*(sums[name] for name in sorted(sums)), overdue, last_seen]
    return time, {tuple(scope): [column[place] for column in columns] for place, scope in enumerate(scopes)}


def test_the_metrics_of_this_file_are_counted_as_their_cells_say() -> None:
    assert scope_sets(PROJECTED) == (("intent", "region"), ("region",))
    assert component_sets(PROJECTED, Component.DENOMINATOR) == (1,)
    assert scope_sets(COUNT) == ((), ("region",))
