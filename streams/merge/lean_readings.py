"""What is exported of a lean scope: those of highest score and of largest volume; and the figures of any of them."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from streams.catalogue.lean import exported
from streams.evaluation.lean_reader import WINDOWS
from streams.merge.lean_month import DAYS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detectors.judgement import Judgement
    from streams.catalogue.metric import Metric
    from streams.evaluation.lean_judge import LeanJudge
    from streams.evaluation.lean_reader import SeriesNames
    from streams.merge.lean_series import LeanSeries

    Ints = NDArray[np.int64]

DAY: Final = len(WINDOWS) - 1  # the window that is shown: most merchants have few events in an hour


class LeanFigures(NamedTuple):
    """Of some series: judged over the last day, with the score of the last time that all windows were judged."""

    numbers: Ints
    judged: Judgement
    scores: NDArray[np.float64]


class LeanReading:
    """One lean scope of a metric, as it stands.

    Attributes:
        metric: the catalogue entry.
        place: number of the scope set.
        series: what was counted.
        top: how many are exported by score, and how many by volume.

    """

    def __init__(self, metric: Metric, place: int, series: LeanSeries, judge: LeanJudge) -> None:
        self.metric = metric
        self.place = place
        self.series = series
        self.top = exported(metric)
        self._judge = judge

    @property
    def known(self) -> int:
        """How many series have had something counted within the last day."""
        return int(np.count_nonzero(self._volume()))

    def shown(self) -> list[int]:
        """The series that are exported, in the order of their values."""
        names, volume = self.series.names, self._volume()
        scores = self._scores(np.arange(len(names)))
        nobody = self.series.names.unnamed()
        volume[nobody], scores[nobody] = 0, 0.0
        return names.ordered({*largest(scores, names, self.top), *largest(volume, names, self.top)})

    def figures(self, numbers: list[int]) -> LeanFigures:
        """Of some series, in that order."""
        rows = np.array(numbers, np.int64)
        return LeanFigures(rows, self._judge.shown(self.series, DAY, rows), self._scores(rows))

    def days(self, number: int) -> Ints:
        """int64[components, 30]: of a series by natural day, oldest first, today so far last."""
        return self.series.month.of_series(number, DAYS)

    def _volume(self) -> NDArray[np.int32]:
        volume: NDArray[np.int32] = self.series.window(WINDOWS[DAY])[-1].copy()
        return volume

    def _scores(self, rows: Ints) -> NDArray[np.float64]:
        scores = np.zeros(len(rows))
        there = rows < len(self._judge.scores)
        scores[there] = self._judge.scores[rows[there]]
        return scores


def largest(values: NDArray[np.float64] | NDArray[np.int32], names: SeriesNames, count: int) -> list[int]:
    """The series of the largest values above 0, the largest first; of equal ones, those whose names come first.

    The same as sorting all of them, without doing so.
    """
    there = np.flatnonzero(values > 0)
    if len(there) > count:
        least = np.partition(values[there], len(there) - count)[len(there) - count]
        sure, equal = there[values[there] > least], there[values[there] == least]
        more = heapq.nsmallest(count - len(sure), equal.tolist(), key=names.values)
        there = np.array([*sure.tolist(), *more], np.int64)
    return sorted(there.tolist(), key=lambda number: (-values[number], names.values(number)))
