"""Rare events: whether the last few came closer together than chance brings them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy import special

from detectors.judgement import score
from detectors.last_events import DEPTH, over, together
from detectors.tails import negative_binomial_upper

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_PRIOR: Final = 0.5  # Jeffreys' prior of a Poisson rate: half an event, in no time at all
_FEWEST: Final = 3  # two events are a coincidence, or one that was told twice
_WARM: Final = 0.5  # a lower score is nobody's business
_LEAST_SURE: Final = 1e-3  # however seldom one looks


class Clusters(NamedTuple):
    """Of each series the last events that surprise most.

    Attributes:
        events: int64[n], how many they are.
        score: float64[n], 1 is the limit; 0 where there is nothing to say.

    """

    events: NDArray[np.int64]
    score: Array


def log_tail(events: Array, seen: Array, share: Array) -> Array:
    """Log P(X >= events) of the next events, given those seen so far: exact.

    The rate has the posterior Gamma(seen + 1/2, exposure) of Jeffreys' prior, so X is negative binomial. The arrays
    broadcast.

    Args:
        events: how many.
        seen: how many there were in the exposure that the rate is known from.
        share: the exposure that X is of, as a part of that one.

    Examples:
        Four in seven days; then four in four hours, five in four hours, twelve in a day (desk.md):

        >>> seen, share = np.array([4.0]), np.array([4, 4, 24]) / (7 * 24)
        >>> [f"{p:.1e}" for p in np.exp(log_tail(np.array([4.0, 5.0, 12.0]), seen, share))]
        ['1.4e-05', '5.4e-07', '8.8e-09']

    References:
        A. Gelman et al., Bayesian Data Analysis (3rd ed. 2013), 2.6 (Poisson model), 2.8 (Jeffreys' prior).

    """
    events, shape, share = np.broadcast_arrays(events, seen + _PRIOR, share)
    return negative_binomial_upper(events, shape * share, 1 / shape)


class RareDetector:
    """Scans the last k events of each series, for every k from 3 to 32, each with the exposure since the k-th last.

    What is predicted comes from the events before those k, so a cluster does not excuse itself. Windows that begin with
    an event are looked at as often as there are events. At the usual rate that event is there anyhow, and k - 1 more
    follow within the exposure with a probability of q = P(X >= k - 1). So false alarms a year are at most the events a
    year times the sum of the limits of q over all k, whichever of the k go off together and whatever the rate is. An
    event lies in one part of each set of dimensions only: all parts of a set together have as many looks as the whole.
    Hence each q has the limit `false_alarms_a_year / (events a year x sets x 30)`. Vectors are given as P(X >= k), what
    a window says that somebody chose beforehand; `log_tail` says that too.

    `SurgeDetector` is better where events come every few minutes and follow the time of day.

    Parameters:
        minimum_effect: how many times the usual rate is too little to matter, less 1: at 2 it is three times.
        minimum_exposure: so many events make a cluster, three at least.
        false_alarms_a_year: how often chance alone may go off, over all series together.
        sets: in how many sets of dimensions each event is looked at, the whole among them.

    Examples:
        >>> detector = RareDetector(minimum_effect=2, minimum_exposure=3)
        >>> four, five = np.full((2, 32, 1), np.inf)  # hours since the last event, the one before it, and so on
        >>> four[:4, 0], five[:5, 0] = [0.1, 2, 3, 4], [0.1, 1, 2, 3, 4]
        >>> for hours in (four, five):  # where there were four in the seven days before
        ...     found = detector.judge(seen=np.full((32, 1), 4.0), share=hours / (7 * 24), events_a_year=235.0)
        ...     print(found.events.tolist(), found.score.round(2).tolist())
        [4] [0.91]
        [5] [1.26]

    References:
        J. Naus, The distribution of the size of the maximum cluster of points on a line, JASA 60 (1965).

    """

    def __init__(
        self, minimum_effect: float, minimum_exposure: float, false_alarms_a_year: float = 1.0, sets: int = 1
    ) -> None:
        if not false_alarms_a_year > 0:
            raise ValueError(f"false_alarms_a_year is {false_alarms_a_year}, not above 0")
        if sets < 1:
            raise ValueError(f"sets is {sets}, not at least 1")
        self.minimum_effect = minimum_effect
        self.fewest = max(int(np.ceil(minimum_exposure)), _FEWEST)
        self.false_alarms_a_year = false_alarms_a_year
        self.sets = sets

    def limit(self, events_a_year: float) -> float:
        """The probability that has score 1, of k - 1 more events after one."""
        tests = DEPTH - _FEWEST + 1
        return min(self.false_alarms_a_year / (max(events_a_year, 1e-9) * self.sets * tests), _LEAST_SURE)

    def judge(self, seen: Array, share: Array, events_a_year: float, ago_s: Array | None = None) -> Clusters:
        """What the last events of n series say, as of the last one.

        Args:
            seen: float64[DEPTH, n], in row k - 1: events before the k-th last that the usual rate is known from.
            share: float64[DEPTH, n], the exposure from the k-th last to the last as a part of the exposure of those.
                NaN, or above 1, it says nothing: what is known is of less than the time in question.
            events_a_year: usual events of the whole, which are the looks.
            ago_s: float64[DEPTH, n], seconds since the last event, the one before it, and so on: where given, no window
                reaches back into a cluster that had ended before, and what has ended by now has no score.

        """
        events = np.arange(1.0, DEPTH + 1)[:, None]
        known = (share >= 0) & (share <= 1) & (events >= self.fewest)
        share = np.where(known, share, 0.0)
        matters = known & (events >= (1 + self.minimum_effect) * self.expected(seen, share))
        more = np.broadcast_to(events - 1, share.shape)
        scores = np.zeros(share.shape)
        scores[matters] = score(log_tail(more[matters], seen[matters], share[matters]), self.limit(events_a_year))
        if ago_s is not None and len(warm := np.flatnonzero(scores.max(axis=0, initial=0.0) > _WARM)):
            scores[:, warm] = np.where(events <= together(ago_s[:, warm]), scores[:, warm], 0.0)
            most = scores[:, warm].argmax(axis=0) + 1
            scores[:, warm[over(ago_s[:, warm], np.maximum(most, 2))]] = 0.0
        return Clusters(scores.argmax(axis=0) + 1, scores.max(axis=0, initial=0.0))

    @staticmethod
    def expected(seen: Array, share: Array) -> Array:
        """How many events are to be expected of that exposure: the mean of what is predicted."""
        mean: Array = (seen + _PRIOR) * share
        return mean

    @staticmethod
    def most(seen: Array, share: Array, limit: float) -> Array:
        """float64[n]: the fewest events since one of them, itself included, that have at most this probability."""
        beyond = special.nbdtrik(1 - limit, seen + _PRIOR, 1 / (1 + np.maximum(share, 1e-12)))
        fewest: Array = np.ceil(np.nan_to_num(beyond)) + 2.0
        return fewest
