"""How much more a ratio varies than the number of its trials explains: from quarter to quarter, and for long."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.state import grown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

SPAN_HOURS = 3
QUARTER_S = 900.0
_FORGET_QUARTER = 0.998  # five days
_FORGET_SPAN = 0.995  # twenty-five days
_PRIOR_QUARTERS = 16.0
_PRIOR_SPANS = 2.0
_STEADY = 0.05  # of what is assumed of spans is assumed of quarters within them
_FARTHEST = 16.0  # times what was to be expected: a square beyond counts for so much


class Dispersion:
    """Learns two correlations of trials: of those of one quarter of an hour, and of those of one span of three hours.

    What is learned are the errors of the predictions that were made, less those that few trials explain, so that an
    hour that nobody had seen before counts with its surprise. Quarters are many in a day and alike, so they say little
    about how a day differs from the next: long spans keep a wide prior of their own, which days narrow. With few days
    expectations are honestly wide (the law of total variance; method of moments, Kleinman 1973).

    Parameters:
        wide: correlation assumed of spans while nothing is known; of quarters it is a twentieth.
        least: it never falls below this.
        largest: nor rises above this.

    Examples:
        >>> dispersion = Dispersion(wide=0.02, least=1e-4, largest=0.2, size=1)
        >>> round(float(dispersion.of(60.0)[0]), 4)
        0.02
        >>> for quarter in range(2 * 96):
        ...     dispersion.learn(quarter // 4 % 24, *np.array([[0.0], [1.0], [100.0]]), np.array([True]))
        >>> bool(dispersion.of(60.0)[0] < 0.003)
        True

    """

    def __init__(self, wide: float, least: float, largest: float, size: int = 0) -> None:
        self.wide, self.least, self.largest = wide, least, largest
        self.quarter_squares: Array = np.zeros((2, size))  # beyond chance; what a correlation of 1 would make
        self.quarters: Array = np.zeros(size)
        self.span_squares: Array = np.zeros((2, size))
        self.spans: Array = np.zeros(size)
        self._open: Array = np.zeros((3, size))  # of the span that goes on: error, its variance by chance, trials
        self._at = -1

    @property
    def _names(self) -> tuple[str, ...]:
        return ("quarter_squares", "quarters", "span_squares", "spans", "_open")

    def grow(self, size: int) -> None:
        """Makes room for new series: they know nothing yet."""
        for name in self._names:
            setattr(self, name, grown(getattr(self, name), size))

    def forget(self, rows: NDArray[np.intp]) -> None:
        """These rows count something else now."""
        for name in self._names:
            getattr(self, name)[..., rows] = 0

    def learn(self, hour: int, error: Array, chance: Array, trials: Array, known: NDArray[np.bool_]) -> None:
        """Takes in a closed quarter of n series, float64[n] each.

        Args:
            hour: of the day.
            error: sum less prediction.
            chance: its variance if trials were independent and the prediction as sure as its trials make it.
            trials: times what one adds to the deviation that a dispersion of 1 makes: its standard deviation.
            known: where there was a prediction, and more than one trial.

        """
        if hour // SPAN_HOURS != self._at:
            self._close_span()
            self._at = hour // SPAN_HOURS
        scale = trials**2
        limit = _FARTHEST * (chance + scale * self.of(QUARTER_S))
        beyond = np.minimum(error**2, limit) - chance
        self.quarter_squares *= _FORGET_QUARTER
        self.quarter_squares += np.where(known, (beyond, scale), 0.0)
        self.quarters = self.quarters * _FORGET_QUARTER + known
        self._open += np.where(known, (error, chance, trials), 0.0)

    def _close_span(self) -> None:
        error, chance, trials = self._open
        known = trials > 0
        scale = trials**2
        limit = _FARTHEST * (chance + scale * self.lasting())
        self.span_squares *= np.where(known, _FORGET_SPAN, 1.0)
        self.span_squares += np.where(known, (np.minimum(error**2, limit) - chance, scale), 0.0)
        self.spans = np.where(known, self.spans * _FORGET_SPAN + 1, self.spans)
        self._open[:] = 0

    def lasting(self) -> Array:
        """float64[n]: of trials of long spans."""
        return self._drawn(self.span_squares, self.spans, _PRIOR_SPANS, self.wide)

    def of(self, run_s: Array | float) -> Array:
        """Correlation of the trials of a stretch of so many seconds: what varies by quarters cancels in a long one."""
        lasting = self.lasting()
        quarter = self._drawn(self.quarter_squares, self.quarters, _PRIOR_QUARTERS, _STEADY * self.wide)
        more = np.maximum(quarter - lasting, 0.0)
        found: Array = lasting + more * (QUARTER_S / np.maximum(run_s, QUARTER_S))
        return found

    def _drawn(self, squares: Array, count: Array, many: float, prior: float) -> Array:
        typical = squares[1] / np.maximum(count, 1e-9)
        weight = many * np.maximum(typical, 1e-12)
        found: Array = (squares[0] + prior * weight) / (squares[1] + weight)
        found = np.clip(found, self.least, self.largest)
        young = self.spans < self.oldest() / 2
        if young.any():
            # A series that is new is drawn towards those that are not: they have seen the days.
            telling = np.where(young, 0.0, self.spans)
            of_old = float((found * telling).sum() / telling.sum())
            found = np.where(young, (squares[0] + of_old * weight) / (squares[1] + weight), found)
        return np.clip(found, self.least, self.largest)

    def oldest(self) -> float:
        """Spans that have been seen, by the series that has been there for longest."""
        return float(self.spans.max(initial=0.0))

    def arrays(self) -> dict[str, NDArray[np.float64]]:
        """The state as named arrays."""
        parameters = np.array([self.wide, self.least, self.largest, float(self._at)])
        return {"parameters": parameters} | {name.strip("_"): getattr(self, name) for name in self._names}

    @classmethod
    def restored(cls, arrays: Mapping[str, NDArray[np.float64]]) -> Dispersion:
        """What `arrays` described."""
        wide, least, largest, at = arrays["parameters"].tolist()
        made = cls(wide, least, largest)
        for name in made._names:
            setattr(made, name, arrays[name.strip("_")])
        made._at = int(at)
        return made
