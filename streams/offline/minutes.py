"""What /metrics would have said at each minute of event time, noted down while a backtest runs."""

from __future__ import annotations

from array import array
from collections import Counter
from typing import IO, TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry
from prometheus_client.utils import floatToGoString

from streams.offline.minute_frames import MinuteFrames
from streams.telemetry.case_metrics import LAG
from streams.telemetry.metrics import PipelineMetrics
from streams.web.case_readings import CaseCollector
from streams.web.merge_readings import MergeCollector, judged
from streams.web.metric_families import PROVISIONALS, STAFFING
from streams.web.provisional_readings import provisional
from streams.web.series_labels import escaped
from streams.web.staffing_readings import staffing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from prometheus_client import Metric
    from prometheus_client.samples import Sample

    from streams.cases.readings import CasesReading
    from streams.ingest.flush import Flush
    from streams.merge.partition import MergePartition
    from streams.web.exposition import Labelled

MINUTE_MS: Final = 60_000
_LONGEST_GAP: Final = 60  # minutes; after an hour without a tick nothing is known any more
# What a run without a broker, a wall clock and receivers knows of its own pipeline.
_PIPELINE: Final = (
    "pharos_records",
    "pharos_dead_letters",
    "pharos_long_values",
    "pharos_watermark_seconds",
    "pharos_cells",
    "pharos_series",
)
_CREATED: Final = "_created"  # a moment of the wall clock: another one in each run


class Steps:
    """One number that changes seldom.

    Attributes:
        name: of the series, with its labels.
        at: the minutes (ms) at which it changed.
        texts: to what, as it is written.

    """

    __slots__ = ("at", "last", "name", "texts")

    def __init__(self, name: str) -> None:
        self.name = name
        self.at = array("q")
        self.texts: list[str] = []
        self.last: float | None = None

    def step(self, minute: int, number: float) -> None:
        if number != self.last:
            self.last = number
            self.at.append(minute)
            self.texts.append(floatToGoString(number))  # type: ignore[no-untyped-call]  # has no annotations


class Minutes:
    """Follows a backtest; asked of by `OpenMetrics` and by the page of a run.

    Where ticks are more than a minute apart, because no source has events, what was said last stands for an hour.

    Args:
        merges: all of the run.
        file: empty, for `MinuteFrames`.
        cases: readings by partition of pharos-cases; None where the catalogue has no cases.

    Attributes:
        frames: every series of the catalogue.
        provisional: the same of values that are not final yet.
        staffing: the same of what queues need.
        minutes: of the pipeline's own numbers, in ms.
        families: of those, by name: HELP and TYPE, and the steps of each series.

    """

    def __init__(
        self,
        merges: Sequence[MergePartition],
        file: IO[bytes],
        cases: Callable[[], Mapping[int, CasesReading]] | None = None,
    ) -> None:
        self.frames = MinuteFrames(file)
        self.provisional = MinuteFrames(file, tuple(column.name for column in PROVISIONALS))
        self.staffing = MinuteFrames(file, tuple(column.name for column in STAFFING))
        self.minutes = array("q")
        self.families: dict[str, tuple[str, dict[tuple[str, ...], Steps]]] = {}
        self._merges = merges
        self._last = [0] * len(merges)
        self._registry = CollectorRegistry()
        self._metrics = PipelineMetrics(self._registry, lambda: 0.0)
        self._collector = MergeCollector(lambda: [reading for merge in merges for reading in merge.readings()])
        self._without_case: Counter[tuple[str, str]] = Counter()
        self._cases = None if cases is None else CaseCollector(cases, lambda: self._without_case, lambda: 0.0)
        self._topics: set[str] = set()

    def flushed(self, topic: str, flush: Flush) -> None:
        """Cells of a source partition were handed on, or only a promise."""
        if topic in self._topics and not any(flush.outcomes.values()):
            return
        self._topics.add(topic)
        for outcome, count in flush.outcomes.items():
            self._metrics.records(topic, outcome.value, count)
        for letter in flush.dead_letters:
            self._metrics.dead_letter(topic, letter.reason)
        for dimension, count in flush.long_values.items():
            self._metrics.long_values(topic, dimension, count)
        self._without_case.update(flush.without_case)
        self._metrics.cells(topic, sum(len(c.value) for record in flush.records.values() for c in record.metrics))

    def judged(self, merge: MergePartition, tick: int) -> None:
        """A partition stands at a tick at which detectors ran."""
        missed = _between(self._last[merge.partition], tick)
        for minute in missed:
            for frames in (self.frames, self.provisional, self.staffing):
                for reading in merge.readings():
                    frames.again(minute, reading.metric.name)
        if tick % MINUTE_MS == 0:
            readings = merge.readings()
            told: Iterable[tuple[MinuteFrames, Iterable[Labelled]]] = (
                (self.frames, judged(readings)),
                (self.provisional, provisional(readings)),
                (self.staffing, staffing(readings)),
            )
            for frames, found in told:
                for labelled in found:
                    frames.add(tick, labelled)
        if missed or tick % MINUTE_MS == 0:
            self._last[merge.partition] = tick // MINUTE_MS * MINUTE_MS

    def handled(self, tick: int) -> None:
        """All partitions, and the incident desk, stand at a tick or behind the next one."""
        last = self.minutes[-1] if self.minutes else 0
        due = [*_between(last, tick), *([tick] if tick % MINUTE_MS == 0 and tick > last else [])]
        if due:
            self._note(due[-1])
            self.minutes.extend(due)

    def _note(self, minute: int) -> None:
        for merge in self._merges:
            self._metrics.watermark(merge.partition, merge.watermark)
            self._metrics.series(merge.partition, merge.budget.used)
        for family in self._families():
            _, series = self.families.setdefault(family.name, (_head(family), {}))
            for sample in family.samples:
                if not sample.name.endswith(_CREATED):
                    key = (sample.name, *sample.labels.values())
                    steps = series.get(key)
                    if steps is None:
                        steps = series[key] = Steps(_series(sample))
                    steps.step(minute, sample.value)

    def _families(self) -> Iterator[Metric]:
        yield from (family for family in self._registry.collect() if family.name in _PIPELINE)
        yield from self._collector.collect()
        if self._cases is not None:  # how late they are decided is a matter of the wall clock
            yield from (family for family in self._cases.collect() if family.name != LAG)


def _head(family: Metric) -> str:
    return f"# HELP {family.name} {escaped(family.documentation)}\n# TYPE {family.name} {family.type}\n"


def _series(sample: Sample) -> str:
    labels = ",".join(f'{name}="{escaped(text)}"' for name, text in sorted(sample.labels.items()))
    return f"{sample.name}{{{labels}}}" if labels else sample.name


def _between(last: int, tick: int) -> range:
    """The whole minutes after one and before the other, if something is known of them."""
    first = last + MINUTE_MS
    if last == 0 or tick - last > _LONGEST_GAP * MINUTE_MS:
        return range(0)
    return range(first, tick, MINUTE_MS)
