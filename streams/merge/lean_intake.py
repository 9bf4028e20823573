"""Sorts cells of lean scopes into their quarters of an hour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streams.catalogue.metric import Component
from streams.merge.cohort import deadline_slot
from streams.merge.quarters import CLOSING_SLOTS
from streams.merge.series_table import LEAN, LEAN_BITS
from streams.merge.windows import QUARTER_SLOTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streams.merge.cells import Cells
    from streams.merge.lean_series import LeanSeries
    from streams.merge.skipped import Skipped

_NUMBERS = (1 << LEAN_BITS) - 1


class LeanIntake:
    """Decides by the log only, as `Intake` does.

    Args:
        series: by number of the scope set.
        deadlines: whether cells lie at deadlines: then what is closed late is not kept.
        skipped: counts those that are not used.

    """

    def __init__(self, series: Mapping[int, LeanSeries], skipped: Skipped, *, deadlines: bool) -> None:
        self._series = series
        self._skipped = skipped
        self._deadlines = deadlines

    def rest(self, cells: Cells, judged: int, rejoin: int) -> Cells:
        """Takes the cells of lean scopes; the others. `judged`, `rejoin`: as `Intake` has them, in slots."""
        lean = cells.log_id >= LEAN
        if not lean.any():
            return cells
        self._take(cells.chosen(lean), judged, rejoin)
        return cells.chosen(~lean)

    def _take(self, cells: Cells, judged: int, rejoin: int) -> None:
        if self._deadlines:
            cells = cells.chosen(cells.component <= Component.DENOMINATOR)
            cells = cells._replace(slot=deadline_slot(cells.slot))
        behind = ~cells.late & (cells.slot < judged)
        self._skipped.behind += int(np.count_nonzero(behind))
        late = cells.late | behind
        if self._deadlines:
            late &= cells.slot < rejoin
        quarter = cells.slot // QUARTER_SLOTS
        is_open = ~late | ((quarter + 1) * QUARTER_SLOTS + CLOSING_SLOTS > judged)
        self._skipped.missed += int(np.count_nonzero(~is_open))
        place = cells.log_id - LEAN >> LEAN_BITS
        for scope_set, series in self._series.items():
            rows = is_open & (place == scope_set)
            if rows.any():
                number = cells.log_id[rows] & _NUMBERS
                series.add(quarter[rows], cells.component[rows], number, cells.value[rows], late[rows])
