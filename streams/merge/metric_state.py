"""One metric of a cells partition: its series, its cells that wait, its windows, its evaluator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from streams.catalogue.metric import Component
from streams.catalogue.signals import CellKind
from streams.cells.gauge import values_of
from streams.cells.mark import LEAST_MARK
from streams.merge.ahead import Ahead, latest, summed
from streams.merge.cohort import Cohort, deadline_slot, expiry_slot
from streams.merge.quarters import CLOSING_SLOTS, Quarters
from streams.merge.recurrence import Recurrence
from streams.merge.series_table import SeriesTable, table_width
from streams.merge.waiting_marks import Marks
from streams.merge.windows import QUARTER_SLOTS, SLOT_MS, Windows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from streams.catalogue.metric import Metric
    from streams.cells.activity import Activity
    from streams.cells.record import MetricCells
    from streams.merge.ahead import Due, Ints
    from streams.merge.evaluator import Evaluator
    from streams.merge.recurrence import Repeats
    from streams.merge.series_table import Scope, SeriesBudget
    from streams.verdicts import Pulse, Verdict

_FURTHEST_SLOTS = 60 * 8_640  # a deadline further ahead is a mistake in the data
_REJOIN_SLOTS = 1_080  # 3 h: so far ahead, a late record is in time for its deadline


class Skipped(msgspec.Struct):
    """Cells that no window shows, by reason. All but the malformed and too far ones are in the totals.

    Attributes:
        malformed: a scope, component or length that the metric does not have.
        too_far: more than 60 days ahead of the source's watermark.
        behind: said to be on time, but for a slot already judged; treated as late.
        missed: late, for a quarter already closed or an hour of deadlines already expired.
        negative: less closed than opened, when an hour of deadlines expired.
        forgotten: marks of cases let go before their time, because there were too many: a repeat of one is none.

    """

    malformed: int = 0
    too_far: int = 0
    behind: int = 0
    missed: int = 0
    negative: int = 0
    forgotten: int = 0


class MetricState:
    """Applies cells in log order and shows, as a `WindowReader`, what a tick may see of them.

    Args:
        metric: the catalogue entry.
        budget: the cap on series, shared by the metrics of the partition.
        evaluator: of this metric.

    """

    def __init__(self, metric: Metric, budget: SeriesBudget, evaluator: Evaluator) -> None:
        self.metric = metric
        self.evaluator = evaluator
        self.width = max(table_width(metric), 3 if metric.traits.cells is CellKind.DEADLINES else 1)
        self.settle_slots = -(-metric.settle_s * 1000 // SLOT_MS)
        self.table = SeriesTable(metric, budget)
        self.gauge = metric.traits.cells is CellKind.LATEST
        self.ahead = Ahead(merged=latest if self.gauge else summed)
        lengths = {*metric.windows, metric.trailing_s, SLOT_MS // 1000} - {0}
        self.windows = Windows(self.width, lengths)
        self.quarters = Quarters()
        self.cohort = Cohort() if metric.traits.cells is CellKind.DEADLINES else None
        term = metric.recurring()
        self.recurrence = None if term is None else Recurrence(metric, term, self.table)
        self.skipped = Skipped()
        self.started = False
        self.totals = np.zeros((0, self.width), np.int64)

    # What the log says

    def apply(self, cells: MetricCells, source_watermark: int, watermark: int) -> None:
        """Adds the cells of one record. `watermark` is that of the merge before this record.

        Every decision here depends on the log only, never on how far the ticks have been stepped.
        """
        count = len(cells.value)
        if not count:
            return
        columns = (cells.scope, cells.component, cells.slot, cells.late)
        if any(len(column) != count for column in columns):
            self.skipped.malformed += count
            return
        scope, component, slot, late = (np.array(column, np.int64) for column in columns)
        value = np.array(cells.value, np.int64)
        known = np.clip(scope, -1, len(cells.scopes))  # of what is no scope: one behind the last
        log_id = np.append(self.table.log_ids(cells.scopes), -1)[known]
        width = Component.LATE_BY_DEADLINE + 1 if self.cohort is not None else self.width
        fine = (component >= 0) & (component < width)
        if self.recurrence is not None:
            finest = np.append(self.recurrence.of_finest(cells.scopes), False)[known]
            fine |= (component >= LEAST_MARK) & finest & (value > 0)
        fine &= (log_id >= 0) & (slot >= 0)
        near = slot <= max(source_watermark, watermark) // SLOT_MS + _FURTHEST_SLOTS
        if source_watermark < 0:
            near[:] = slot < 1 << 30
        if not (fine & near).all():
            self.skipped.malformed += int(np.count_nonzero(~fine))
            self.skipped.too_far += int(np.count_nonzero(fine & ~near))
            kept = fine & near
            scope, log_id, component, slot, late, value = (
                column[kept] for column in (scope, log_id, component, slot, late, value)
            )
        if self.recurrence is not None and (marked := component >= LEAST_MARK).any():
            scopes = self.recurrence.scopes_of(cells.scopes, scope[marked])
            marks = Marks(component[marked], slot[marked], value[marked], scopes)
            self._mark(self.recurrence, marks, late[marked] != 0, watermark)
            log_id, component, slot, late, value = (
                column[~marked] for column in (log_id, component, slot, late, value)
            )
        rejoin = max(source_watermark, watermark) // SLOT_MS + _REJOIN_SLOTS
        self._sort_in(log_id, component, slot, late != 0, value, watermark, rejoin)

    def _sort_in(
        self,
        log_id: Ints,
        component: Ints,
        slot: Ints,
        late: NDArray[np.bool_],
        value: Ints,
        watermark: int,
        rejoin: int,
    ) -> None:
        if self.cohort is not None:
            by_deadline = component == Component.LATE_BY_DEADLINE
            if by_deadline.any():
                self._close_late(slot[by_deadline], log_id[by_deadline], value[by_deadline], watermark)
                kept = ~by_deadline
                log_id, component, slot, late, value = (
                    column[kept] for column in (log_id, component, slot, late, value)
                )
            slot = deadline_slot(slot)
        if not self.gauge:
            self._count(log_id, component, value)
        key = log_id * self.width + component
        late = self._or_behind(late, slot, watermark)
        if self.cohort is not None:
            late = late & ((component == Component.EXPOSURE) | (slot < rejoin))
        if not late.any():
            self.ahead.add(slot, key, value)
            return
        on_time = ~late
        self.ahead.add(slot[on_time], key[on_time], value[on_time])
        quarter, key, value = slot[late] // QUARTER_SLOTS, key[late], value[late]
        is_open = self._still_open(quarter, watermark)
        self.quarters.late.add(quarter[is_open], key[is_open], value[is_open])

    def _or_behind(self, late: NDArray[np.bool_], slot: Ints, watermark: int) -> NDArray[np.bool_]:
        """What is late: said to be, or for a slot that may have been judged."""
        if watermark < 0:
            return late
        behind = ~late & (slot < watermark // SLOT_MS - self.settle_slots)
        self.skipped.behind += int(np.count_nonzero(behind))
        return late | behind

    def _still_open(self, quarter: Ints, watermark: int) -> NDArray[np.bool_]:
        if watermark < 0:
            return np.ones(quarter.size, bool)
        is_open = (quarter + 1) * QUARTER_SLOTS + CLOSING_SLOTS > watermark // SLOT_MS - self.settle_slots
        self.skipped.missed += int(np.count_nonzero(~is_open))
        return is_open

    def _mark(self, recurrence: Recurrence, marks: Marks, late: NDArray[np.bool_], watermark: int) -> None:
        late = self._or_behind(late, marks.slot, watermark)
        recurrence.waiting.add(marks.chosen(~late))
        marks = marks.chosen(late)
        recurrence.late.add(marks.chosen(self._still_open(marks.slot // QUARTER_SLOTS, watermark)))

    def _close_late(self, slot: Ints, log_id: Ints, value: Ints, watermark: int) -> None:
        assert self.cohort is not None
        there = expiry_slot(slot) > watermark // SLOT_MS - self.settle_slots
        self.skipped.missed += int(np.count_nonzero(~there))
        self.cohort.close_late(slot[there], log_id[there], value[there])

    def _count(self, log_id: Ints, component: Ints, value: Ints) -> None:
        scopes = len(self.table.log_scopes)
        if scopes > len(self.totals):
            longer = np.zeros((max(scopes, len(self.totals) * 3 // 2, 16), self.width), np.int64)
            longer[: len(self.totals)] = self.totals
            self.totals = longer
        np.add.at(self.totals, (log_id, component), value)

    # What the ticks do

    def first_due(self) -> int | None:
        """The tick in ms at which the first waiting cell is judged."""
        first = self._first_slot()
        return None if first is None else (first + 1 + self.settle_slots) * SLOT_MS

    def step(self, tick_ms: int, coarse: bool, activity: Activity) -> None:
        """Goes on to a tick: enters the slots that are final, closes quarters. Ticks come in order."""
        frontier = tick_ms // SLOT_MS - self.settle_slots
        if not self.started:
            first = self._first_slot()
            if first is None or first >= frontier:
                return
            self.started = True
            self.windows.frontier = first
            self.quarters.start(first)
        if self.recurrence is not None:
            self.ahead.add(*self._repeats(self.recurrence.enter(frontier)))
        due = self.ahead.take(frontier)
        log_id, component = np.divmod(due.key, self.width)
        series = self._reach(log_id)
        if self.cohort is not None and due.slot.size:
            self.cohort.enter(due.slot, component, log_id, series, due.value)
        if coarse:
            self.windows.enter_quarters(frontier, due.slot, component, series, due.value)
        else:
            self.windows.enter_slots(frontier, due.slot, component, series, due.value)
        if self.recurrence is not None:
            slot, key, value = self._repeats(self.recurrence.close(frontier))
            self.quarters.late.add(slot // QUARTER_SLOTS, key, value)
            self.skipped.forgotten = self.recurrence.seen.forgotten
        for quarter, late in self.quarters.due(frontier, activity):
            self._close(quarter, late)
        if self.cohort is not None:
            self._expire(self.cohort, frontier)

    def _first_slot(self) -> int | None:
        firsts = [self.ahead.first_slot()]
        if self.recurrence is not None:
            firsts.append(self.recurrence.waiting.first_slot())
        return min((first for first in firsts if first is not None), default=None)

    def _repeats(self, repeats: Repeats) -> tuple[Ints, Ints, Ints]:
        """Slots, keys and values to add, once counted in the totals."""
        self._count(repeats.log_id, np.zeros(repeats.log_id.size, np.int64), repeats.value)
        return repeats.slot, repeats.log_id * self.width + Component.NUMERATOR, repeats.value

    def judge(self, tick_ms: int) -> tuple[list[Verdict], Pulse] | None:
        """What the evaluator says at a tick; None before the metric has a series."""
        if not self.table.scopes:
            return None
        return self.evaluator.tick(tick_ms, self)

    def _close(self, quarter: int, late: Due) -> None:
        current = late.slot == quarter  # older ones lie before the first whole quarter
        self.skipped.missed += int(np.count_nonzero(~current))
        log_id, component = np.divmod(late.key[current], self.width)
        series = self._reach(log_id)
        counts = self.windows.quarter(quarter)
        counts[component, series] += late.value[current]
        if self.cohort is not None and series.size:
            self.cohort.enter(late.slot[current] * QUARTER_SLOTS, component, log_id, series, late.value[current])
        counts = counts[:, : self.series_count]
        for number in self.table.supplied:
            partner = self.table.partner(number)
            counts[number] = np.where(partner >= 0, counts[number][partner], 0)
        self.evaluator.close_quarter(quarter * QUARTER_SLOTS * SLOT_MS, counts)

    def _expire(self, cohort: Cohort, frontier: int) -> None:
        gone = cohort.expiry.take(frontier + 1)
        if gone.key.size:
            cohort.expired += int(gone.value[gone.value > 0].sum())
            self.skipped.negative += int(np.count_nonzero(gone.value < 0))
            series = self._reach(gone.key)
            np.subtract.at(cohort.overdue, series, gone.value)

    def _reach(self, log_id: Ints) -> Ints:
        if not log_id.size:
            return log_id
        series = self.table.reach(log_id)
        self.windows.reserve(self.series_count)
        if self.cohort is not None:
            self.cohort.reserve(self.windows.capacity)
        return series

    @property
    def waiting(self) -> int:
        """Cells ahead of the ticks, marks among them."""
        return len(self.ahead) + (0 if self.recurrence is None else len(self.recurrence.waiting))

    @property
    def dropped(self) -> int:
        """What was more than the stores hold."""
        dropped = self.ahead.dropped + self.quarters.late.dropped
        if self.cohort is not None:
            dropped += self.cohort.expiry.dropped
        if self.recurrence is not None:
            dropped += self.recurrence.waiting.dropped + self.recurrence.late.dropped
        return dropped

    # WindowReader

    @property
    def scopes(self) -> Sequence[Scope]:
        return self.table.scopes

    @property
    def series_count(self) -> int:
        return len(self.table.scopes)

    def partner(self, component: int) -> NDArray[np.int32]:
        return self.table.partner(component)

    def sums(self, component: int, window_s: int) -> NDArray[np.int64]:
        return self.windows.sums(window_s)[component, : self.series_count]

    def earlier(self, component: int, window_s: int) -> NDArray[np.int64]:
        return self.windows.earlier(component, window_s)[:, : self.series_count]

    def latest(self, component: int, window_s: int) -> NDArray[np.int64]:
        cells = np.zeros(self.series_count, np.int64)
        for slot in range(self.windows.frontier - window_s * 1000 // SLOT_MS, self.windows.frontier):
            told = self.windows.rings[1].row(slot)
            if told is not None:
                cells = np.where(told[component, : self.series_count], told[component, : self.series_count], cells)
        return values_of(cells)

    def minutes(self, component: int, series: int, count: int) -> NDArray[np.int64]:
        return self.windows.minutes(component, series, count)

    def slots(self, component: int, series: int, count: int) -> NDArray[np.int64]:
        slots = self.windows.slots(component, series, count)
        return values_of(slots) if self.gauge else slots

    def overdue(self) -> NDArray[np.int64]:
        if self.cohort is None:
            return np.zeros(self.series_count, np.int64)
        return np.maximum(self.cohort.overdue[: self.series_count], 0)

    def last_seen(self) -> NDArray[np.int64]:
        return self.windows.last_seen[: self.series_count]
