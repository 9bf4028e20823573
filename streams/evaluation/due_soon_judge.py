"""The judge of forecasts: how many of the open cases will miss their deadlines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from detectors import contributors
from detectors.binomial import BinomialDetector
from detectors.course import Course
from detectors.dispersion import Dispersion
from detectors.judgement import Reason
from detectors.ratio_baseline import correlation
from detectors.state import grown, pack, unpack
from streams.catalogue.metric import Component
from streams.cells.lead import STEP_MS
from streams.evaluation.judge import Finding
from streams.evaluation.window_reader import QUARTER_MS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from detectors.judgement import Judgement
    from streams.catalogue.metric import Metric
    from streams.evaluation.judge import Quarter
    from streams.evaluation.moment import CourseStep, Moment

    Array = NDArray[np.float64]

_IN_QUARTER = QUARTER_MS // STEP_MS  # forecasts
_WIDE, _LEAST, _MOST = 0.2, 0.02, 4.0  # variance of the log odds of a forecast against the usual pace's
_SETTLED = 16.0  # quarters before anything is judged
_LEAST_SHARE = 1e-3
_SURE = 1e9  # trials: what is usual follows from the cases themselves


class _Forecast(NamedTuple):
    """By series: cases that will miss, that are open, and that would miss at the usual pace."""

    missed: Array
    cases: Array
    usual: Array


class DueSoonJudge:
    """The share of the open cases that will miss, against the share that would at the usual pace; told in cases.

    The window holds one forecast, that of the last step. One is much like the one before it, so that nothing adds up
    over time: each is judged by itself. What is usual follows from the cases that are open; what is learned is how far
    forecasts stray from it on usual days.
    """

    def __init__(self, metric: Metric) -> None:
        self._window_s = metric.windows[0]
        self._detector = BinomialDetector(min(metric.minimum_effect, 1.0), metric.minimum_exposure)
        self._dispersion = Dispersion(_WIDE, _LEAST, _MOST)
        self._moved: Array = np.zeros(0)  # log odds by which people say that something else is usual now

    def learn(self, quarter: Quarter, counts: dict[int, Array], partner: dict[int, NDArray[np.int32]]) -> None:
        del partner  # every part is counted by every scope
        forecast = _forecast(lambda part: counts[part] / _IN_QUARTER)
        self.grow(len(forecast.cases))
        share = self._share(forecast)
        scale = forecast.cases * share * (1 - share)
        error = forecast.missed - share * forecast.cases
        hour = int(quarter.second_of_day // 3600)
        self._dispersion.learn(hour, error, np.zeros(len(error)), scale, forecast.cases > 1)

    def grow(self, size: int) -> None:
        if size > len(self._moved):
            self._moved = grown(self._moved, size)
            self._dispersion.grow(size)

    def largest_expected(self, window_s: int) -> float:
        """There is something to judge only where cases are open."""
        del window_s
        return 0.0

    def findings(self, moment: Moment, windows: tuple[int, ...]) -> Iterator[Finding]:
        for window_s in windows:
            forecast = self._now(moment)
            settled = self._settled(moment)
            share = np.where(settled, self._share(forecast), np.nan)
            dispersion = correlation(self._dispersion.of(0.0), share)
            weight = np.full(moment.size, _SURE)
            missed, limit = np.minimum(forecast.missed, forecast.cases), moment.limit(window_s)
            judged = self._detector.judge(missed, forecast.cases, share, weight, dispersion, limit)
            judged.reason[~settled & (forecast.cases > 0)] = Reason.WARMING_UP
            yield Finding(window_s, judged)

    def _settled(self, moment: Moment) -> NDArray[np.bool_]:
        """Where it is known how far forecasts stray, of the series itself or of the whole."""
        quarters = self._dispersion.quarters
        enough: NDArray[np.bool_] = quarters >= _SETTLED
        return enough | (0 <= moment.whole < len(enough) and bool(enough[moment.whole]))

    def _now(self, moment: Moment) -> _Forecast:
        return _forecast(lambda part: moment.raw(part, self._window_s))

    def _share(self, forecast: _Forecast) -> Array:
        """float64[n]: what usually misses of the cases that are open."""
        cases = np.maximum(forecast.cases, 1.0)
        rare = 0.5 / (cases + 1)
        share = np.clip(forecast.usual / cases, rare, 1 - rare)
        odds = share / (1 - share) * np.exp(self._moved[: len(share)])
        return np.asarray(odds / (1 + odds))

    def in_unit(self, moment: Moment, judged: Judgement, windows: NDArray[np.int32]) -> Judgement:
        """In cases, of as many as are open."""
        del moment, windows
        columns = ("value", "expected", "lower", "upper")
        return replace(judged, **{name: getattr(judged, name) * judged.exposure for name in columns})

    def follow(self, moment: Moment, elapsed_s: float, calm: NDArray[np.bool_]) -> None:
        """The closing curve follows by itself, where the cases are."""

    def since(self, moment: Moment, series: int, seconds: int) -> Judgement | None:
        """The last forecast is what is to be expected, whatever was before."""
        del moment, series, seconds
        return None

    def course(self, moment: Moment, series: int, step: CourseStep, above: bool) -> Course:
        forecast = _forecast(lambda part: moment.course(part, series, step))
        if above:
            return Course(
                forecast.missed,
                np.maximum(forecast.usual, _LEAST_SHARE * forecast.cases),
                rises=True,
                trials=forecast.cases,
            )
        closed = np.maximum(forecast.cases - forecast.missed, 0.0)
        usual = np.maximum(forecast.cases - forecast.usual, _LEAST_SHARE * forecast.cases)
        return Course(closed, usual, rises=True, trials=forecast.cases)

    def rebase(self, moment: Moment, rows: NDArray[np.intp], seconds: int) -> float:
        forecast = _forecast(lambda part: np.array([moment.last(part, series, seconds) for series in rows.tolist()]))
        rare = 0.5 / (forecast.cases + 1)
        seen, usual = (
            np.clip(part / np.maximum(forecast.cases, 1.0), rare, 1 - rare)
            for part in (forecast.missed, forecast.usual)
        )
        before = usual[0] / (1 - usual[0]) * np.exp(self._moved[rows[0]])
        self._moved[rows] = np.where(forecast.cases > 0, np.log(seen / (1 - seen)) - np.log(usual / (1 - usual)), 0.0)
        return float(seen[0] * (1 + before) / before) if forecast.cases[0] > 0 else 0.0

    def contributions(self, moment: Moment, whole: int, parts: list[int], window_s: int) -> contributors.Contributions:
        del whole, window_s  # there is one window, and every part has a usual share of its own
        rows, forecast = np.array(parts), self._now(moment)
        cases = forecast.cases[rows]
        usual = cases * self._share(forecast)[rows]
        return contributors.of_ratio(cases, usual, cases, np.minimum(forecast.missed[rows], cases), cases > 0)

    def to_bytes(self) -> bytes:
        return pack({"moved": self._moved} | self._dispersion.arrays())

    def restore(self, payload: bytes) -> None:
        arrays = unpack(payload)
        self._moved, self._dispersion = arrays["moved"], Dispersion.restored(arrays)


def _forecast(read: Callable[[Component], Array]) -> _Forecast:
    """`read` gives the numbers of a component; see `streams.merge.open_cases.Forecast`."""
    parts = (Component.NUMERATOR, Component.DENOMINATOR, Component.EXPOSURE)
    return _Forecast(*(np.maximum(read(part), 0.0) for part in parts))
