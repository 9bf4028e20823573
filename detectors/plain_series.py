"""One number after another, of which nothing is known: how surprising is the next?"""

from __future__ import annotations

import math
from collections import deque

DAY_S = 86_400.0
_SLOTS_A_DAY = 288
_SPACING_POINTS = 12  # so many gaps decide on the spacing
_NORMAL = 3.0  # mean absolute errors that surprise nobody
_LOUDEST = 12.0  # one error counts for no more than this in the mean of several
_FADE = 0.5 ** (1 / 300)  # points after which half of what was said is forgotten
_BINS = 48


class _Profile:
    """A usual cycle in slots, and how far the present lies from it."""

    def __init__(self, period_s: float, slots: int, cycles: float) -> None:
        self._period_s = period_s
        self._values = [0.0] * slots
        self._seen = [0] * slots
        self._least_step = 1 / cycles
        self._offset = 0.0
        self.known = False

    def predict(self, time_s: float) -> float:
        slot = self._slot(time_s)
        self.known = self._seen[slot] > 0
        return self._values[slot] + self._offset

    def learn(self, time_s: float, value: float) -> None:
        slot = self._slot(time_s)
        seen = self._seen[slot]
        if seen:
            self._offset += 0.02 * (value - self._values[slot] - self._offset)
        self._seen[slot] = seen + 1
        self._values[slot] += max(1 / (seen + 1), self._least_step) * (value - self._offset - self._values[slot])

    def _slot(self, time_s: float) -> int:
        return int(time_s % self._period_s / self._period_s * len(self._values))


class PlainSeriesDetector:
    """Scores the points of a series of unknown spacing, unit and season, one by one and without looking ahead.

    Several predictors run side by side: the last level, the usual day and the usual week with the present offset. Each
    keeps its own scale of error; the one that has erred least lately is believed. A point's surprise is its error, or
    that of the mean of the last few, against that scale; what has just been said is not said again. The score tells
    how rare so great a surprise has been in this very series, so that a nervous series has no more high scores than a
    calm one. Series with known meaning (counts, ratios, exposure) are better served by the other detectors. Memory is
    bounded: a few hundred numbers, however long the series.

    Parameters:
        warm_up: points that get the score 0.
        memory: points after which scales of error have forgotten.

    Examples:
        >>> detector = PlainSeriesDetector()
        >>> quiet = [detector.update(60.0 * i, 10.0 + (i * 7919 % 13) / 13) for i in range(2000)]
        >>> max(quiet[500:]) < 0.3
        True
        >>> detector.update(60.0 * 2000, 30.0) > 0.5
        True

    References:
        A. Lavin, S. Ahmad, Evaluating real-time anomaly detection algorithms: the Numenta anomaly benchmark (2015).
        V. Vovk, A. Gammerman, G. Shafer, Algorithmic Learning in a Random World (2005): p-values from ranks.

    """

    def __init__(self, warm_up: int = 60, memory: int = 2000) -> None:
        if warm_up < 1 or memory < 1:
            raise ValueError(f"warm_up {warm_up} and memory {memory} are numbers of points, at least 1")
        self.warm_up = warm_up
        self.memory = memory
        self._points = 0
        self._last_s = math.nan
        self._gaps: list[float] = []
        self._level = 0.0
        self._profiles: list[_Profile] = []
        self._errors = [0.0, 0.0, 0.0]  # of level, day and week: lately
        self._scales = [0.0, 0.0, 0.0]  # the same, over the memory
        self._ages = [0, 0, 0]
        self._mean = 0.0
        self._spread = 0.0
        self._recent: deque[float] = deque(maxlen=8)
        self._said = 0.0
        self._counts = [0] * _BINS

    def update(self, time_s: float, value: float) -> float:
        """The score of the next point, 0 to 1. A missing value (NaN) has 0 and teaches nothing."""
        if not math.isfinite(value):
            return 0.0
        self._learn_spacing(time_s)
        predictions = [self._level, *(profile.predict(time_s) for profile in self._profiles)]
        surprise = self._surprise(value, predictions) if self._points else 0.0
        self._learn(time_s, value, predictions)
        self._points += 1
        if self._points <= self.warm_up:
            return 0.0
        news = max(surprise - self._said, 0.0)
        self._said = max(self._said * _FADE, surprise)
        return self._rarity(news)

    def _rarity(self, news: float) -> float:
        """One in ten is 0.2, one in 100,000 is 1: by rank among all points so far, less for what is hardly news."""
        place = min(int(6 * math.log2(1 + news)), _BINS - 1)
        self._counts[place] += 1
        if place == 0:
            return 0.0
        rare = math.log10((self._points + 1) / sum(self._counts[place:]))
        return min(rare / 5, 1.0) * news / (news + 1)

    def _surprise(self, value: float, predictions: list[float]) -> float:
        best, best_error = 0, self._errors[0]
        for place, profile in enumerate(self._profiles, start=1):
            if profile.known and self._ages[place] > 2 * self.warm_up and self._errors[place] < best_error:
                best, best_error = place, self._errors[place]
        floor = 1e-9 + 0.02 * self._spread + 1e-4 * abs(self._mean)
        error = (value - predictions[best]) / (self._scales[best] + floor)
        self._recent.append(max(min(error, _LOUDEST), -_LOUDEST))
        several = abs(sum(self._recent)) / math.sqrt(len(self._recent)) / 3
        return max(abs(error) - _NORMAL, several - _NORMAL, 0.0)

    def _learn(self, time_s: float, value: float, predictions: list[float]) -> None:
        if not self._points:
            self._level = self._mean = value
        for place, prediction in enumerate(predictions):
            if place and not self._profiles[place - 1].known:
                continue
            age = self._ages[place] = self._ages[place] + 1
            error = abs(value - prediction)
            self._errors[place] += max(1 / age, 0.01) * (error - self._errors[place])
            # One outlier must not widen what is normal.
            clipped = min(error, 6 * self._scales[place] + 0.1 * self._spread) if age > self.warm_up else error
            self._scales[place] += max(1 / age, 1 / self.memory) * (clipped - self._scales[place])
        step = max(1 / (self._points + 1), 1 / self.memory)
        self._level += 0.3 * (value - self._level)
        self._mean += step * (value - self._mean)
        self._spread += step * (abs(value - self._mean) - self._spread)
        for profile in self._profiles:
            profile.learn(time_s, value)

    def _learn_spacing(self, time_s: float) -> None:
        """The first gaps tell how many slots a day has; series coarser than six hours have no day."""
        if len(self._gaps) >= _SPACING_POINTS:
            return
        gap = time_s - self._last_s
        self._last_s = time_s
        if gap > 0:
            self._gaps.append(gap)
        if len(self._gaps) == _SPACING_POINTS:
            spacing = sorted(self._gaps)[len(self._gaps) // 2]
            slots = int(min(DAY_S / spacing, _SLOTS_A_DAY))
            if slots >= 4:
                self._profiles = [_Profile(DAY_S, slots, 7), _Profile(7 * DAY_S, 7 * min(slots, 48), 3)]
