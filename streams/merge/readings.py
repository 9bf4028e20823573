"""What the metrics endpoint shows of a metric: the last judgement, scope by scope, and exact totals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from streams.merge.lean_readings import LeanReading

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from streams.catalogue.metric import Metric
    from streams.merge.metric_state import MetricState
    from streams.merge.provisional import Shares
    from streams.merge.series_table import Scope
    from streams.merge.shown_windows import ShownWindows
    from streams.merge.skipped import Skipped
    from streams.merge.told_days import ToldDays


class Reading(NamedTuple):
    """One metric. Arrays run along `scopes`; those of the totals along `total_scopes`.

    Attributes:
        latest: `MetricEvaluator.latest`: its `judgement` runs along its `scopes`.
        scopes: the series; more than `latest` has if some are newer.
        totals: int64[len(total_scopes), components]: everything ever applied, the late plane included.
        overdue: int64 by series, cohorts only: else zeros.
        expired: cohorts: opened and never closed within 7 days.
        waiting: cells ahead of the watermark.
        skipped: cells that no window shows, by reason.
        provisional: what counts so far of the cases opened just now; None where that is never said, or not yet.
        told: the natural days of a metric with windows that are told; else None.
        shown: what the last tick saw of its windows.
        lean: its lean scopes.

    """

    metric: Metric
    latest: Any
    scopes: Sequence[Scope]
    total_scopes: Sequence[Scope]
    totals: NDArray[np.int64]
    overdue: NDArray[np.int64]
    expired: int
    waiting: int
    dropped: int
    skipped: Skipped
    provisional: Shares | None = None
    told: ToldDays | None = None
    shown: ShownWindows | None = None
    lean: tuple[LeanReading, ...] = ()


def reading(state: MetricState) -> Reading:
    """The reading of a metric as it stands; arrays are shared, not copied."""
    cohort = state.cohort
    return Reading(
        metric=state.metric,
        latest=state.evaluator.latest,
        scopes=state.shown.scopes,
        total_scopes=state.table.log_scopes,
        totals=state.totals.of(len(state.table.log_scopes)),
        overdue=state.shown.overdue(),
        expired=cohort.expired if cohort is not None else 0,
        waiting=state.waiting + len(state.quarters.late),
        dropped=state.dropped,
        skipped=state.skipped,
        provisional=state.provisional.latest if state.provisional is not None else None,
        told=state.told,
        shown=state.shown,
        lean=tuple(
            LeanReading(state.metric, place, series, state.evaluator.lean(place))
            for place, series in state.lean.items()
        ),
    )
