"""A whole run without a broker: the ingest, merge, evaluation and incident code of the live system, in one loop."""

from __future__ import annotations

import secrets
import sys
import time
from typing import IO, TYPE_CHECKING, Any, NamedTuple, TextIO
from zoneinfo import ZoneInfo

from msgspec import to_builtins

from streams.alerts.decide.dispatch import Dispatch
from streams.alerts.decide.routes import Routes
from streams.alerts.words.message import Titles, listed
from streams.cells.record import NO_WATERMARK
from streams.events.customer import CustomerKey
from streams.incidents.desk import IncidentDesk
from streams.ingest.assessments import AssessmentIngest
from streams.ingest.idle_promise import idle_watermark
from streams.ingest.outcome import Outcome
from streams.ingest.partition import IngestPartition
from streams.mapping.book import Mappings
from streams.merge.ticks import milliseconds
from streams.offline.dead_letter_reasons import DeadLetterReasons
from streams.offline.merge_side import MergeSide
from streams.offline.minutes import Minutes
from streams.offline.report import final_anomalies, score
from streams.offline.scenario import for_scenario
from streams.offline.single_events import SingleEventTally
from streams.offline.source_feed import SourceFeed
from streams.records.instant import rfc3339
from streams.register.maintenance import windows_of
from streams.register.muting import Muting
from streams.register.service_time import ServiceTime
from streams.register.silences import SilenceBook
from streams.topics.names import ACTIONS_TOPIC
from streams.topics.sources import sources_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from streams.alerts.words.message import Notification
    from streams.catalogue.load import Catalogue
    from streams.offline.events_file import Line
    from streams.records.anomaly import Transition
    from streams.records.score import Score
    from streams.settings.settings import Settings

SLICE_MS = 10_000  # of ingest time, as replay sends
PORTION_MS = 60_000  # of cells: however the log is cut, ticks see the same
HISTORY_PORTION_MS = 900_000  # before detectors run
WARM_MS = 3 * 3_600_000  # the merge steps finely through the last two hours before detectors run: so do we, and more


