"""What the log says of one metric: sorts cells into where they wait for the ticks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streams.catalogue.metric import Component
from streams.cells.lead import FURTHEST
from streams.cells.record import SLOT_MS
from streams.merge.ahead import codes_of
from streams.merge.cells import Cells
from streams.merge.cohort import deadline_slot, expiry_slot
from streams.merge.open_cases import STEP_SLOTS
from streams.merge.quarters import CLOSING_SLOTS
from streams.merge.windows import QUARTER_SLOTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streams.cells.record import MetricCells
    from streams.merge.ahead import Ahead, Ints
    from streams.merge.cohort import Cohort
    from streams.merge.lean_intake import LeanIntake
    from streams.merge.provisional import Provisional
    from streams.merge.quarters import Quarters
    from streams.merge.series_table import SeriesTable
    from streams.merge.skipped import Skipped
    from streams.merge.totals import Totals

_FURTHEST_SLOTS = 60 * 8_640  # a deadline further ahead is a mistake in the data
_REJOIN_SLOTS = 1_080  # 3 h: so far ahead, a late record is in time for its deadline
_NOTHING_JUDGED = -(1 << 62)


class Intake:
    """Applies cells in log order. Every decision depends on the log only, never on how far the ticks have stepped.

    Args:
        settle_slots: so long after its end a slot is judged.
        table: of the metric's series.
        ahead: where cells on time wait.
        quarters: where late ones wait until their quarter closes.
        cohort: of a metric with deadlines, else None.
        totals: of all cells.
        skipped: counts those that are not used.
        width: places in the keys of cells: components, bins, or how far ahead deadlines lie.
        leads: whether it is the last of these.
        provisional: of a metric with provisional values, else None.
        lean: of a metric with lean scopes, else None.

    """

    def __init__(
        self,
        settle_slots: int,
        table: SeriesTable,
        ahead: Ahead,
        quarters: Quarters,
        cohort: Cohort | None,
        totals: Totals,
        skipped: Skipped,
        *,
        additive: bool,
        width: int,
        leads: bool = False,
        provisional: Provisional | None = None,
        lean: LeanIntake | None = None,
    ) -> None:
        """`additive`: whether cells add up, so that there are totals of them."""
        self._settle_slots = settle_slots
        self._table = table
        self._ahead = ahead
        self._quarters = quarters
        self._cohort = cohort
        self._totals = totals
        self._skipped = skipped
        self._additive = additive
        self._width = width
        self._leads = leads
        self._provisional = provisional
        self._lean = lean
        self._components = width if cohort is None else Component.LATE_BY_DEADLINE + 1

    def apply(self, record: MetricCells, source_watermark: int, watermark: int, known_ms: int = -1) -> None:
        """Takes in the cells of one record. `watermark` is that of the merge before this record.

        `known_ms`: before it lie all events of the record, see `CellsRecord.known_ms`.
        """
        count = len(record.value)
        if not count:
            return
        if not len(record.scope) == len(record.component) == len(record.slot) == len(record.late) == count:
            self._skipped.malformed += count
            return
        reached = max(source_watermark, watermark) // SLOT_MS
        judged = watermark // SLOT_MS - self._settle_slots if watermark >= 0 else _NOTHING_JUDGED
        furthest = reached + _FURTHEST_SLOTS if source_watermark >= 0 else (1 << 30) - 1
        cells = self._known(record, furthest)
        if self._lean is not None:
            cells = self._lean.rest(cells, judged, reached + _REJOIN_SLOTS)
        if self._cohort is not None:
            cells = self._by_deadline(self._cohort, cells, judged)
        if self._leads:
            near = cells.component < 2 * FURTHEST
            self._skipped.too_far += int(np.count_nonzero(~near))
            cells = cells if near.all() else cells.chosen(near)
        self._sort_in(cells, judged, reached + _REJOIN_SLOTS, known_ms)

    def _known(self, record: MetricCells, furthest: int) -> Cells:
        """The cells of the record, but for what the metric does not have and what is too far ahead."""
        columns = np.array([record.scope, record.component, record.slot, record.late, record.value], np.int64)
        scope, component, slot, late, value = columns
        least, most = columns.min(axis=1).tolist(), columns.max(axis=1).tolist()
        log_ids = self._table.log_ids(record.scopes)
        if (
            min(least[:3]) >= 0
            and most[0] < len(log_ids)
            and most[1] < self._components
            and most[2] <= furthest
            and log_ids.min() >= 0
        ):  # as it is but for mistakes
            return Cells(scope, log_ids[scope], component, slot, late != 0, value.copy())  # it may wait for long
        known = np.clip(scope, -1, len(log_ids))  # of what is no scope: one behind the last
        log_id = np.append(log_ids, -1)[known]
        fine = (component >= 0) & (component < self._components)
        fine &= (log_id >= 0) & (slot >= 0)
        near = slot <= furthest
        cells = Cells(scope, log_id, component, slot, late != 0, value)
        kept = fine & near
        if kept.all():
            return cells
        self._skipped.malformed += int(np.count_nonzero(~fine))
        self._skipped.too_far += int(np.count_nonzero(fine & ~near))
        return cells.chosen(kept)

    def _by_deadline(self, cohort: Cohort, cells: Cells, judged: int) -> Cells:
        """The cells that windows show, by their deadlines' minutes; what expires once more is only noted."""
        closing = cells.component == Component.LATE_BY_DEADLINE
        if closing.any():
            closed = cells.chosen(closing)
            there = expiry_slot(closed.slot) > judged
            self._skipped.missed += int(np.count_nonzero(~there))
            cohort.close_late(closed.slot[there], closed.log_id[there], closed.value[there])
            cells = cells.chosen(~closing)
        return cells._replace(slot=deadline_slot(cells.slot))

    def _sort_in(self, cells: Cells, judged: int, rejoin: int, known_ms: int) -> None:
        if self._additive:
            component = cells.component & 1 if self._leads else cells.component
            self._totals.add(cells.log_id, component, cells.value, len(self._table.log_scopes))
        key = cells.log_id * self._width + cells.component
        late = self._or_behind(cells, judged)
        if self._cohort is not None:
            late = late & ((cells.component == Component.EXPOSURE) | (cells.slot < rejoin))
        if not late.any():
            self._wait(cells.slot, key, cells.value, known_ms)
            return
        on_time = ~late
        self._wait(cells.slot[on_time], key[on_time], cells.value[on_time], known_ms)
        quarter, key, value = cells.slot[late] // QUARTER_SLOTS, key[late], cells.value[late]
        if self._leads:  # the quarter is all that stays of the slot: how far ahead it lies is told from there
            key += 2 * (cells.slot[late] // STEP_SLOTS - quarter * (QUARTER_SLOTS // STEP_SLOTS))
        is_open = self._still_open(quarter, judged)
        self._quarters.late.add(quarter[is_open], key[is_open], value[is_open])

    def _wait(self, slot: Ints, key: Ints, value: Ints, known_ms: int) -> None:
        self._ahead.add(slot, key, value)
        if self._provisional is not None:
            self._provisional.note(known_ms, codes_of(slot, key), value)

    def _or_behind(self, cells: Cells, judged: int) -> NDArray[np.bool_]:
        """What is late: said to be, or for a slot that may have been judged."""
        if not len(cells.slot) or (cells.slot.min() >= judged):
            return cells.late
        behind = ~cells.late & (cells.slot < judged)
        self._skipped.behind += int(np.count_nonzero(behind))
        return cells.late | behind

    def _still_open(self, quarter: Ints, judged: int) -> NDArray[np.bool_]:
        is_open: NDArray[np.bool_] = (quarter + 1) * QUARTER_SLOTS + CLOSING_SLOTS > judged
        self._skipped.missed += int(np.count_nonzero(~is_open))
        return is_open
