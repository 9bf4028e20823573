"""What earlier entries of the calendar were, for those that are expected to be like them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from detectors.remembered_course import RememberedCourse
from streams.catalogue.metric import Component
from streams.evaluation.has_level import HasLevel
from streams.evaluation.window_reader import QUARTER_MS, TICK_MS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from streams.catalogue.metric import Metric
    from streams.evaluation.likes import Earlier, Like
    from streams.evaluation.window_reader import WindowReader

    Array = NDArray[np.float64]

_MINUTE_MS = 60_000
_DAY_MS = 86_400_000
_MINUTES_AT_ONCE = 30  # of a longer gap, minutes are not told apart
_EITHER = 1.05  # a wave that is like another is so many times as large, or less
_BETWEEN = 0.002  # relative variance beyond that: one wave is all that was seen
_PRIOR = 20.0  # events of a day by which growth is drawn towards none
_GROWTH = 2.0  # beyond it a usual day says nothing more of a wave
_UNKNOWN_GROWTH = 1 / 6  # of the logarithm of growth, on either side of its half


class Expected(NamedTuple):
    """Of a window that lies in entries which are like earlier ones, float64[n] each; NaN where nothing is remembered.

    Attributes:
        low, high: events of the part of the window that lies within.
        unsure: relative variance of them.
        within: the spans of it, ms.

    """

    low: Array
    high: Array
    unsure: Array
    within: tuple[tuple[int, int], ...]


class EarlierEntries:
    """Remembers the counts of a planned metric while an entry runs that a later one is like. Part of the state.

    Ticks tell it minute by minute, of what is history before the first tick closed quarters do. What no later entry
    needs any more is forgotten a day after the last of them. A calendar that names other times begins anew.

    Args:
        metric: its catalogue entry.
        likes: of the calendar's, those that speak of it.
        judge: of the metric; of a count it tells what a usual day has.

    """

    def __init__(self, metric: Metric, likes: tuple[Like, ...], judge: object) -> None:
        self._component = Component.DENOMINATOR if metric.traits.counts_values else Component.NUMERATOR
        self._used = sorted(metric.components())
        self._likes = likes
        self._judge = judge
        self._courses: dict[Earlier, RememberedCourse] = {}
        self._until_ms = 0  # up to where ticks have told

    def remember(self, end_ms: int, windows: WindowReader, whole: int) -> None:
        """Takes in the minutes that are over at a tick whose windows end at `end_ms`."""
        if not self._likes:
            return
        self._forget(end_ms)
        minute_ms = end_ms // _MINUTE_MS * _MINUTE_MS
        before_ms, self._until_ms = self._until_ms or minute_ms - _MINUTE_MS, max(minute_ms, self._until_ms)
        for earlier in {like.earlier: None for like in self._likes}:
            ends_ms = earlier.begins_ms + earlier.length_s * 1000
            start_ms, stop_ms = max(before_ms, earlier.begins_ms), min(minute_ms, ends_ms)
            if start_ms >= stop_ms:
                continue
            course = self._course(earlier, windows.series_count)
            minutes = max((stop_ms - start_ms) // _MINUTE_MS, 1)
            step_ms = _MINUTE_MS if minutes <= _MINUTES_AT_ONCE else stop_ms - start_ms
            for from_ms in range(start_ms, stop_ms, step_ms):
                to_ms = min(from_ms + step_ms, stop_ms)
                counts = self._between(windows, end_ms, from_ms, to_ms)
                course.add((from_ms - earlier.begins_ms) / 1000, (to_ms - earlier.begins_ms) / 1000, counts, whole)

    def _between(self, windows: WindowReader, end_ms: int, from_ms: int, to_ms: int) -> Array:
        """What was counted from..to, of the slots up to a tick."""
        counts = windows.recent(self._component, (end_ms - from_ms) // TICK_MS).astype(np.float64)
        since = (end_ms - to_ms) // TICK_MS
        return counts - windows.recent(self._component, since) if since else counts

    def close_quarter(self, start_ms: int, counts: NDArray[np.int64], whole: int) -> None:
        """Takes in a closed quarter of an hour of which no tick has told; counts as `MetricEvaluator.close_quarter`."""
        place = self._component if len(counts) > self._used[-1] else self._used.index(self._component)
        for earlier in {like.earlier: None for like in self._likes}:
            begins_s = (start_ms - earlier.begins_ms) // 1000
            span = max(begins_s, 0), min(begins_s + QUARTER_MS // 1000, earlier.length_s)
            if span[0] >= span[1]:
                continue
            course = self._course(earlier, counts.shape[1])
            if not course.told(*span):
                share = (span[1] - span[0]) * 1000 / QUARTER_MS
                course.add(*span, counts[place].astype(np.float64) * share, whole)

    def _course(self, earlier: Earlier, size: int) -> RememberedCourse:
        course = self._courses.get(earlier)
        if course is None:
            course = self._courses[earlier] = RememberedCourse(earlier.length_s)
            course.grow(size)
            level = self._level(size)
            course.level[: len(level)] = level
        course.grow(size)
        return course

    def _level(self, size: int) -> Array:
        level = self._judge.level() if isinstance(self._judge, HasLevel) else np.zeros(0)
        return level[:size]

    def _forget(self, now_ms: int) -> None:
        if not self._courses:
            return
        needed = {like.earlier for like in self._likes if now_ms < like.ends_ms + _DAY_MS}
        for earlier in [earlier for earlier in self._courses if earlier not in needed]:
            del self._courses[earlier]

    def expected(self, start_ms: int, end_ms: int, size: int, whole: int) -> Expected | None:
        """What [start, end) holds of the entries in it that are like earlier ones; None where there is none."""
        within = list(self._within(start_ms, end_ms))
        if not within:
            return None
        low, high, evidence, away = np.zeros(size), np.zeros(size), np.zeros(size), np.zeros(size)
        for like, from_ms, to_ms in within:
            course = self._courses.get(like.earlier)
            if course is None:
                return None
            again = course.between((from_ms - like.begins_ms) / 1000, (to_ms - like.begins_ms) / 1000, whole)
            of_size = _fitted(again.counts, size)
            times, either = self._growth(like, course, size)
            of_size = of_size * times
            low, high = low + of_size / either * again.least, high + of_size * either * again.most
            evidence = evidence + _fitted(again.evidence, size)
            away = np.maximum(away, np.log(either / _EITHER))
        unsure = _BETWEEN + 1 / (evidence + 1) + away**2 / 2
        return Expected(low, high, unsure, tuple((from_ms, to_ms) for _, from_ms, to_ms in within))

    def _within(self, start_ms: int, end_ms: int) -> list[tuple[Like, int, int]]:
        """The entries in a window and from when to when each of them holds; of two at a time the first."""
        free, found = [(start_ms, end_ms)], []
        for like in self._likes:
            left = []
            for begins, ends in free:
                from_ms, to_ms = max(begins, like.begins_ms), min(ends, like.ends_ms)
                if from_ms >= to_ms:
                    left.append((begins, ends))
                    continue
                found.append((like, from_ms, to_ms))
                left += [span for span in ((begins, from_ms), (to_ms, ends)) if span[0] < span[1]]
            free = left
        return found

    def _growth(self, like: Like, course: RememberedCourse, size: int) -> tuple[Array | float, Array | float]:
        """In times of then what is expected now, and how far from that on either side.

        A sale follows the usual day half-way, for nobody knows: a shop that doubled may have the same sale again.
        """
        if like.factor is not None:
            return like.factor, _EITHER
        now, then = _fitted(self._level(size), size, 0.0), _fitted(course.level.astype(np.float64), size, 0.0)
        growth = np.log(np.clip((now + _PRIOR) / (then + _PRIOR), 1 / _GROWTH, _GROWTH))
        growth = np.where((now > 0) & (then > 0), growth, 0.0)
        return np.exp(growth / 2), _EITHER * np.exp(np.abs(growth) * _UNKNOWN_GROWTH)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The state as named arrays."""
        state: dict[str, NDArray[Any]] = {"earlier.until": np.array([self._until_ms])}
        for earlier, course in self._courses.items():
            state |= course.arrays(_prefix(earlier))
        return state

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Takes over what `arrays` described, of entries that the calendar still names; older states remember none."""
        self._until_ms = int(arrays["earlier.until"][0]) if "earlier.until" in arrays else 0
        self._courses = {}
        for earlier in {like.earlier: None for like in self._likes}:
            if f"{_prefix(earlier)}told" in arrays:
                self._courses[earlier] = RememberedCourse(earlier.length_s)
                self._courses[earlier].restore(_prefix(earlier), arrays)


def _prefix(earlier: Earlier) -> str:
    return f"earlier.{earlier.begins_ms}.{earlier.length_s}."


def _fitted(values: Array, size: int, fill: float = np.nan) -> Array:
    """float64[size]: series that came later have `fill`."""
    return np.concatenate([values[:size], np.full(max(size - len(values), 0), fill)])