class Backtest:
    """Feeds records in the order of ingest; `transitions` grows as ticks are decided.

    Cells are handed on once a minute, or after every slice where it is to be known what /metrics said; in the history
    every 15 minutes. Cells are sums, ticks wait for the watermarks that come with them, and what a record is
    (duplicate, late, on which plane) is decided per source partition by the same records and the same promises in the
    same order, whenever its cells are handed on.

    Args:
        settings: as the scenario wants them: see `for_scenario`.
        partitions: by source topic, or of each.
        minutes: an empty file, where it is to be known afterwards what /metrics said at each minute.

    Attributes:
        settings: as given.
        dead_letters: why there are any.
        minutes: what /metrics said; None where nobody asked.
        single_events: what rules would have asked for.
        scores: the last of each scorecard and part.

    """

    def __init__(
        self,
        catalogue: Catalogue,
        settings: Settings,
        partitions: int | Mapping[str, int],
        minutes: IO[bytes] | None = None,
    ) -> None:
        self.transitions: list[Transition] = []
        self.scores: dict[str, Score] = {}
        self.clock_ms = NO_WATERMARK
        self.from_ms: int | None = None
        self._catalogue = catalogue
        self.settings = settings
        self._lateness_ms = round(settings.lateness_s * 1000)
        self._fine_from_ms = milliseconds(settings.evaluate_from) - WARM_MS
        self.dead_letters = DeadLetterReasons()
        if isinstance(partitions, int):
            partitions = {source.name: partitions for source in sources_of(settings, catalogue.vocabulary)}
        self._partitions = {ACTIONS_TOPIC: 1} | dict(partitions)
        # No customer is to be recognised beyond this run.
        self._customers = CustomerKey(secrets.token_bytes(32))
        self._service = ServiceTime.of(settings)
        self._mappers = Mappings.of(
            settings.mappings, catalogue.vocabulary, self._customers, settings.timezone
        ).by_topic
        self.single_events = SingleEventTally(settings.on, catalogue.vocabulary)
        self._sources = {
            (topic, number): SourceFeed(self._ingest(catalogue, topic, number), self.dead_letters)
            for topic, count in self._partitions.items()
            for number in range(count)
        }
        self._merge_side = MergeSide(catalogue, settings, self._partitions)
        self._merges = self._merge_side.merges
        self._desk = IncidentDesk(catalogue, settings.cells_partitions, settings)
        of_cases = self._merge_side.case_readings if catalogue.has_cases else None
        self.minutes = None if minutes is None else Minutes(self._merges, minutes, of_cases)
        self._portion_ms = PORTION_MS if minutes is None else SLICE_MS
        self._slice = -1
        self._handed_on_ms = 0
        self._last_promise = NO_WATERMARK

    def add(self, line: Line) -> None:
        """One record; its time of ingest moves the clock on."""
        number = line.at_ms // SLICE_MS
        if number > self._slice:
            self._end_slice(number)
        source = self._sources[line.topic, line.partition(self._partitions[line.topic])]
        if source.last_slice < self._slice - 1 and self._last_promise > NO_WATERMARK:
            source.promise(self._last_promise)
        source.last_slice = self._slice
        source.add(line)
        self.clock_ms = max(self.clock_ms, line.at_ms)

    def finish(self) -> None:
        """All that is decided by the time of the last record, without waiting for the lateness."""
        self._speak()
        for source in self._sources.values():
            source.promise(self.clock_ms)
        self._hand_on()

    def outcomes(self) -> dict[Outcome, int]:
        """Records by outcome, over all topics."""
        ingests = [source.ingest for source in self._sources.values()]
        return {outcome: sum(ingest.outcomes.get(outcome, 0) for ingest in ingests) for outcome in Outcome}

    def long_values(self) -> dict[str, dict[str, int]]:
        """How many values were cut, by topic and dimension; only those that had any."""
        found: dict[str, dict[str, int]] = {}
        for (topic, _), source in self._sources.items():
            for dimension, count in source.ingest.long_values.items():
                of_topic = found.setdefault(topic, {})
                of_topic[dimension] = of_topic.get(dimension, 0) + count
        return found

    def notifications(self) -> list[Notification]:
        """What a worker would have sent that keeps up with the events: none is held because it is old."""
        zone = ZoneInfo(self.settings.timezone)
        dispatch = Dispatch(
            Titles.of(self._catalogue.spoken_of, self.settings),
            zone,
            muting=Muting(SilenceBook(), windows_of(self.settings.maintenance, zone)),
            routes=Routes.of(self.settings.routes, zone),
        )
        handled = (dispatch.handle(transition, transition.time) for transition in self.transitions)
        return [notification for _, notification in handled if notification is not None]

    def _ingest(self, catalogue: Catalogue, topic: str, number: int) -> IngestPartition | AssessmentIngest:
        if topic == ACTIONS_TOPIC:
            return AssessmentIngest(catalogue.hash, topic, number)
        return IngestPartition(
            catalogue,
            topic,
            number,
            dedup_records=self.settings.dedup_records,
            lateness_ms=self._lateness_ms,
            late_limit_ms=self.settings.late_limit_s * 1000,
            future_limit_ms=self.settings.future_limit_s * 1000,
            mapper=self._mappers.get(topic),
            customers=self._customers,
            service=self._service.after,
            selection=self.single_events.selection(topic),
        )

    def _end_slice(self, following: int) -> None:
        """The slice that ends is over for all: those that had nothing in it are idle and promise."""
        if self._slice >= 0:
            self._last_promise = max(self._last_promise, idle_watermark(self.clock_ms, self._lateness_ms))
            now = following * SLICE_MS
            judged = now >= self._fine_from_ms
            due = now - self._handed_on_ms >= (self._portion_ms if judged else HISTORY_PORTION_MS)
            if judged or due:
                self._speak()
            if due:
                self._hand_on()
                self._handed_on_ms = now
        self._slice = following

    def _speak(self) -> None:
        """Feeds what waits; sources that have nothing to say promise."""
        for source in self._sources.values():
            moved = source.feed()
            if self._last_promise > NO_WATERMARK and (source.last_slice < self._slice or not moved):
                source.promise(self._last_promise)

    def _hand_on(self) -> None:
        for source in self._sources.values():
            if source.ingest.has_news:
                flush = source.ingest.take_flush(self.settings.cells_partitions)
                self._merge_side.apply(flush)
                self.single_events.take(flush.single_events)
                if self.minutes is not None:
                    self.minutes.flushed(source.ingest.topic, flush)
        self._merge_side.decide_cases()
        for merge in self._merges:
            for verdicts in merge.advance():
                if self.minutes is not None:
                    self.minutes.judged(merge, verdicts.time)
                self.transitions += self._desk.deliver(verdicts)
                self.scores |= {score.key: score for score in self._desk.take_scores()}
                if self.minutes is not None:
                    self.minutes.handled(self._desk.handled)


