"""One number after another, of which nothing is known: how surprising is the next?"""

from __future__ import annotations

import math
from collections import deque

import os

G = float(os.environ.get("G", "3"))
DAY_S = 86_400.0
_SLOTS_A_DAY = 288
_SPACING_POINTS = 12  # so many gaps decide on the spacing


class _Profile:
    """A usual cycle in slots, and how far the present lies from it."""

    def __init__(self, period_s: float, slots: int, days: float) -> None:
        self._period_s = period_s
        self._values = [0.0] * slots
        self._seen = [0] * slots
        self._learned = 1 / days
        self._offset = 0.0
        self.known = False

    def predict(self, time_s: float) -> float:
        slot = int(time_s % self._period_s / self._period_s * len(self._values))
        self.known = self._seen[slot] > 0
        return self._values[slot] + self._offset

    def learn(self, time_s: float, value: float, step: float) -> None:
        slot = int(time_s % self._period_s / self._period_s * len(self._values))
        seen = self._seen[slot]
        if seen:
            self._offset += step * (value - self._values[slot] - self._offset)
        self._seen[slot] = seen + 1
        self._values[slot] += max(1 / (seen + 1), self._learned) * (value - self._offset - self._values[slot])


class PlainSeriesDetector:
    """Scores the points of a series of unknown spacing, unit and season, one by one and without looking ahead.

    Several predictors run side by side: the last level, the usual day and the usual week with the present offset. Each
    keeps its own scale of error; the one that has erred least lately is believed. A point's surprise is its error, and that
    of the mean of the last few, against that scale. What has just been said is not said again: the score is what a
    point adds to the surprise of the points before it. Series with known meaning (counts, ratios, exposure) are better
    served by the other detectors.

    Parameters:
        warm_up: points that get the score 0.
        memory: points after which scales of error have forgotten.

    Examples:
        >>> detector = PlainSeriesDetector()
        >>> quiet = [detector.update(60.0 * i, 10.0 + (i * 7919 % 13) / 13) for i in range(2000)]
        >>> max(quiet[500:]) < 0.5
        True
        >>> detector.update(60.0 * 2000, 30.0) > 0.8
        True

    References:
        A. Lavin, S. Ahmad, Evaluating real-time anomaly detection algorithms: the Numenta anomaly benchmark (2015).

    """

    def __init__(self, warm_up: int = 60, memory: int = 2000) -> None:
        if warm_up < 1 or memory < 1:
            raise ValueError("warm_up and memory are numbers of points, at least 1")
        self.warm_up = warm_up
        self.memory = memory
        self._points = 0
        self._last_s = math.nan
        self._gaps: list[float] = []
        self._level = 0.0
        self._profiles: list[_Profile] = []
        self._errors = [0.0, 0.0, 0.0]  # recent mean absolute errors of level, day, week
        self._scales = [0.0, 0.0, 0.0]
        self._ages = [0, 0, 0]
        self._spread = 0.0
        self._mean = 0.0
        self._recent: deque[float] = deque(maxlen=8)
        self._said = 0.0
        self._counts = [0] * 48
        self._fade = 0.99

    def update(self, time_s: float, value: float) -> float:
        """The score of the next point, 0 to 1: 0.5 is about one point in a thousand. A missing value (NaN) has 0."""
        if not math.isfinite(value):
            return 0.0
        self._learn_spacing(time_s)
        predictions = [self._level, *(profile.predict(time_s) for profile in self._profiles)]
        surprise = 0.0
        if self._points:
            surprise = self._surprise(value, predictions)
        self._learn(time_s, value, predictions)
        self._points += 1
        if self._points <= self.warm_up:
            return 0.0
        news = max(surprise - self._said, 0.0)
        self._said = max(self._said * self._fade, surprise)
        return self._rarity(news)

    def _rarity(self, news: float) -> float:
        bin = min(int(6 * math.log2(1 + news)), 47)
        self._counts[bin] += 1
        if not bin:
            return 0.0
        tail = sum(self._counts[bin:])
        rare = math.log10((self._points + 1) / tail)
        return min(rare / 5.0, 1.0) * news / (news + G)

    def _surprise(self, value: float, predictions: list[float]) -> float:
        best, best_error = 0, self._errors[0]
        for place, profile in enumerate(self._profiles, start=1):
            if profile.known and self._ages[place] > 2 * self.warm_up and self._errors[place] < best_error:
                best, best_error = place, self._errors[place]
        floor = 1e-9 + 0.02 * self._spread + 1e-4 * abs(self._mean)
        z = (value - predictions[best]) / (self._scales[best] + floor)
        self._recent.append(max(min(z, 12.0), -12.0))
        several = abs(sum(self._recent)) / math.sqrt(len(self._recent)) / 3.0
        return max(abs(z) - 3.0, several - 3.0, 0.0)

    def _learn(self, time_s: float, value: float, predictions: list[float]) -> None:
        if not self._points:
            self._level = self._mean = value
        long = max(1 / (self._points + 1), 1 / self.memory)
        for place, prediction in enumerate(predictions):
            if place and not self._profiles[place - 1].known:
                continue
            age = self._ages[place] = self._ages[place] + 1
            error = abs(value - prediction)
            self._errors[place] += max(1 / age, 0.01) * (error - self._errors[place])
            # One outlier must not widen what is normal.
            clipped = min(error, 6 * self._scales[place] + 0.1 * self._spread) if age > self.warm_up else error
            self._scales[place] += max(1 / age, 1 / self.memory) * (clipped - self._scales[place])
        self._level += 0.3 * (value - self._level)
        self._mean += long * (value - self._mean)
        self._spread += long * (abs(value - self._mean) - self._spread)
        for profile in self._profiles:
            profile.learn(time_s, value, 0.02)

    def _learn_spacing(self, time_s: float) -> None:
        if self._profiles or not math.isfinite(time_s):
            return
        gap = time_s - self._last_s
        self._last_s = time_s
        if gap > 0:
            self._gaps.append(gap)
        if len(self._gaps) >= _SPACING_POINTS:
            spacing = sorted(self._gaps)[len(self._gaps) // 2]
            slots = int(min(max(DAY_S / spacing, 1), _SLOTS_A_DAY))
            if slots >= 4:
                self._profiles = [_Profile(DAY_S, slots, 7), _Profile(7 * DAY_S, 7 * min(slots, 48), 3)]
            self._fade = 0.5 ** (spacing / max(DAY_S / 4, spacing * 30))
