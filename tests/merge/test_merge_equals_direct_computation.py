"""The whole merge against sums computed straight from the events, over random logs, cuts and restarts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from streams.catalogue.load import Catalogue
from streams.catalogue.metric import Component, Direction, Metric, Signal, Term
from streams.catalogue.scopes import component_sets, scope_sets
from streams.cells.record import CellsRecord, MetricCells
from streams.merge.partition import MergePartition
from streams.settings import Settings
from streams.verdicts import Pulse

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from streams.evaluation.window_reader import WindowReader

LATENESS_MS = 30_000
BASE_MS = 1_767_225_600_000 + 7 * 60_000  # a whole minute, inside a quarter of an hour
SOURCES = {"orders": 2, "logistics": 1}
HOUR_MS = 3_600_000


def metric(name: str, signal: Signal, scopes: tuple[tuple[str, ...], ...], **more: Any) -> Metric:
    defaults: dict[str, Any] = {"touchpoint": "order", "unit": "ratio", "direction": Direction.UP}
    defaults |= {"minimum_effect": 0.1, "minimum_exposure": 10, "numerator": (Term(("consultation.opened",)),)}
    return Metric(id=name, name=name, title=name, signal=signal, scopes=scopes, **(defaults | more))


COUNT = metric("counted", Signal.COUNT, ((), ("region",)), windows=(60, 300, 3600))
SETTLED = metric(
    "settled",
    Signal.RATIO,
    ((), ("region",)),
    denominator=(Term(("consultation.opened",)),),
    windows=(60,),
    settle_s=60,
)
PROJECTED = metric(
    "projected",
    Signal.PER_THOUSAND,
    (("intent", "region"),),
    denominator=(Term(("order.paid",)),),
    windows=(120,),
    trailing_s=86_400,
)
COHORT = metric(
    "cohort",
    Signal.COHORT,
    ((), ("region",)),
    numerator=(Term(("order.paid",)),),
    denominator=(Term(("order.paid",)),),
    exposure=(Term(("order.paid",)),),
    windows=(60, 3600),
)
CATALOGUE = Catalogue.of((COUNT, SETTLED, PROJECTED, COHORT))


@dataclass
class Cell:
    metric: Metric
    scope: tuple[int, tuple[str, ...]]
    component: int
    slot: int
    value: int
    late: bool = False


@dataclass
class Source:
    """Ingest in small: on time or late, flushed wherever the test wants."""

    topic: str
    partition: int
    events: list[tuple[int, list[Cell]]]
    read: int = 0
    largest: int = -1
    flushed: list[Cell] = field(default_factory=list)

    def feed(self, count: int) -> None:
        for time, cells in self.events[self.read : self.read + count]:
            late = self.largest >= 0 and time < self.largest - LATENESS_MS
            self.largest = max(self.largest, time)
            for cell in cells:
                cell.late = late
                self.flushed.append(cell)
        self.read += count

    def flush(self) -> CellsRecord:
        by_metric: dict[str, list[Cell]] = defaultdict(list)
        for cell in self.flushed:
            by_metric[cell.metric.key()].append(cell)
        self.flushed = []
        metrics = []
        for key, cells in by_metric.items():
            scopes = sorted({cell.scope for cell in cells})
            metrics.append(
                MetricCells(
                    key,
                    scopes,
                    [scopes.index(cell.scope) for cell in cells],
                    [cell.component for cell in cells],
                    [cell.slot for cell in cells],
                    [int(cell.late) for cell in cells],
                    [cell.value for cell in cells],
                )
            )
        watermark = self.largest - LATENESS_MS if self.largest >= 0 else -1
        return CellsRecord(self.topic, self.partition, self.read, watermark, CATALOGUE.hash, metrics)


class Recorder:
    """An evaluator that writes down all that it is shown."""

    latest = None

    def __init__(self, of: Metric) -> None:
        self.metric = of
        self.seen: list[tuple[Any, ...]] = []

    def tick(self, now_ms: int, windows: WindowReader) -> tuple[list[Any], Pulse]:
        n = windows.series_count
        lengths = {*self.metric.windows, self.metric.trailing_s} - {0}
        components = sorted(int(component) for component in self.metric.components())
        sums = {f"{w}/{c}": windows.sums(c, w).tolist() for w in sorted(lengths) for c in components}
        partners = {str(c): windows.partner(c).tolist() for c in components}
        minutes = [windows.minutes(c, s, 5).tolist() for s in range(min(n, 2)) for c in components]
        scopes = [list(map(str, (number, *values))) for number, values in windows.scopes]
        rest = [partners, minutes, windows.overdue().tolist(), windows.last_seen().tolist()]
        entry = ("tick", now_ms, scopes, sums, *rest)
        self.seen.append(entry)
        return [], Pulse(self.metric.name, 0, 0, 0, 0, 0)

    def close_quarter(self, quarter_start_ms: int, counts: NDArray[np.int64]) -> None:
        self.seen.append(("quarter", quarter_start_ms, counts.tolist()))

    def to_bytes(self) -> bytes:
        return str(len(self.seen)).encode()

    def from_bytes(self, state: bytes) -> None:
        self.seen = self.seen[: int(state)]


class Worker:
    """Merge, with restarts from its snapshots."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.chunks: dict[str, bytes] = {}
        self.recorders: dict[str, Recorder] = {}  # outlive a restart; a restore cuts them back
        self.start()

    def start(self) -> None:
        def evaluator(of: Metric) -> Recorder:
            return self.recorders.setdefault(of.name, Recorder(of))

        self.merge = MergePartition(CATALOGUE, 0, SOURCES, self.settings, evaluator)

    def snapshot(self, full: bool) -> None:
        self.chunks |= dict(self.merge.snapshot(0, full))

    def restart(self) -> None:
        manifest = self.chunks["manifest"]
        self.start()
        self.merge.restore(manifest, self.chunks)


