"""Which judge a signal has: one for each row of `streams.catalogue.signals`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.evaluation.amount_mean_judge import judge_of_mean
from streams.evaluation.cohort_judge import CohortJudge
from streams.evaluation.count_judge import CountJudge
from streams.evaluation.due_soon_judge import DueSoonJudge
from streams.evaluation.duration_judge import QuantileJudge, SpreadJudge
from streams.evaluation.gauge_judge import GaugeJudge
from streams.evaluation.gauge_mean_judge import GaugeMeanJudge
from streams.evaluation.net_judge import NetJudge
from streams.evaluation.rare_judge import RareJudge
from streams.evaluation.rate_judge import RateJudge
from streams.evaluation.ratio_judge import RatioJudge
from streams.evaluation.staffing_judge import StaffingJudge
from streams.evaluation.sum_judge import SumJudge
from streams.evaluation.variation_judge import VariationJudge

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.catalogue.metric import Metric
    from streams.evaluation.judge import Judge

JUDGES: dict[str, Callable[[Metric], Judge]] = {
    "count": CountJudge,
    "ratio": RatioJudge,
    "sum": SumJudge,
    "mean": judge_of_mean,
    "variation": VariationJudge,
    "per_thousand": RateJudge,
    "rare": RareJudge,
    "cohort": CohortJudge,
    "due_soon": DueSoonJudge,
    "quantile": QuantileJudge,
    "spread": SpreadJudge,
    "net": NetJudge,
    "last": GaugeJudge,
    "gauge_mean": GaugeMeanJudge,
    "staffing": StaffingJudge,
}
