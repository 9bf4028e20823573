"""Cohorts whose deadlines are all as far away: what counts of the cases opened just now is known before it is final."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.catalogue.signals import CellKind
from streams.catalogue.single_values import OWN_TIME

if TYPE_CHECKING:
    from streams.catalogue.metric import Metric

MINUTE_S = 60  # deadlines are kept by the minute


def final_after_s(metric: Metric) -> int:
    """Seconds from the opening of a case to its deadline, where that is the same for all cases of a cohort; else 0."""
    if metric.traits.cells is not CellKind.DEADLINES or any(term.at != OWN_TIME for term in metric.denominator):
        return 0
    terms = (*metric.numerator, *metric.denominator)
    lengths = {term.plus_s for term in terms}
    fixed = len(lengths) == 1 and not any(term.plus_service_s for term in terms)
    return lengths.pop() if fixed else 0


def opened_within_s(metric: Metric) -> int:
    """A provisional value is of the cases that were opened within so many seconds; 0 where there is no such value.

    It is the shortest window, or the time to the deadline where that is shorter: their deadlines all lie ahead. What is
    only told of months has none.
    """
    if not metric.judged:
        return 0
    return min(metric.windows[0], final_after_s(metric)) // MINUTE_S * MINUTE_S
