"""What a judge learns from: quarters of an hour that are over for good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from streams.catalogue.metric import Component
from streams.catalogue.signals import CellKind
from streams.evaluation.judge import Quarter
from streams.evaluation.window_reader import QUARTER_MS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from streams.catalogue.metric import Metric
    from streams.evaluation.judge import Judge
    from streams.evaluation.opening import LocalClock
    from streams.evaluation.sale_plan import SalePlan
    from streams.evaluation.series_index import SeriesIndex
    from streams.evaluation.window_reader import WindowReader


_LONGEST_SILENCE_MS = 4 * 86_400_000  # a long weekend and the nights around it; of more nobody knows what it was


class ClosedQuarters:
    """Hands closed quarters to the judge, but for those in which it was closed or which a plan makes unusual.

    A day after the last event of any source quarters are no longer closed. So the next one tells that those before it,
    up to four days of them, held nothing: that is how a closed weekend is learned. The partners of the components, as
    they stood at the last tick, and the last quarter are the state.
    """

    def __init__(self, metric: Metric, judge: Judge, clock: LocalClock, plan: SalePlan, index: SeriesIndex) -> None:
        self._metric = metric
        self._index = index
        self._judge = judge
        self._clock = clock
        self._plan = plan
        self._partner: dict[int, NDArray[np.int32]] = {}
        self._closed_ms = 0  # up to where quarters were closed

    def follow(self, windows: WindowReader) -> None:
        """Takes over the partners of this tick."""
        for component in self._metric.components():
            self._partner[component] = windows.partner(component)

    def silent_before(self, quarter_start_ms: int) -> range:
        """The starts of the quarters before this one that were passed over and held nothing: close each of them first.

        None where more than four days were passed over: of them nobody knows.
        """
        silent_ms = quarter_start_ms - self._closed_ms
        known = self._closed_ms and 0 < silent_ms <= _LONGEST_SILENCE_MS
        return range(self._closed_ms if known else quarter_start_ms, quarter_start_ms, QUARTER_MS)

    def close(
        self, quarter_start_ms: int, counts: NDArray[np.int64], untaught: NDArray[np.bool_] | None = None
    ) -> None:
        """See `MetricEvaluator.close_quarter`. `untaught`: bool[n], the series that it must teach nothing."""
        self._learn(quarter_start_ms, counts, untaught)
        self._closed_ms = quarter_start_ms + QUARTER_MS

    def _learn(self, quarter_start_ms: int, counts: NDArray[np.int64], untaught: NDArray[np.bool_] | None) -> None:
        quarter_end_ms = quarter_start_ms + QUARTER_MS
        if not self._clock.is_open(quarter_start_ms, quarter_end_ms) or self._plan.touches(
            quarter_start_ms, quarter_end_ms
        ):
            return
        told = self._metric.traits.cells in {CellKind.BINS, CellKind.LEADS}  # by rows of its own, not by components
        used = sorted(self._metric.rows() if told else self._metric.components())
        if len(counts) > used[-1]:
            rows = {int(component): counts[component].astype(np.float64) for component in used}
        elif len(counts) == len(used):
            rows = {int(component): row.astype(np.float64) for component, row in zip(used, counts, strict=True)}
        else:
            raise ValueError(f"{len(counts)} rows for the components {[int(component) for component in used]}")
        if untaught is not None:
            for row in rows.values():
                row[untaught] = np.nan if self._metric.traits.gaps else 0.0
        size = counts.shape[1]
        itself = np.arange(size, dtype=np.int32)
        partner = {
            int(component): np.concatenate([known[:size], itself[len(known) :]])
            for component in ([] if told else used)
            for known in [self._partner.get(component, itself)]
        }
        clock = self._clock
        quarter = Quarter(clock.second_of_day(quarter_start_ms), clock.day(quarter_start_ms), self._index.whole)
        self._judge.learn(quarter, rows, partner)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The state as named arrays."""
        partners = {f"partner{int(component)}": array for component, array in sorted(self._partner.items())}
        return partners | {"closed": np.array([self._closed_ms], dtype=np.int64)}

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Takes over what `arrays` described; other names are skipped."""
        self._partner = {
            int(component): arrays[f"partner{int(component)}"]
            for component in Component
            if f"partner{int(component)}" in arrays
        }
        self._closed_ms = int(arrays["closed"][0])
