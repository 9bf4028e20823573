"""One partition of pharos-cells: cells in, ticks with verdicts out. No I/O, no clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.cells.activity import Activity
from streams.cells.assessment import EFFECT_MS
from streams.cells.record import NO_WATERMARK
from streams.evaluation.window_reader import TICK_MS
from streams.merge.assessments import WaitingAssessments
from streams.merge.judged_tick import judged_tick
from streams.merge.lean_names import LeanBook
from streams.merge.lean_snapshot import LeanNamesSnapshot
from streams.merge.metric_snapshot import MetricSnapshot
from streams.merge.metric_state import MetricState
from streams.merge.readings import Reading, reading
from streams.merge.series_table import SeriesBudget
from streams.merge.snapshot import Manifest, Part, SnapshotError, SnapshotReader, SnapshotWriter, pack, read_manifest
from streams.merge.ticks import Ticks, milliseconds
from streams.merge.watermark import Watermarks
from streams.records.verdicts import TickVerdicts
from streams.register.natural_days import NaturalDays
from streams.topics.names import ACTIONS_TOPIC
from streams.topics.placement import cells_partition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from streams.catalogue.load import Catalogue
    from streams.catalogue.metric import Metric
    from streams.cells.record import CellsRecord
    from streams.merge.evaluator import Evaluator
    from streams.records.verdicts import Assessed
    from streams.settings.settings import Settings


class MergePartition:
    """Adds cells into windows and steps through the ticks.

    The same records in the same order give the same ticks and verdicts, however `advance` is called between them and
    wherever a snapshot was taken and restored.

    Args:
        catalogue: its metrics whose key belongs to this partition are kept.
        partition: number of the partition of pharos-cells, out of `settings.cells_partitions`.
        sources: partitions of each source topic; more may be added while it runs.
        settings: cells_partitions, max_series, max_lean_series, timezone and evaluate_from are used.
        evaluator_factory: makes the evaluator of a metric.

    Attributes:
        last_tick: the boundary stepped last, in ms; before the first, what the first follows; None before every source
            has reported.
        activity: when the sources had events.
        unknown_metric: cells skipped because their metric is not ours (another catalogue).
        other_catalogue: records made by another catalogue; their cells are matched by the metric's key.
        assessments: feedback that waits for its tick.
        no_source: topics that are no source and had cells here, which are added although no tick waits for them.

    """

    def __init__(
        self,
        catalogue: Catalogue,
        partition: int,
        sources: Mapping[str, int],
        settings: Settings,
        evaluator_factory: Callable[[Metric], Evaluator],
    ) -> None:
        self.partition = partition
        self.last_tick: int | None = None
        self.activity = Activity()
        self.assessments = WaitingAssessments()
        self.unknown_metric = 0
        self.other_catalogue = 0
        self.no_source: set[str] = set()
        self.budget = SeriesBudget(settings.max_series)
        self.watermarks = Watermarks(sources)
        self._catalogue = catalogue
        self._cells_partitions = settings.cells_partitions
        self.names = LeanBook(settings.max_lean_series)
        natural, scored = NaturalDays(settings.timezone), catalogue.scored_dimensions
        given = self.budget, natural, scored, self.names.of
        self._states = {
            metric.key(): MetricState(metric, evaluator_factory(metric), *given)
            for metric in catalogue.metrics
            if cells_partition(metric.key(), settings.cells_partitions) == partition
        }
        settle_slots = max((state.settle_slots for state in self._states.values()), default=0)
        self._ticks = Ticks(milliseconds(settings.evaluate_from), settle_slots * TICK_MS)
        self._writer = SnapshotWriter()
        self._saved_names = LeanNamesSnapshot(self.names)
        self._savers = {key: MetricSnapshot(f"{key}/", state) for key, state in self._states.items()}

    @property
    def watermark(self) -> int:
        """Event time in ms up to which every source partition has spoken; NO_WATERMARK before each has reported."""
        return self.watermarks.least

    def apply(self, record: CellsRecord) -> None:
        """Adds one record. Records of pharos-cells come in log order."""
        if not self.watermarks.admit(record.topic, record.partition):
            self.no_source.add(record.topic)
        if record.catalogue != self._catalogue.hash:
            self.other_catalogue += 1
        known_ms = record.known_ms
        for cells in record.metrics:
            state = self._states.get(cells.metric)
            if state is None:
                self.unknown_metric += len(cells.value)
            else:
                state.apply(cells, record.watermark, self.watermark, known_ms)
        self.activity.add(self._assumed_busy(record) if record.busy is None else record.busy)
        if record.assessments is not None:
            self.assessments.add(record.assessments)
        # What was read of pharos-actions up to a time acts a minute later, and is complete up to there.
        ahead_ms = EFFECT_MS if record.topic == ACTIONS_TOPIC and record.watermark != NO_WATERMARK else 0
        self.watermarks.promise(record.topic, record.partition, record.watermark + ahead_ms)

    def advance(self) -> Iterator[TickVerdicts]:
        """Steps through the boundaries that the watermark has reached; yields those at which detectors run.

        An iterator that is left early goes on with the next call.
        """
        while self._reached() is not None:
            verdicts = self.step()
            if verdicts is not None:
                yield verdicts

    def step(self) -> TickVerdicts | None:
        """One boundary, if the watermark has reached it; None where it has not, or where nothing is judged yet."""
        return next((verdicts for verdicts in self.pieces_of_step() if verdicts is not None), None)

    def pieces_of_step(self) -> Iterator[TickVerdicts | None]:
        """`step` in pieces, for who has something else to do: after days of silence a step takes many seconds.

        Yields None after each piece, and once the verdicts, if any. Apply, save and step nothing before its end.
        """
        tick = self._reached()
        if tick is None:
            return
        coarse = self._ticks.coarse(tick)
        for state in self._states.values():
            yield from state.step(tick, coarse, self.activity)
        result = None
        if self._ticks.judged(tick):
            header = (self.partition, tick, self._catalogue.hash)
            result = judged_tick(header, self._states.values(), self._assess(tick))
        self.last_tick = tick
        self.activity.forget(tick // TICK_MS)
        yield result

    def _assess(self, tick: int) -> list[Assessed]:
        due = self.assessments.due(tick)
        return [done for state in self._states.values() for done in state.assess(tick, due)] if due else []

    def quiet(self) -> TickVerdicts | None:
        """Says that all is judged up to the watermark, where ticks are far apart for want of events; else None."""
        until = self.watermark // TICK_MS * TICK_MS
        if self.last_tick is None or self.behind or until <= self.last_tick or not self._ticks.judged(until):
            return None
        return TickVerdicts(self.partition, until, self._catalogue.hash, [], quiet=True)

    @property
    def waiting(self) -> int:
        """Cells ahead of the watermark. Deadlines are meant to lie ahead, and do not count."""
        return sum(state.waiting for state in self._states.values() if state.cohort is None)

    @property
    def behind(self) -> bool:
        """Whether the watermark has reached a boundary that has not been stepped yet."""
        return self._reached() is not None

    def readings(self) -> list[Reading]:
        """For the metrics endpoint: one for each metric of this partition."""
        return [reading(state) for state in self._states.values()]

    def snapshot(self, offset: int, full: bool = False) -> Iterator[tuple[str, bytes]]:
        """Yields (chunk name, bytes), at last ("manifest", bytes): without it, the snapshot never was.

        Take it to its end, and apply or step nothing before. An incremental snapshot leans on chunks of
        earlier ones: keep those that `Manifest.chunks` names. If writing fails, ask for a full one next.

        Args:
            offset: of pharos-cells, where reading goes on after a restore.
            full: write everything; also done at the first, after a restore, and after one that was broken off.

        """
        full = self._writer.wants_full(full)

        def manifest(version: int, snapshot: int, parts: dict[str, object]) -> Manifest:
            return Manifest(
                version=version,
                snapshot=snapshot,
                offset=offset,
                catalogue=self._catalogue.hash,
                partition=self.partition,
                cells_partitions=self._cells_partitions,
                sources=self.watermarks.sources,
                parts=parts,  # type: ignore[arg-type] # the writer gives Entry objects
            )

        return self._writer.write(self._parts(full), full, manifest)

    def restore(self, manifest: bytes, chunks: Mapping[str, bytes]) -> int:
        """Takes over a snapshot into this fresh partition; returns the offset to go on from.

        Metrics are matched by key; those of the snapshot that are no longer in the catalogue are left behind, new ones
        start empty. Raises SnapshotError where it belongs to another partition or other partition counts, or where it
        cannot be read: then throw this object away.
        """
        found = read_manifest(manifest)
        self._refuse_other_partitions(found)
        reader = SnapshotReader(found, chunks)
        try:
            self._load(reader)
        except (KeyError, TypeError, IndexError, ValueError) as error:
            if isinstance(error, SnapshotError):
                raise
            raise SnapshotError(f"the snapshot cannot be read ({error!r}): use an older one, or none") from error
        self._writer.resume(found)
        return found.offset

    def _load(self, reader: SnapshotReader) -> None:
        plain, _ = reader.part("partition")
        rows = [(topic, number, watermark) for topic, number, watermark in plain["watermarks"]]
        self.watermarks.load(rows, plain.get("watermark"))
        self.last_tick = plain["last_tick"] if "last_tick" in plain else self._before(plain["next_tick"])
        self.activity = Activity(plain.get("busy") or self._busy_so_far())
        self.assessments.load(plain.get("assessments", {}))
        self.unknown_metric = plain["unknown_metric"]
        self.other_catalogue = plain["other_catalogue"]
        self._saved_names.restore(reader)
        for key, saver in self._savers.items():
            if reader.has(f"{key}/state"):
                saver.restore(reader)
        self.budget.refused = plain["refused"]

    def _reached(self) -> int | None:
        watermark = self.watermark
        if watermark == NO_WATERMARK:
            return None
        if self.last_tick is None:
            first = watermark // TICK_MS * TICK_MS
            dues = [due for state in self._states.values() if (due := state.first_due()) is not None]
            self.last_tick = min([first, *dues]) - 1
        following = self._ticks.next(self.last_tick, self.activity)
        return following if following is not None and following <= watermark else None

    def _assumed_busy(self, record: CellsRecord) -> list[tuple[int, int]]:
        """For a record that does not tell: all that its source has gone through since its last one."""
        if record.watermark == NO_WATERMARK:
            return []
        before = self.watermarks.of_sources().get((record.topic, record.partition), NO_WATERMARK)
        last = record.watermark // TICK_MS
        slots = [slot for cells in record.metrics for slot in cells.slot if slot <= last]
        return [(min([last if before == NO_WATERMARK else before // TICK_MS, *slots]), last)]

    def _before(self, next_tick: int | None) -> int | None:
        """What stands in a snapshot of an older version, as the tick before."""
        return None if next_tick is None else next_tick - 1

    def _busy_so_far(self) -> list[tuple[int, int]]:
        last = self.last_tick
        return [] if last is None else [(last // TICK_MS - 1, max(self.watermark, last) // TICK_MS)]

    def _parts(self, full: bool) -> Iterator[Part]:
        yield Part("partition", True, self._pack)
        yield from self._saved_names.parts(full)
        for saver in self._savers.values():
            yield from saver.parts(full)

    def _pack(self) -> bytes:
        return pack(
            {
                "watermarks": self.watermarks.to_rows(),
                "watermark": self.watermarks.least,
                "last_tick": self.last_tick,
                "busy": self.activity.spans,
                "assessments": self.assessments.to_plain(),
                "unknown_metric": self.unknown_metric,
                "other_catalogue": self.other_catalogue,
                "refused": self.budget.refused,
            }
        )

    def _refuse_other_partitions(self, found: Manifest) -> None:
        mine = (self.partition, self._cells_partitions)
        if (found.partition, found.cells_partitions) != mine:
            raise SnapshotError(
                f"the snapshot is of cells partition {found.partition} of {found.cells_partitions}, this is {mine[0]} "
                f"of {mine[1]}: the number of cells partitions is fixed; set cells_partitions back, or start with an "
                "empty state"
            )
        have = {topic: count for topic, count in self.watermarks.sources.items() if topic in found.sources}
        if any(found.sources[topic] > count for topic, count in have.items()):
            raise SnapshotError(
                f"the snapshot was made with source partitions {found.sources}, now they are {have}: partitions can "
                "only be added; make the topic with as many as before, or start with an empty state"
            )
