"""One metric of a cells partition: its series, its cells that wait, its windows, its evaluator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streams.catalogue.lean import lean_places
from streams.catalogue.provisional import final_after_s, opened_within_s
from streams.catalogue.signals import CellKind
from streams.cells.lead import PLACES
from streams.cells.record import SLOT_MS
from streams.cells.sums import latest, summed
from streams.merge.ahead import Ahead
from streams.merge.cohort import Cohort
from streams.merge.intake import Intake
from streams.merge.lean_intake import LeanIntake
from streams.merge.lean_series import LeanSeries
from streams.merge.open_cases import Leads, OpenCases
from streams.merge.provisional import MINUTE_MS, Provisional
from streams.merge.quarters import Quarters
from streams.merge.series_table import SeriesTable, table_width
from streams.merge.shown_windows import ShownWindows
from streams.merge.skipped import Skipped
from streams.merge.told_days import ToldDays
from streams.merge.totals import Totals
from streams.merge.windows import QUARTER_SLOTS, Windows
from streams.records.scope import fingerprint
from streams.records.verdicts import SoFar

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from streams.catalogue.metric import Metric
    from streams.cells.activity import Activity
    from streams.cells.assessment import Assessment
    from streams.cells.record import MetricCells
    from streams.merge.ahead import Due, Ints
    from streams.merge.evaluator import Evaluator
    from streams.merge.lean_names import LeanNames
    from streams.merge.series_table import SeriesBudget
    from streams.records.day_figures import DayFigures
    from streams.records.verdicts import Assessed, Pulse, Verdict
    from streams.register.natural_days import NaturalDays

    NamesByDimensions = Callable[[tuple[str, ...]], LeanNames]


class MetricState:
    """Takes in cells in log order, and goes on from tick to tick.

    Args:
        metric: the catalogue entry.
        evaluator: of this metric.
        budget: the cap on series, shared by the metrics of the partition.
        natural: the days of the shop.
        scored: by metric the dimensions whose values are scored, beside the whole.
        names: gives the names of a set of dimensions, shared by the lean scopes of the partition.

    Attributes:
        shown: what a tick may see, as a `WindowReader`.
        told: the natural days of a metric with windows that are told; else None.
        lean: the series of its lean scopes, by number of the scope set.

    """

    def __init__(
        self,
        metric: Metric,
        evaluator: Evaluator,
        budget: SeriesBudget,
        natural: NaturalDays,
        scored: Mapping[str, Collection[str]],
        names: NamesByDimensions,
    ) -> None:
        self.metric = metric
        self.evaluator = evaluator
        cells = metric.traits.cells
        gauge, deadlines, leads = (cells is kind for kind in (CellKind.LATEST, CellKind.DEADLINES, CellKind.LEADS))
        shown = max(table_width(metric), 3 if deadlines else 1)
        self.width = PLACES if leads else shown
        self.settle_slots = -(-metric.settle_s * 1000 // SLOT_MS)
        lean_names = {place: names(metric.scopes[place]) for place in lean_places(metric)}
        kept = 2 if metric.traits.of_cases else 1
        self.lean = {place: LeanSeries(each, natural, kept) for place, each in lean_names.items()}
        self.table = SeriesTable(metric, budget, lean_names)
        self.ahead = Ahead(merged=latest if gauge else summed)
        judged = (*metric.windows, metric.trailing_s) if metric.judged else ()
        lengths = {*judged, SLOT_MS // 1000} - {0}
        self.windows = Windows(shown, lengths)
        self.told = ToldDays(metric, natural, scored.get(metric.name, ())) if metric.told else None
        self.quarters = Quarters()
        self.cohort = Cohort() if deadlines else None
        self.open_cases = OpenCases() if leads else None
        self.provisional = Provisional(metric, self.ahead, self.width) if opened_within_s(metric) else None
        self.skipped = Skipped()
        self.started = False
        self.totals = Totals(shown)
        self.shown = ShownWindows(self.table, self.windows, self.cohort, gauge=gauge)
        self._intake = Intake(
            self.settle_slots,
            self.table,
            self.ahead,
            self.quarters,
            self.cohort,
            self.totals,
            self.skipped,
            additive=metric.traits.additive,
            width=self.width,
            leads=leads,
            provisional=self.provisional,
            lean=LeanIntake(self.lean, self.skipped, deadlines=deadlines) if self.lean else None,
        )

    def apply(self, cells: MetricCells, source_watermark: int, watermark: int, known_ms: int = -1) -> None:
        """Adds the cells of one record: see `Intake.apply`."""
        self._intake.apply(cells, source_watermark, watermark, known_ms)

    def first_due(self) -> int | None:
        """The tick in ms at which the first waiting cell is judged."""
        first = self.ahead.first_slot()
        return None if first is None else (first + 1 + self.settle_slots) * SLOT_MS

    def step(self, tick_ms: int, coarse: bool, activity: Activity) -> Iterator[None]:
        """Goes on to a tick: enters the slots that are final, closes quarters. Ticks come in order.

        Yields after each quarter, because days of them may close at once; apply nothing before the end.
        """
        if self.provisional is not None and tick_ms % MINUTE_MS == 0:
            self.provisional.go_on(tick_ms)
        frontier = tick_ms // SLOT_MS - self.settle_slots
        for lean in self.lean.values():
            lean.step(frontier)
        if not self._has_started(frontier):
            return
        due = self.ahead.take(frontier)
        log_id, component = np.divmod(due.key, self.width)
        slot, series, value = due.slot, self._reach(log_id), due.value
        if self.cohort is not None and slot.size:
            self.cohort.enter(slot, component, log_id, series, value)
        if self.open_cases is not None:
            leads = Leads(slot, component, series, value)
            slot, component, series, value = self.open_cases.go_on(frontier, leads, self.table.whole)
        enter = self.windows.enter_quarters if coarse else self.windows.enter_slots
        enter(frontier, slot, component, series, value)
        self._tell(frontier, slot, component, series, value)
        for quarter, late in self.quarters.due(frontier, activity):
            yield from self._close(quarter, late)
        if self.cohort is not None:
            self._expire(self.cohort, frontier)

    def _tell(self, frontier: int, slot: Ints, component: Ints, series: Ints, value: Ints) -> None:
        if self.told is not None:
            self.told.go_on(frontier)
            self.told.add(slot, component, series, value, self.table.whole)

    def _has_started(self, frontier: int) -> bool:
        """Whether there was a cell before a frontier; with the first one everything begins."""
        if self.started:
            return True
        first = self.ahead.first_slot()
        if first is None or first >= frontier:
            return False
        self.started = True
        self.windows.frontier = first
        self.quarters.start(first)
        if self.cohort is not None:
            self.cohort.began = first + final_after_s(self.metric) * 1000 // SLOT_MS
        if self.open_cases is not None:
            self.open_cases.start(first)
        return True

    def assess(self, tick_ms: int, due: Mapping[str, Sequence[Assessment]]) -> Iterator[Assessed]:
        """Lets feedback act on the series whose fingerprints are named; what it changed."""
        if not self.table.scopes or not self.metric.judged:
            return
        metric, sets = self.metric, self.metric.scopes
        for series, (place, values) in enumerate(self.shown.scopes):
            if place >= len(sets):
                continue
            scope = dict(zip(sets[place], values, strict=True))
            for assessment in due.get(fingerprint(metric.name, metric.touchpoint, scope), ()):
                yield self.evaluator.assess(tick_ms, self.shown, series, assessment)

    def judge(self, tick_ms: int) -> tuple[list[Verdict], Pulse] | None:
        """What the evaluator says at a tick; None before the metric has a series, or where nobody judges it."""
        if not self.table.scopes or not self.metric.judged:
            return None
        verdicts, pulse = self.evaluator.tick(tick_ms, self.shown)
        if self.lean:
            verdicts = [*verdicts, *self.evaluator.tick_lean(tick_ms, self.lean)]
        return verdicts, pulse

    def so_far(self, tick_ms: int) -> Iterator[SoFar]:
        """Of the whole, once a minute; nothing where it has no provisional values."""
        if self.provisional is None or tick_ms % MINUTE_MS:
            return
        shares = self.provisional.look(tick_ms, self.table.log_scopes)
        whole = next((log_id for log_id, (_, values) in enumerate(shares.scopes) if not values), None)
        if whole is None or np.isnan(shares.cases[whole]):
            yield SoFar(self.metric.name)
        else:
            yield SoFar(self.metric.name, float(shares.share[whole]), int(shares.cases[whole]))

    def figures(self, tick_ms: int) -> Iterator[DayFigures]:
        """Of the windows that are told, every five minutes."""
        if self.told is not None:
            yield from self.told.told(tick_ms, self.shown)

    def _close(self, quarter: int, late: Due) -> Iterator[None]:
        current = late.slot == quarter  # older ones lie before the first whole quarter
        self.skipped.missed += int(np.count_nonzero(~current))
        log_id, component = np.divmod(late.key[current], self.width)
        series = self._reach(log_id)
        counts = self.windows.quarter(quarter)
        if self.open_cases is not None:
            slots = late.slot[current] * QUARTER_SLOTS
            self.open_cases.enter_late(quarter * QUARTER_SLOTS, Leads(slots, component, series, late.value[current]))
        else:
            counts[component, series] += late.value[current]
        if self.told is not None:
            slots = late.slot[current] * QUARTER_SLOTS
            self.told.add(slots, component, series, late.value[current], self.table.whole)
        if self.cohort is not None and series.size:
            self.cohort.enter(late.slot[current] * QUARTER_SLOTS, component, log_id, series, late.value[current])
        if not self.metric.judged:
            return
        counts = counts[:, : self.shown.series_count]
        for number in self.table.supplied:
            partner = self.table.partner(number)
            counts[number] = np.where(partner >= 0, counts[number][partner], 0)
        start_ms = quarter * QUARTER_SLOTS * SLOT_MS
        for silent_ms in self.evaluator.silent_before(start_ms):
            self.evaluator.close_quarter(silent_ms, np.zeros_like(counts), self.shown)
            yield
        self.evaluator.close_quarter(start_ms, counts, self.shown)
        yield

    def _expire(self, cohort: Cohort, frontier: int) -> None:
        gone = cohort.expiry.take(frontier + 1)
        if gone.key.size:
            scopes = self.table.log_scopes
            whole = np.array([not scopes[log_id][1] for log_id in gone.key.tolist()])  # each deadline once
            cohort.expired += int(gone.value[whole & (gone.value > 0)].sum())
            self.skipped.negative += int(np.count_nonzero(gone.value < 0))
            series = self._reach(gone.key)
            np.subtract.at(cohort.overdue, series, gone.value)

    def _reach(self, log_id: Ints) -> Ints:
        if not log_id.size:
            return log_id
        series = self.table.reach(log_id)
        self.windows.reserve(self.shown.series_count)
        if self.cohort is not None:
            self.cohort.reserve(self.windows.capacity)
        if self.open_cases is not None:
            self.open_cases.reserve(self.shown.series_count)
        return series

    @property
    def waiting(self) -> int:
        """Cells ahead of the ticks, marks among them."""
        return len(self.ahead)

    @property
    def dropped(self) -> int:
        """What was more than the stores hold."""
        dropped = self.ahead.dropped + self.quarters.late.dropped
        if self.cohort is not None:
            dropped += self.cohort.expiry.dropped
        if self.open_cases is not None:
            dropped += self.open_cases.further.dropped
        return dropped
