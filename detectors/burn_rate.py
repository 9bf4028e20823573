"""How fast a promised ratio's budget of failures is spent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from detectors.judgement import LIMIT, Judgement, Reason
from detectors.tails import beta_binomial_lower, binomial_lower
from detectors.verdict import decide

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class BurnRule:
    """A budget is leaking when it burns `factor` times too fast over `long_s` and still does over `short_s`."""

    long_s: int
    short_s: int
    factor: float


# 14.4 over 1 h spends 2 % of a month's budget, 6 over 6 h spends 5 %. The short pairs find a fall from 0.999 to 0.99
# within two minutes; there the tail probability, not the factor, keeps chance away.
RULES = (BurnRule(120, 60, 6.0), BurnRule(300, 60, 6.0), BurnRule(900, 120, 6.0), BurnRule(3600, 300, 14.4))

_UNKNOWN = 0.05  # correlation of trials around the promise, as long as nobody has seen how well it is kept
_STILL_FAILING = 3  # so many in the short window: after an outage, the long one makes every single miss look like it


class BurnRateDetector:
    """Finds slow leaks of a promised ratio, with the target itself as expectation.

    Beside the two burn rates of a rule, the failures of the long window must be improbable if the promise were kept:
    one miss in a hundred burns ten times too fast and means nothing (it happens in 9.5 % of such windows at 99.9 %).
    Where the promise has never been kept, `BinomialDetector` against the series' own history says more.

    Parameters:
        target: the promised ratio, between 0 and 1.
        minimum_exposure: trials the long window needs.
        limit: probability that has score 1.

    Examples:
        >>> detector = BurnRateDetector(target=0.999, minimum_exposure=20)
        >>> judged = detector.judge(np.array([1980.0, 199.0]), np.array([2000.0, 200.0]),
        ...                         np.array([990.0, 99.0]), np.array([1000.0, 100.0]), RULES[0])
        >>> [Reason(code).name for code in judged.reason]
        ['LEAK', 'NORMAL']

    References:
        The Site Reliability Workbook (2018), chapter 5, Alerting on SLOs: multiwindow, multi-burn-rate alerts.

    """

    def __init__(self, target: float, minimum_exposure: float, limit: float = LIMIT) -> None:
        if not 0 < target < 1:
            raise ValueError(f"target is {target}, not between 0 and 1")
        self.target = target
        self.minimum_exposure = max(minimum_exposure, 1.0)
        self.limit = limit

    def judge(
        self,
        successes: Array,
        trials: Array,
        short_successes: Array,
        short_trials: Array,
        rule: BurnRule,
        usual: Array | None = None,
        dispersion: Array | None = None,
    ) -> Judgement:
        """Judgements of n series by one rule, from the sums of its long and its short window (float64[n]).

        `usual` is the ratio that is usual, NaN where unknown, `dispersion` the correlation of trials around it: who
        never keeps the promise is not told so every minute, but still when it gets clearly worse. As long as nothing
        is known, a shop may well promise more than it keeps: only what is far below the promise is told.
        """
        trials = np.maximum(trials, 0.0)
        successes = np.clip(successes, 0.0, trials)
        allowed = rule.factor * (1 - self.target)
        value = successes / np.maximum(trials, 1.0)
        short_failures = short_trials - short_successes
        still = (short_failures >= allowed * short_trials) & (short_failures >= _STILL_FAILING)
        target = np.full(len(value), self.target)
        likely = target if usual is None else np.fmin(usual, target)
        spread = np.zeros(len(value)) if dispersion is None else np.where(likely < target, dispersion, 0.0)
        if usual is not None:
            spread = np.where(np.isfinite(usual), spread, _UNKNOWN)

        def tail(rows: NDArray[np.intp], above: NDArray[np.bool_]) -> Array:
            k, n, p, wide = successes[rows], trials[rows], likely[rows], np.maximum(spread[rows], 1e-9)
            concentration = 1 / wide - 1
            widened = beta_binomial_lower(k, n, p * concentration, (1 - p) * concentration)
            found = np.where(wide > 1e-9, widened, binomial_lower(k, n, p))
            return np.where(above | ~still[rows], 0.0, found)

        return decide(
            value=value,
            expected=target,
            scale=np.sqrt(self.target * (1 - self.target) / np.maximum(trials, 1.0)),
            deviation=value - self.target,
            exposure=trials,
            excess=np.maximum(self.target * trials - successes, 0.0),
            enough=trials >= self.minimum_exposure,
            minimum=np.full(len(value), allowed - (1 - self.target)),
            tail=tail,
            reasons=(Reason.NORMAL, Reason.LEAK),
            limit=self.limit,
        )
