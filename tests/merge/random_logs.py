"""Random logs of cells, and the merge driven by them: cut, interleaved and restarted at random."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from streams.catalogue.load import Catalogue
from streams.catalogue.metric import Component, Direction, Metric
from streams.catalogue.term import Term
from streams.cells.record import CellsRecord, MetricCells
from streams.merge.partition import MergePartition
from streams.records.verdicts import Pulse
from streams.settings.settings import Settings

if TYPE_CHECKING:
    from random import Random

    import numpy as np
    from numpy.typing import NDArray

    from streams.evaluation.window_reader import WindowReader

LATENESS_MS = 30_000
BASE_MS = 1_767_225_600_000 + 7 * 60_000  # a whole minute, inside a quarter of an hour
SOURCES = {"orders": 2, "logistics": 1}
HOUR_MS = 3_600_000


def metric(name: str, signal: str, scopes: tuple[tuple[str, ...], ...], **more: Any) -> Metric:
    defaults: dict[str, Any] = {"touchpoint": "order", "unit": "ratio", "direction": Direction.UP}
    defaults |= {"minimum_effect": 0.1, "minimum_exposure": 10, "numerator": (Term(("consultation.opened",)),)}
    return Metric(id=name, name=name, title=name, signal=signal, scopes=scopes, **(defaults | more))


MONTH = (2_592_000,)
COUNT = metric("counted", "count", ((), ("region",)), windows=(60, 300, 3600), told=MONTH)
SETTLED = metric(
    "settled",
    "ratio",
    ((), ("region",)),
    denominator=(Term(("consultation.opened",)),),
    windows=(60,),
    settle_s=60,
    told=MONTH,
)
PROJECTED = metric(
    "projected",
    "per_thousand",
    (("intent", "region"),),
    denominator=(Term(("order.paid",)),),
    windows=(120,),
    trailing_s=86_400,
)
COHORT = metric(
    "cohort",
    "cohort",
    ((), ("region",)),
    numerator=(Term(("order.paid",)),),
    denominator=(Term(("order.paid",)),),
    exposure=(Term(("order.paid",)),),
    windows=(60, 3600),
    told=MONTH,
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
        slots = [windows.slots(c, s, 4).tolist() for s in range(min(n, 2)) for c in components]
        rest = [partners, minutes, slots, windows.overdue().tolist(), windows.last_seen().tolist()]
        entry = ("tick", now_ms, scopes, sums, *rest)
        self.seen.append(entry)
        return [], Pulse(self.metric.name, 0, 0, 0, 0, 0)

    def silent_before(self, quarter_start_ms: int) -> range:
        return range(0)

    def close_quarter(self, quarter_start_ms: int, counts: NDArray[np.int64], windows: WindowReader) -> None:
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


ZONE = "Atlantic/Azores"  # an hour behind: midnight is 53 minutes after BASE_MS


def run(sources: list[Source], rng: Random | None, evaluate_from: str = "") -> Worker:
    """Without `rng` the simplest way: one event a flush, the sources by turns, steps at once, no restart."""
    worker = Worker(Settings(cells_partitions=1, evaluate_from=evaluate_from, timezone=ZONE))
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


def logs(rng: Random) -> tuple[list[Source], Worker, Worker]:
    sources = event_lists(rng)
    simple = run(sources, None)
    shuffled = run(sources, rng)
    return sources, simple, shuffled
