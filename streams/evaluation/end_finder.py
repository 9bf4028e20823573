"""Looks for the end of a trouble: it follows from what came since it was worst, not from a window."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from detectors.course import ending, worst_stretch
from streams.evaluation.moment import CourseStep

if TYPE_CHECKING:
    from detectors.course import Course, Stretch
    from streams.evaluation.judge import Judge
    from streams.evaluation.moment import Moment

SURE: Final = float(np.log(1000.0))
REACH_MS: Final = 1000 * CourseStep.MINUTE * CourseStep.MINUTE.count  # further back there are no steps to look at
_SLOTS_S = CourseStep.SLOT * CourseStep.SLOT.count
_MOST_OF_IT = 0.5


class Sign(enum.Enum):
    """What the steps say."""

    OVER = enum.auto()  # what came since the worst stretch is normal
    OPEN = enum.auto()  # there was a trouble, and too little came since to say that it is over
    NOTHING = enum.auto()  # no stretch of these steps stands out, or it is not what the window shows


class End(NamedTuple):
    """`until`: where the worst stretch ends, ms; 0 where there is none."""

    sign: Sign
    until: int = 0


class EndFinder:
    """Asks the judge of a metric for the steps of single series: it is dear, so it is asked of a few."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge

    def look(self, moment: Moment, series: int, window_s: int, *, above: bool, excess: float = 0.0) -> End:
        """Whether the trouble that a window shows is over.

        Args:
            moment: the tick.
            series: whose.
            window_s: the window that shows the trouble.
            above: the direction of its deviation.
            excess: of the window, in events. A stretch with less than half of it is not what the window shows.

        """
        step = CourseStep.SLOT if window_s <= _SLOTS_S else CourseStep.MINUTE
        course = self._judge.course(moment, series, step, above)
        found = ending(course)
        if not _stands_out(course, found.worst, excess):
            return End(Sign.NOTHING)
        until = _time_of(moment, course, step, found.worst.stop)
        alone = found.worst.gain - found.lasting
        sure = alone >= SURE + np.log(len(course.counts)) and found.since >= SURE
        return End(Sign.OVER if sure else Sign.OPEN, until)

    def started(self, moment: Moment, series: int, *, above: bool, excess: float) -> int:
        """When a trouble began that a window of hours shows and of which the last minutes hold most; 0: they do not."""
        course = self._judge.course(moment, series, CourseStep.MINUTE, above)
        worst = worst_stretch(course)
        if worst.start == 0 or not _stands_out(course, worst, excess):
            return 0
        return _time_of(moment, course, CourseStep.MINUTE, worst.start)


def _stands_out(course: Course, worst: Stretch, excess: float) -> bool:
    within = slice(worst.start, worst.stop)
    carried = abs(float(course.counts[within].sum() - course.expected[within].sum()))
    return worst.gain >= SURE + np.log(max(len(course.counts), 1)) and carried >= _MOST_OF_IT * excess


def _time_of(moment: Moment, course: Course, step: CourseStep, place: int) -> int:
    step_ms = step * 1000
    return moment.end_ms // step_ms * step_ms - (len(course.counts) - place) * step_ms
