"""The single values of a metric at one tick, and what is usual of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.amount_mean import ExpectedMean
from detectors.ratio_baseline import RatioBaseline, at
from detectors.single_values import Moments, SingleValues
from detectors.state import pack, unpack
from streams.catalogue.metric import Component
from streams.cells.squares import squares_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from streams.catalogue.metric import Metric
    from streams.evaluation.moment import CourseStep, Moment

    Array = NDArray[np.float64]
    Partners = NDArray[np.int32]

_WIDE_VARIANCE = 0.02  # of means, as a part of the variance of a value, while nobody knows how days and hours differ
_LEAST_VARIANCE = 0.001
_LEAST_VALUES = 30.0


class Amounts:
    """Learns the usual mean of the values, by hour, and their usual mean square. Values are in the metric's unit."""

    def __init__(self, metric: Metric) -> None:
        self._scale = float(metric.scale)
        self._means = RatioBaseline(bounded=False, wide=_WIDE_VARIANCE, least=_LEAST_VARIANCE)
        self._values = SingleValues()

    def grow(self, size: int) -> None:
        """Makes room for new series."""
        self._means.grow(size)
        self._values.grow(size)

    def learn(self, second_of_day: float, counts: dict[int, Array], partner: dict[int, Partners]) -> None:
        """Takes in a closed quarter of an hour, of which a value that is far too large has been cut."""
        of_values = partner[Component.DENOMINATOR]
        numbers = counts[Component.DENOMINATOR]
        moments = self._read(at(numbers, of_values), lambda component: counts[component])
        self.grow(len(numbers))
        usual = self._values.usual_square()
        within = self._values.within_reach(moments, usual)
        own = within.squares / np.maximum(within.number, 1.0)
        square = np.where(np.isfinite(usual), usual, own)
        self._values.learn(moments)
        self._means.learn(int(second_of_day // 3600), within.total, numbers, of_values, np.maximum(square, 1e-12))

    def rebase(self, moment: Moment, rows: NDArray[np.intp], seconds: int) -> float:
        """The mean of their last seconds is usual now; in times of what was, for the first, 1 where nothing was."""
        seen = [self.last(moment, series, seconds) for series in rows.tolist()]
        tops, bottoms = (np.concatenate(column) for column in ([of.total for of in seen], [of.number for of in seen]))
        before = self.usual(moment).mean[rows[0]]
        self._means.rebase(rows, tops, bottoms, moment.partner(Component.DENOMINATOR))
        after = self.usual(moment).mean[rows[0]]
        return float(after / before) if before > 0 and after > 0 else 1.0

    def usual(self, moment: Moment) -> ExpectedMean:
        """What is usual of a value at this tick."""
        usual = self._means.usual(moment.end_s, moment.partner(Component.DENOMINATOR), moment.whole)
        square = self._values.usual_square(moment.whole)
        known = usual.seen >= _LEAST_VALUES
        known |= 0 <= moment.whole < len(known) and bool(known[moment.whole])
        mean = np.where(known, usual.ratio, np.nan)
        between = square * (usual.dispersion + 1 / np.maximum(usual.weight, 1.0))
        return ExpectedMean(mean, square, between)

    def own(self, moment: Moment) -> NDArray[np.bool_]:
        """bool[n]: where what is usual was learned from values of the series itself."""
        of_own = at(self._means.seen, moment.partner(Component.DENOMINATOR)) >= _LEAST_VALUES
        return np.asarray(of_own, dtype=np.bool_)

    def seen(self, moment: Moment, window_s: int) -> Moments:
        """Of a window."""
        return self._read(
            moment.sums(Component.DENOMINATOR, window_s), lambda component: moment.raw(component, window_s)
        )

    def last(self, moment: Moment, series: int, seconds: int) -> Moments:
        """Of one series over its last seconds: a column of length 1."""

        def of(component: int) -> Array:
            return np.array([moment.last(component, series, seconds)])

        return self._read(of(Component.DENOMINATOR), of)

    def course(self, moment: Moment, series: int, step: CourseStep) -> Moments:
        """Of one series, by steps, oldest first."""
        return self._read(
            np.maximum(moment.course(Component.DENOMINATOR, series, step), 0.0),
            lambda component: moment.course(component, series, step),
        )

    def within_reach(self, moments: Moments, usual: ExpectedMean) -> Moments:
        """What a single value is beyond reach cut off."""
        return self._values.within_reach(moments, usual.square)

    def weights(self, moment: Moment) -> Array:
        """float64[n]: recent values by the series that uses them: the usual weights of segments."""
        return self._means.bottoms(moment.partner(Component.DENOMINATOR))

    def to_bytes(self) -> bytes:
        """What was learned."""
        parts = {"means": self._means.to_bytes(), "values": self._values.to_bytes()}
        return pack({name: np.frombuffer(part, dtype=np.uint8) for name, part in parts.items()})

    def restore(self, payload: bytes) -> None:
        """Takes over what `to_bytes` described."""
        parts = unpack(payload)
        self._means = RatioBaseline.from_bytes(parts["means"].tobytes())
        self._values.restore(parts["values"].tobytes())

    def _read(self, number: Array, read: Callable[[int], Array]) -> Moments:
        return moments_of(self._scale, number, read)


def moments_of(scale: float, number: Array, read: Callable[[int], Array]) -> Moments:
    """The moments of values that sums keep times `scale`; `read` gives the sum of a component."""
    squares = squares_of(read(Component.SQUARES), read(Component.SQUARES_LOW))
    return Moments(number, read(Component.NUMERATOR) / scale, squares / scale**2)
