"""The last judged state of all series of a metric, for the metrics endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detectors.judgement import Judgement
    from streams.evaluation.staffing_needs import Needs


class Latest(NamedTuple):
    """Columns in series order.

    Attributes:
        scopes: series -> (index into `scope_sets(metric)`, values); those beyond `metric.scopes` are partners only.
        judgement: value, expected, lower, upper, score, exposure, reason and direction by series; see
            `detectors.judgement.insufficient` for those that could not be judged.
        allowed: false warnings a day that the limits of all its series are set for.
        whole: the series of the whole, -1 where there is none.
        interval: of the value of the whole, 95 %; None where the signal has none, or nothing was counted.
        staffing: of staffing, what each queue needs.
        last_sale: what the whole was at the same time of the entry that the present one is like; None without one.

    """

    scopes: Sequence[tuple[int, tuple[str, ...]]]
    judgement: Judgement
    allowed: float = 0.0
    whole: int = -1
    interval: tuple[float, float] | None = None
    staffing: Needs | None = None
    last_sale: float | None = None
