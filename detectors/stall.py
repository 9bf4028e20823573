"""A count that stops: a sequential test that may be looked at as often as one likes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.judgement import LIMIT, Judgement, Reason
from detectors.state import grown, pack, unpack

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_LEFT = 0.05  # of the rate that is looked for: what a stop lets pass
_MOST = 2.0  # scores beyond this are not kept: a stall that is over has to be forgotten within two minutes


class StallDetector:
    """Finds series whose rate fell to about a twentieth, in a run that is as long as it has to be.

    A run holds k events where m were expected since it began. The logarithm of its likelihood ratio, "a twentieth of
    the rate" against "the expected rate", is 0.95 m - 3 k; where it falls to 0 a new run begins (Page's CUSUM). At the
    expected rate the ratio of a run is a martingale, so it ever reaches exp(s) with a probability of at most exp(-s):
    that bound is what is scored. A fixed window must hold nothing from before the stop, and `SilenceDetector` begins
    again with every straggler: this one is sure after 14.5 expected events, with a straggler 17.7, with two 20.9. What
    has only slowed down is `SurgeDetector`'s.

    Parameters:
        minimum_exposure: so many events must have been expected.
        limit: probability that has score 1.

    Examples:
        >>> detector = StallDetector(minimum_exposure=10)
        >>> detector.grow(1)
        >>> for second in range(0, 130, 10):  # eight a minute, and one straggler
        ...     detector.follow(np.array([float(second == 60)]), np.array([8 / 6]), np.full(1, 0.003), 10.0)
        >>> [Reason(int(detector.judge().reason[0])).name, detector.seconds.tolist()]
        ['NORMAL', [130.0]]
        >>> detector.follow(np.zeros(1), np.array([8 / 6]), np.full(1, 0.003), 10.0)
        >>> Reason(int(detector.judge().reason[0])).name
        'STALL'

    References:
        E. S. Page, Continuous inspection schemes, Biometrika 41 (1954). J. Ville, Étude critique de la notion de
        collectif (1939): the bound.

    """

    def __init__(self, minimum_exposure: float, limit: float = LIMIT) -> None:
        if not 0 < limit < 1:
            raise ValueError(f"limit is {limit}, not between 0 and 1")
        self.minimum_exposure = max(minimum_exposure, 1.0)
        self.limit = limit
        self._runs: Array = np.zeros((4, 0))  # log likelihood ratio, expected events, events, seconds

    @property
    def seconds(self) -> Array:
        """float64[n]: how long each series' run has lasted."""
        seconds: Array = self._runs[3]
        return seconds

    def grow(self, size: int) -> None:
        """Makes room for new series."""
        self._runs = grown(self._runs, size)

    def begin(self) -> None:
        """All runs start again: after a time that was not followed."""
        self._runs[:] = 0.0

    def follow(self, counts: Array, expected: Array, dispersion: Array, elapsed_s: float) -> None:
        """Takes in float64[n] of the last `elapsed_s` seconds: what came, and what was expected (NaN: no run).

        With Var = mean + dispersion * mean^2 the level of a run is uncertain: m counts as log(1 + d m) / d events.
        """
        ratio, missed, seen, lasted = self._runs
        wide = np.maximum(dispersion, 1e-6)
        before = np.log1p(wide * missed) / wide
        missed = missed + expected
        gain = (1 - _LEFT) * (np.log1p(wide * missed) / wide - before)
        ratio = np.minimum(ratio + gain + counts * np.log(_LEFT), -_MOST * np.log(self.limit))
        self._runs = np.where(ratio > 0, [ratio, missed, seen + counts, lasted + elapsed_s], 0.0)

    def judge(self) -> Judgement:
        """Judgements of n series; value and band are per minute of the run."""
        ratio, missed, seen, lasted = self._runs
        enough = missed >= self.minimum_exposure
        scores = np.where(enough, ratio / -np.log(self.limit), 0.0)
        per_minute = 60.0 / np.maximum(lasted, 1.0)
        bound = -np.log(self.limit) / (1 - _LEFT)  # without any event, so many must have been expected
        reason = np.where(enough, Reason.NORMAL, Reason.INSUFFICIENT_EXPOSURE).astype(np.int8)
        reason[scores >= 1] = Reason.STALL
        return Judgement(
            score=scores,
            value=seen * per_minute,
            expected=missed * per_minute,
            lower=np.maximum(missed - bound, 0.0) * per_minute,
            upper=missed * 2 * per_minute,
            exposure=missed.copy(),
            excess=np.where(enough, np.maximum(missed - seen, 0.0), 0.0),
            reason=reason,
            direction=np.where(enough, np.sign(seen - missed), 0).astype(np.int8),
        )

    def to_bytes(self) -> bytes:
        """The runs; the parameters are the catalogue's."""
        return pack({"runs": self._runs})

    def restore(self, payload: bytes) -> None:
        """Takes over what `to_bytes` described. Raises ValueError for anything else."""
        self._runs = unpack(payload)["runs"]