REGIONS = ("zhejiang", "hunan", "")
INTENTS = ("refund", "delivery")


def event_lists(rng: Random) -> list[Source]:
    span = rng.choice([60_000, 600_000, 600_000, 5_400_000])
    sources = []
    for topic, count in SOURCES.items():
        for partition in range(count):
            now = BASE_MS
            events = []
            for _ in range(rng.randint(1, 8)):
                now += rng.randint(0, span // 6)
                back = rng.choice([0, 0, 0, 7_000, 29_000, 90_000, 1_000_000])
                events.append((max(0, now - back), cells_of_event(rng, max(0, now - back))))
            sources.append(Source(topic, partition, events))
    end = max(time for source in sources for time, _ in source.events)
    for source in sources:
        source.events.append((end + 200_000, []))
    return sources


def cells_of_event(rng: Random, time: int) -> list[Cell]:  # noqa: PLR0911 (one return for each kind of event)
    region, intent = rng.choice(REGIONS), rng.choice(INTENTS)
    slot = time // 10_000
    kind = rng.choice(["count", "settled", "contact", "paid", "opened", "closed", "closed late"])
    both: list[tuple[int, tuple[str, ...]]] = [(0, ()), (1, (region,))]
    if kind == "count":
        return [Cell(COUNT, scope, 0, slot, rng.randint(1, 2**40)) for scope in both]
    if kind == "settled":
        at = (time - rng.randint(0, 60_000)) // 10_000
        value = rng.choice([1, -1])
        return [Cell(SETTLED, scope, component, at, value) for scope in both for component in (0, 1)]
    if kind == "contact":
        return [Cell(PROJECTED, (0, (intent, region)), 0, slot, 1)]
    if kind == "paid":
        return [Cell(PROJECTED, (1, (region,)), 1, slot, 1)]
    if kind == "opened":
        return [Cell(COHORT, scope, Component.DENOMINATOR, slot + 360, 1) for scope in both]
    if kind == "closed":
        ahead = rng.randint(0, 720)
        return [Cell(COHORT, scope, Component.NUMERATOR, slot + ahead, 1) for scope in both]
    before = rng.randint(0, 8_640)
    late = [Cell(COHORT, scope, Component.EXPOSURE, slot, 1) for scope in both]
    return late + [Cell(COHORT, scope, Component.LATE_BY_DEADLINE, slot - before, 1) for scope in both]


def run(sources: list[Source], rng: Random | None, evaluate_from: str = "") -> Worker:
    """Without `rng` the simplest way: one event a flush, the sources by turns, steps at once, no restart."""
    worker = Worker(Settings(cells_partitions=1, evaluate_from=evaluate_from))
    for source in sources:
        source.read, source.largest, source.flushed = 0, -1, []
    place = 0
    while left := [source for source in sources if source.read < len(source.events)]:
        if rng is None:
            source = left[place % len(left)]
            source.feed(1)
            worker.merge.apply(source.flush())
            list(worker.merge.advance())
            place += 1
            continue
        source = rng.choice(left)
        source.feed(rng.randint(1, 4))
        worker.merge.apply(source.flush())
        action = rng.choice(["nothing", "advance", "a few", "snapshot", "full", "restart"])
        if action in {"advance", "restart"}:
            list(worker.merge.advance())
        if action == "a few":
            for _ in range(rng.randint(1, 20)):
                worker.merge.step()
        if action in {"snapshot", "full", "restart"}:
            worker.snapshot(action == "full")
        if action == "restart":
            worker.restart()
    list(worker.merge.advance())
    return worker


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


def logs(rng: Random) -> tuple[list[Source], Worker, Worker]:
    sources = event_lists(rng)
    simple = run(sources, None)
    shuffled = run(sources, rng)
    return sources, simple, shuffled


@settings(max_examples=20)
@given(st.integers(0, 2**32).map(Random))
def test_ticks_do_not_depend_on_how_the_log_was_made_cut_or_interrupted(rng: Random) -> None:
    sources, simple, shuffled = logs(rng)

    assert shuffled.merge.watermark == simple.merge.watermark
    event(f"ticks {min(200, len(simple.recorders[COUNT.name].seen)) // 50}")
    for name, recorder in simple.recorders.items():
        if name == COHORT.name and any(cell.late for source in sources for _, cells in source.events for cell in cells):
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


def by_scope(of: Metric, entry: tuple[Any, ...]) -> Any:
    """Sums and last seen of a tick, by the name of the series: joined in another order, they have other ids."""
    _, time, scopes, sums, _, _, overdue, last_seen = entry
    columns = [*(sums[name] for name in sorted(sums)), overdue, last_seen]
    return time, {tuple(scope): [column[place] for column in columns] for place, scope in enumerate(scopes)}


def test_the_metrics_of_this_file_are_counted_as_their_cells_say() -> None:
    assert scope_sets(PROJECTED) == (("intent", "region"), ("region",))
    assert component_sets(PROJECTED, Component.DENOMINATOR) == (1,)
    assert scope_sets(COUNT) == ((), ("region",))
