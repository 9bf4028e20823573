"""What counts so far of the cases that were opened just now, and whose deadlines lie ahead."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from streams.catalogue.metric import Component
from streams.catalogue.provisional import final_after_s, opened_within_s
from streams.cells.record import SLOT_MS
from streams.merge.ahead import Run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from streams.catalogue.metric import Metric
    from streams.merge.ahead import Ahead, Ints
    from streams.merge.series_table import Scope

MINUTE_MS = 60_000
_MINUTE_SLOTS = MINUTE_MS // SLOT_MS


class Shares(NamedTuple):
    """Arrays along the first of `scopes`.

    Attributes:
        scopes: in the order of the log: no tick may have reached a deadline of theirs yet.
        share: float64[n], of the cases that were opened, NaN where there are none.
        cases: float64[n], how many were opened; NaN likewise.

    """

    scopes: Sequence[Scope]
    share: NDArray[np.float64]
    cases: NDArray[np.float64]


class Provisional:
    """The provisional values of one cohort, once a minute, from the cells that wait ahead of the ticks.

    Nothing is added up beside them: a range of their slots is read. What waits depends on how far the log has been
    read, so what came with records of later events is noted until their minute, and taken off again. Cells do not say
    when their event was: of one flush all are known when its last event is.

    Args:
        metric: a cohort that `opened_within_s` is not 0 of.
        ahead: its cells that wait, deadlines by the minute.
        width: places in the keys of cells.

    Attributes:
        latest: of the last minute that was looked at; None before.

    """

    def __init__(self, metric: Metric, ahead: Ahead, width: int) -> None:
        self.latest: Shares | None = None
        self._metric = metric
        self._ahead = ahead
        self._width = width
        self._lead_slots = final_after_s(metric) * 1000 // SLOT_MS
        self._back_slots = opened_within_s(metric) * 1000 // SLOT_MS
        self._later: dict[int, Run] = {}  # by the minute at which it is known

    def note(self, known_ms: int, codes: Ints, values: Ints) -> None:
        """Cells, as `streams.merge.ahead.codes_of` has them, of a record whose events all lie before `known_ms`."""
        if codes.size:
            self._later.setdefault(-(-known_ms // MINUTE_MS), Run()).add(codes, values)

    def go_on(self, tick_ms: int) -> None:
        """What a tick has reached is known."""
        for minute in [minute for minute in self._later if minute * MINUTE_MS <= tick_ms]:
            del self._later[minute]

    def look(self, tick_ms: int, scopes: Sequence[Scope]) -> Shares:
        """The values at a tick on a whole minute; `scopes` by log id."""
        end = (tick_ms // SLOT_MS + self._lead_slots) // _MINUTE_SLOTS * _MINUTE_SLOTS
        first = end - self._back_slots
        sums = np.zeros((2, len(scopes)), np.int64)
        for sign, (key, value) in self._parts(first, end):
            log_id, component = np.divmod(key, self._width)
            counted = component <= Component.DENOMINATOR
            np.add.at(sums, (component[counted], log_id[counted]), sign * value[counted])
        cases = np.where(sums[1] > 0, sums[1], np.nan)
        share = np.clip(sums[Component.NUMERATOR], 0, np.maximum(sums[Component.DENOMINATOR], 0)) / cases
        self.latest = Shares(scopes, share, cases)
        return self.latest

    def _parts(self, first: int, end: int) -> Iterator[tuple[int, tuple[Ints, Ints]]]:
        yield 1, self._ahead.between(first, end)
        for run in self._later.values():
            yield -1, run.between(first, end)

    def rows(self) -> Ints:
        """int64[3, m]: minute, code and value of what is not known yet, for a snapshot."""
        found = [(minute, *run.everything()) for minute, run in self._later.items()]
        parts = [np.stack([np.full(codes.size, minute), codes, values]) for minute, codes, values in found]
        return np.concatenate([np.zeros((3, 0), np.int64), *parts], axis=1)

    def restore(self, rows: Ints) -> None:
        """Takes over what `rows` gave."""
        minutes, codes, values = rows
        for minute in np.unique(minutes).tolist():
            there = minutes == minute
            self.note(minute * MINUTE_MS, codes[there], values[there])