class Played(NamedTuple):
    """A run that is over: what it said, and report.json (docs/connect.md)."""

    run: Backtest
    report: dict[str, Any]


def play(
    lines: Iterable[Line],
    scenario: Mapping[str, Any],
    settings: Settings,
    catalogue: Catalogue,
    *,
    partitions: int | Mapping[str, int] = 4,
    truth: Sequence[Mapping[str, Any]] | None = None,
    progress: TextIO | None = sys.stderr,
    minutes: IO[bytes] | None = None,
) -> Played:
    """Runs an events file.

    Args:
        lines: records in the order of ingest.
        scenario: the object of the file's first line; {} where there is none.
        settings: lateness, limits, cells_partitions; the scenario's own settings win.
        catalogue: the metrics.
        partitions: by source topic, or of each.
        truth: of truth.json; adds recall, precision, time_to_detect_s, false_alarms_per_day.
        progress: where to tell how far it is, once a second; None for nowhere.
        minutes: see `Backtest`.

    """
    wall, cpu = time.perf_counter(), time.process_time()
    settings = for_scenario(settings, scenario)
    run = Backtest(catalogue, settings, partitions, minutes)
    first_ms, reported_at = None, wall
    for number, line in enumerate(lines, 1):
        if first_ms is None:
            first_ms = line.at_ms
        run.add(line)
        if progress is not None and number % 20_000 == 0 and time.perf_counter() - reported_at >= 1:
            reported_at = time.perf_counter()
            progress.write(f"\r{number:,} records, {rfc3339(run.clock_ms)}, {len(run.transitions)} transitions ")
            progress.flush()
    run.finish()
    if progress is not None:
        progress.write("\n")
    if first_ms is None:
        first_ms = run.clock_ms = 0
    outcomes = run.outcomes()
    anomalies = final_anomalies(run.transitions)
    report: dict[str, Any] = {
        "from": rfc3339(first_ms),
        "to": rfc3339(run.clock_ms),
        "events_read": sum(outcomes.values()),
        "events_counted": outcomes[Outcome.COUNTED],
        "duplicates": outcomes[Outcome.DUPLICATE],
        "dead_letters": outcomes[Outcome.DEAD_LETTER],
        "dead_letter_reasons": run.dead_letters.listed(),
        "late": outcomes[Outcome.LATE],
        "ignored": outcomes[Outcome.IGNORED],
        "long_values": run.long_values(),
        "wall_seconds": round(time.perf_counter() - wall, 3),
        "cpu_seconds": round(time.process_time() - cpu, 3),
        "anomalies": anomalies,
        "notifications": [listed(notification) for notification in run.notifications()],
    }
    if catalogue.scorecards:
        report["scores"] = [to_builtins(run.scores[key]) for key in sorted(run.scores)]
    if settings.on:
        report["single_events"] = run.single_events.listed()
    if truth is not None:
        report |= score(anomalies, truth, settings.evaluate_from or report["from"], report["to"])
    return Played(run, report)


def backtest(
    lines: Iterable[Line], scenario: Mapping[str, Any], settings: Settings, catalogue: Catalogue, **options: Any
) -> dict[str, Any]:
    """The report alone; see `play` for what it takes."""
    return play(lines, scenario, settings, catalogue, **options).report
