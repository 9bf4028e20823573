"""What is expected of each series of a lean scope: its own days, drawn to all, times what all do now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from scipy import special

from detectors.between_parts import trials_of_whole
from detectors.course import Course
from detectors.many_dispersions import ManyDispersions
from detectors.many_parts import PartsDetector, common_factor, common_shift, exact_sum
from streams.evaluation.lean_reader import QUARTER_S, WINDOWS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from detectors.judgement import Judgement
    from streams.catalogue.metric import Metric
    from streams.evaluation.lean_reader import LeanReader

    Array = NDArray[np.float64]
    Ints = NDArray[np.int64]

HOUR: Final = 1  # which of the windows
_FIRST: Final = {True: 0.02, False: 0.1}  # correlation of ratios, relative variance of counts, before any is known
_YOUNG: Final = 0.05  # relative variance of a share of which one day is known
_LENT: Final = 32.0  # trials that all lend to each while nobody knows how parts differ
_TELLING: Final = 1.0  # events expected, or trials, of a part that says how much parts vary


class Now(NamedTuple):
    """What all parts do together in each window: times of the usual for counts, a shift of log odds for ratios."""

    quarter: int
    common: tuple[float, ...]


class LeanExpectation:
    """Of one metric and lean scope.

    Counts: a series has its share of what all have, as on the thirty usual days. Ratios and cohorts: its usual ratio,
    drawn to that of all, moved as the ratios of all have moved.
    """

    def __init__(self, metric: Metric) -> None:
        self.ratios = metric.traits.of_cases
        self.dispersions = ManyDispersions(_FIRST[self.ratios], len(WINDOWS), HOUR)
        self._detector = PartsDetector(metric.minimum_effect, metric.minimum_exposure)
        self._now = Now(-1, ())
        self._all: tuple[int, tuple[float, float] | None] = (-1, None)

    def now(self, reader: LeanReader) -> Now:
        """Found once for each quarter of an hour."""
        if self._now.quarter != reader.following:
            common = tuple(self._common(reader, number) for number in range(len(WINDOWS)))
            self._now = Now(reader.following, common)
        return self._now

    def _common(self, reader: LeanReader, number: int) -> float:
        seen = reader.window(WINDOWS[number])
        if self.ratios:
            rows = np.flatnonzero(seen[1] > 0)
            tops, bottoms = seen[:2, rows].astype(np.float64)
            tops = np.clip(tops, 0.0, bottoms)
            ratio, _ = self._usual_ratio(reader, rows)
            return common_shift(tops, bottoms, special.logit(ratio), self.dispersions.common(number))
        usual = reader.month.usual(len(reader.names))
        return common_factor(seen[0].astype(np.float64), usual, self.dispersions.common(number))

    def judge(self, reader: LeanReader, number: int, rows: Ints, limit: float) -> Judgement:
        """Some series over one of the windows."""
        seen = reader.window(WINDOWS[number])[:, rows].astype(np.float64)
        if self.ratios:
            ratio, unsure = self._expected_ratio(reader, number, rows)
            wide = np.minimum(self.dispersions.of(number, rows) + unsure, 0.99)
            return self._detector.of_ratios(seen[0], seen[1], ratio, wide, limit)
        expected, unsure = self._expected_count(reader, number, rows)
        wide = self.dispersions.of(number, rows) + unsure
        return self._detector.of_counts(seen[0], expected, wide, WINDOWS[number] * QUARTER_S, limit)

    def learn(self, reader: LeanReader, number: int, rows: Ints) -> None:
        """Lets these series say how much they vary over a window."""
        seen = reader.window(WINDOWS[number])[:, rows].astype(np.float64)
        if self.ratios:
            ratio, unsure = self._expected_ratio(reader, number, rows)
            trials = seen[1]
            variance = trials * ratio * (1 - ratio)
            chance, scale = variance * (1 + (trials - 1) * unsure), variance * (trials - 1)
            tops = np.clip(seen[0], 0.0, trials)
            squares, telling = (tops - trials * ratio) ** 2, trials > _TELLING
        else:
            expected, unsure = self._expected_count(reader, number, rows)
            known = np.where(np.isfinite(expected), expected, 0.0)
            chance, scale = known + unsure * known**2, known**2
            squares, telling = (seen[0] - known) ** 2, known >= _TELLING
        chosen = np.flatnonzero(telling)
        self.dispersions.learn(number, rows[chosen], squares[chosen], chance[chosen], scale[chosen])

    def course(self, reader: LeanReader, series: int, quarters: int, *, above: bool) -> Course:
        """The last quarters of a series, in what a deviation shows in: where a ratio falls, the failures."""
        seen, rows = reader.course(series, quarters).astype(np.float64), np.array([series])
        if self.ratios:
            ratio, _ = self._expected_ratio(reader, HOUR, rows)
            tops, trials = np.minimum(seen[0], seen[1]), seen[1]
            counts, usual = (tops, float(ratio[0])) if above else (trials - tops, 1 - float(ratio[0]))
            return Course(counts, usual * trials, rises=True, trials=trials)
        count = len(reader.names)
        share = reader.month.usual(count)[rows][0] / max(exact_sum(reader.month.usual(count)), 1.0)
        return Course(seen[0], share * reader.totals(quarters)[0], rises=above)

    def _expected_count(self, reader: LeanReader, number: int, rows: Ints) -> tuple[Array, Array]:
        """What is expected, NaN where nothing is known; and its relative variance, for how little it rests on."""
        count = len(reader.names)
        usual, events = reader.month.usual(count)[rows], reader.month.sums(count)[0, rows]
        known = usual > 0
        expected = np.where(known, usual * self.now(reader).common[number], np.nan)
        young = _YOUNG / max(reader.month.known_days(), 1) ** 2
        return expected, 1 / (events + 1.0) + young

    def _expected_ratio(self, reader: LeanReader, number: int, rows: Ints) -> tuple[Array, Array]:
        ratio, trials = self._usual_ratio(reader, rows)
        moved = special.expit(special.logit(ratio) + self.now(reader).common[number])
        return moved, 1 / (trials + 1.0)

    def _usual_ratio(self, reader: LeanReader, rows: Ints) -> tuple[Array, Array]:
        """The usual ratio of some series, and how many trials it rests on, those lent by all among them."""
        whole, lent = self._of_all(reader)
        tops, bottoms = reader.month.sums(len(reader.names))[:2, rows].astype(np.float64)
        tops = np.clip(tops, 0.0, bottoms)
        trials = bottoms + lent
        return np.clip((tops + lent * whole) / trials, 1e-4, 1 - 1e-4), trials

    def _of_all(self, reader: LeanReader) -> tuple[float, float]:
        """The usual ratio of all, and the trials that it lends to each (empirical Bayes); found once a day."""
        day = reader.month.today
        if self._all[0] != day:
            self._all = day, self._of_days(reader)
        if self._all[1] is not None:
            return self._all[1]
        tops, bottoms = reader.window(WINDOWS[-1])[:2].sum(
            axis=1, dtype=np.float64
        )  # of the first days there is no more
        return _smoothed(tops, bottoms), _LENT

    @staticmethod
    def _of_days(reader: LeanReader) -> tuple[float, float] | None:
        sums = reader.month.sums(len(reader.names)).astype(np.float64)
        whole = sums[:2].sum(axis=1)
        if whole[1] <= 0:
            return None
        sums = sums[:2, np.lexsort((sums[1], sums[0]))]  # so that nothing depends on the order of the log
        sets = np.zeros(sums.shape[1] + 1, np.int64)
        sets[-1] = 1
        tops, bottoms = np.append(sums[0], whole[0]), np.append(sums[1], whole[1])
        lent = trials_of_whole(tops, bottoms, sets, len(tops) - 1)
        return _smoothed(*whole), max(float(lent[0]), 1.0)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The state but for what each series has of its own, as named arrays."""
        return self.dispersions.arrays() | {"quarter": np.array([self._now.quarter]), "now": np.array(self._now.common)}

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Takes over what `arrays` described; other names are skipped."""
        self.dispersions.restore(arrays)
        self._now = Now(int(arrays["quarter"][0]), tuple(arrays["now"].tolist()))


def _smoothed(tops: float, bottoms: float) -> float:
    return float(np.clip((tops + 0.5) / (bottoms + 1.0), 1e-4, 1 - 1e-4))
