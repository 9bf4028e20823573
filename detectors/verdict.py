"""The last step that detectors share: from a deviation and its tail probability to judgements."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.judgement import LIMIT, Judgement, Reason, score

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

BAND = 4.75  # standard deviations that a normal distribution exceeds on one side with probability 1e-6


def decide(
    *,
    value: Array,
    expected: Array,
    scale: Array,
    deviation: Array,
    exposure: Array,
    excess: Array,
    enough: NDArray[np.bool_],
    minimum: Array,
    tail: Callable[[NDArray[np.intp], NDArray[np.bool_]], Array],
    reasons: tuple[Reason, Reason],
    limit: Array | float = LIMIT,
    least: Array | float = 0.0,
) -> Judgement:
    """Judgements where dear tails are computed only for series that deviate by as much as matters.

    Args:
        value: what was seen, in the unit of the metric.
        expected: what was expected, same unit.
        scale: the standard deviation of `value` that is to be expected, same unit.
        deviation: `value - expected`, signed.
        exposure: as in `Judgement`.
        excess: as in `Judgement`.
        enough: where there is enough to judge by.
        minimum: the smallest deviation that matters, same unit.
        tail: `(indices, above) -> log P` of a result at least as far out, for some series.
        reasons: of a deviation upwards, and downwards.
        limit: the probability that has score 1, of each series or of all.
        least: the least value that there can be; infinite where it can be below 0.

    """
    size = np.abs(deviation)
    matters = enough & (size >= minimum) & (size > 0)
    scores = np.zeros(len(value))
    candidates = np.flatnonzero(matters)
    above = deviation > 0
    if len(candidates):
        limits = np.broadcast_to(limit, len(value))[candidates]
        scores[candidates] = score(tail(candidates, above[candidates]), limits)
    reason = np.full(len(value), Reason.NORMAL, dtype=np.int8)
    reason[~enough] = Reason.INSUFFICIENT_EXPOSURE
    reason[enough & ~matters & (size > BAND * scale)] = Reason.BELOW_MINIMUM_EFFECT
    anomalous = scores >= 1
    reason[anomalous] = np.where(above[anomalous], reasons[0], reasons[1])
    half = np.maximum(BAND * scale, minimum)
    return Judgement(
        score=scores,
        value=value,
        expected=expected,
        lower=np.maximum(expected - half, least),
        upper=expected + half,
        exposure=exposure,
        excess=np.where(enough, excess, 0.0),
        reason=reason,
        direction=np.where(enough, np.sign(deviation), 0).astype(np.int8),
    )
