"""A ratio against the ratio that was expected: exact binomial tails, widened by what is not known for sure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from detectors.judgement import LIMIT, Judgement, Reason
from detectors.tails import beta_binomial_upper, binomial_upper
from detectors.verdict import decide

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


class BinomialDetector:
    """Finds cliffs in ratios: how improbable are so few, or so many, successes among so many trials?

    The expected ratio is uncertain (it rests on `weight` trials) and moves by itself (`dispersion`, the correlation of
    trials within a window), so the successes are beta-binomial; with an infinite weight and no dispersion they are
    binomial and the tail is exact. A slow leak that stays under `minimum_effect` is `BurnRateDetector`'s; a mean of
    seconds is `MeanDetector`'s; counts without trials are `SurgeDetector`'s.

    Parameters:
        minimum_effect: smallest absolute difference of ratios that matters, 0 to 1.
        minimum_exposure: trials a window needs before it is judged, at least 1.

    Examples:
        >>> detector = BinomialDetector(minimum_effect=0.03, minimum_exposure=20)
        >>> judged = detector.judge(np.array([970.0, 800.0, 1.0]), np.array([1000.0, 1000.0, 2.0]),
        ...                         expected=np.full(3, 0.97), weight=np.full(3, 50_000.0), dispersion=np.zeros(3))
        >>> [Reason(code).name for code in judged.reason]
        ['NORMAL', 'CLIFF', 'INSUFFICIENT_EXPOSURE']
        >>> bool(judged.score[1] > 10)
        True

    References:
        J. G. Skellam, A probability distribution derived from the binomial distribution by regarding the probability of
        success as variable between the sets of trials, JRSS B 10 (1948).

    """

    def __init__(self, minimum_effect: float, minimum_exposure: float) -> None:
        if not 0 <= minimum_effect <= 1:
            raise ValueError(f"minimum_effect is {minimum_effect}, not within 0 and 1")
        self.minimum_effect = minimum_effect
        self.minimum_exposure = max(minimum_exposure, 1.0)

    def judge(
        self,
        successes: Array,
        trials: Array,
        expected: Array,
        weight: Array,
        dispersion: Array,
        limit: Array | float = LIMIT,
        *,
        shown: bool = False,
    ) -> Judgement:
        """Judgements of n series.

        Args:
            successes: of the window, float64[n]; more of them than trials count as all trials.
            trials: of the window, float64[n].
            expected: ratio 0 to 1; NaN where none is known, which is insufficient.
            weight: trials the expected ratio rests on, may be infinite.
            dispersion: correlation between trials of one window, 0 to 1.
            limit: probability that has score 1, of each series or of all.
            shown: beside what is expected only, with a score of 0: something else finds what is improbable.

        """
        known = np.isfinite(expected)
        trials = np.maximum(trials, 0.0)
        successes = np.clip(successes, 0.0, trials)
        # What never failed in n trials may well fail once in 2 n: of it, one failure is not reported.
        unseen = np.maximum(0.5 / (np.maximum(weight, 1.0) + 1), 1e-9)
        ratio = np.clip(np.where(known, expected, 0.5), unseen, 1 - unseen)
        spread = np.clip(1 / np.maximum(weight, 1.0) + dispersion, 0.0, 0.5)
        value = successes / np.maximum(trials, 1.0)
        enough = known & (trials >= self.minimum_exposure)

        def tail(rows: NDArray[np.intp], above: NDArray[np.bool_]) -> Array:
            if shown:
                return np.zeros(len(rows))
            n, wide = trials[rows], spread[rows]
            # Too few successes are too many failures: one tail serves both.
            # Of halves, which net scores have, the lower whole number is on the safe side.
            k = np.floor(np.where(above, successes[rows], n - successes[rows]) + 1e-9)
            p = np.where(above, ratio[rows], 1 - ratio[rows])
            exact = wide <= 1e-9
            if exact.all():
                return binomial_upper(k, n, p)
            concentration = 1 / np.maximum(wide, 1e-9) - 1
            found = beta_binomial_upper(k, n, p * concentration, (1 - p) * concentration)
            return np.where(exact, binomial_upper(k, n, p), found) if exact.any() else found

        judged = decide(
            value=value,
            expected=np.where(known, expected, value),
            scale=np.sqrt(ratio * (1 - ratio) * (1 / np.maximum(trials, 1.0) + spread)),
            deviation=np.where(known, value - ratio, 0.0),
            exposure=trials,
            excess=np.abs(successes - ratio * trials),
            enough=enough,
            # A ratio cannot fall by more than it has: an expectation of 1 % is gone entirely before it is down by 3 %.
            minimum=np.minimum(self.minimum_effect, np.where(value < ratio, ratio, 1 - ratio) * 0.999),
            tail=tail,
            reasons=(Reason.CLIFF, Reason.CLIFF),
            limit=limit,
        )
        return replace(judged, upper=np.minimum(judged.upper, 1.0))
