"""What is expected of the ratios of a metric at a tick."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.between_parts import trials_of_whole
from detectors.ratio_baseline import RatioBaseline, UsualRatio, at, correlation
from streams.catalogue.metric import Component
from streams.evaluation.first_look import FirstLook

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streams.evaluation.moment import Moment

    Array = NDArray[np.float64]

WIDE = 0.2  # variance of the log odds while nobody knows yet how days and hours differ: 0.5 may be 0.35, 0.97 be 0.93
LEAST = 1e-3
LEAST_TRIALS = 30.0  # of its own, or of the whole that it is a part of
HALF_HOUR_S = 1800


class ExpectedRatios:
    """The usual ratio of the hour; in the first hours what has been seen so far; of a new part that of the whole.

    How wide an expectation is follows from what is known: few trials, few days and parts that are unlike make it wide.
    It changes with the half hour and with what is learned, so it is made then and kept.
    """

    def __init__(self) -> None:
        self._baseline = RatioBaseline(bounded=True, wide=WIDE, least=LEAST)
        self._first = FirstLook()
        self._learned = 0
        self._made: tuple[tuple[int, int, int, int], UsualRatio] | None = None
        self._begun: tuple[UsualRatio, UsualRatio] | None = None  # with what has been seen since the start

    def learn(self, hour: int, tops: Array, bottoms: Array, partner: NDArray[np.int32]) -> None:
        """Takes in a closed quarter; `bottoms` are by the series that counts them, which `partner` names."""
        self._baseline.learn(hour, tops, bottoms, partner)
        self._learned += 1

    def grow(self, size: int) -> None:
        """Makes room for new series."""
        self._baseline.grow(size)
        self._first.grow(size)

    def follow(self, now_ms: int, tops: Array, bottoms: Array, share: float, calm: NDArray[np.bool_]) -> None:
        """Takes in a share of what a window holds, for the rows that are calm: for as long as no quarter has closed."""
        self._first.follow(now_ms, tops, bottoms, share, calm)
        self._begun = None

    def rebase(self, moment: Moment, rows: NDArray[np.intp], tops: Array, bottoms: Array) -> None:
        """From now on these rows have the ratio of these sums."""
        self._baseline.rebase(rows, tops, bottoms, moment.partner(Component.DENOMINATOR))
        self._first.forget(rows)
        self._made = None

    def usual(self, moment: Moment) -> UsualRatio:
        """The expectation at this tick, NaN where nothing is known."""
        key = (int(moment.end_s // HALF_HOUR_S), self._learned, moment.size, moment.whole)
        if self._made is None or self._made[0] != key:
            self._made = (key, self._of_hour(moment))
        usual = self._made[1]
        return usual if np.isfinite(usual.ratio).all() else self._with_first(moment, usual)

    def _of_hour(self, moment: Moment) -> UsualRatio:
        partner, whole = moment.partner(Component.DENOMINATOR), moment.whole
        sums = self._baseline.sums
        of_whole = trials_of_whole(sums[0], at(sums[1], partner), kinds(moment), whole)
        usual = self._baseline.usual(moment.end_s, partner, whole, of_whole)
        return usual._replace(ratio=np.where(self._known(usual.seen, moment), usual.ratio, np.nan))

    def _with_first(self, moment: Moment, usual: UsualRatio) -> UsualRatio:
        """With what has been seen since the start where no quarter has closed yet."""
        if self._begun is not None and self._begun[0] is usual:
            return self._begun[1]
        sums = self._first.sums(moment.now_ms)
        if sums is None:
            return usual
        tops, bottoms = sums
        drawn = trials_of_whole(tops, bottoms, kinds(moment), moment.whole)
        of_whole = tops[moment.whole] / max(bottoms[moment.whole], 1.0) if moment.whole >= 0 else 0.0
        ratio = (tops + drawn * of_whole) / np.maximum(bottoms + drawn, 1e-9)
        known, weight = np.isfinite(usual.ratio), np.maximum(bottoms + drawn, 1.0)
        rare = 0.5 / (weight.max(initial=1.0) + 1)
        ratio = np.clip(ratio, rare, 1 - rare)
        unsettled = correlation(np.full(len(ratio), WIDE), ratio)
        begun = usual._replace(
            ratio=np.where(known, usual.ratio, np.where(self._known(bottoms, moment), ratio, np.nan)),
            weight=np.where(known, usual.weight, weight),
            dispersion=np.where(known, usual.dispersion, unsettled),
            lasting=np.where(known, usual.lasting, unsettled),
        )
        self._begun = (usual, begun)
        return begun

    def _known(self, trials: Array, moment: Moment) -> NDArray[np.bool_]:
        """Where there are trials enough, of its own or of the whole that it is a part of."""
        enough: NDArray[np.bool_] = trials >= LEAST_TRIALS
        return enough | (0 <= moment.whole < len(enough) and bool(enough[moment.whole]))

    def bottoms(self, moment: Moment) -> Array:
        """float64[n]: recent trials by the series that uses them: the usual weights of segments."""
        return self._baseline.bottoms(moment.partner(Component.DENOMINATOR))

    def a_day(self, moment: Moment) -> Array:
        """float64[n]: trials a day, about."""
        return at(self._baseline.trials_a_day(), moment.partner(Component.DENOMINATOR))

    def parts(self) -> dict[str, bytes]:
        """The state by name."""
        return {"baseline": self._baseline.to_bytes(), "first": self._first.to_bytes()}

    def restore(self, parts: dict[str, bytes]) -> None:
        """Takes over what `parts` described."""
        self._baseline = RatioBaseline.from_bytes(parts["baseline"])
        self._first = FirstLook.from_bytes(parts["first"])
        self._made = self._begun = None


def kinds(moment: Moment) -> NDArray[np.int64]:
    """int64[n]: by which set of dimensions each series is counted."""
    return np.array([scope[0] for scope in moment.reader.scopes[: moment.size]], dtype=np.int64)
