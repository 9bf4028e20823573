"""The last steps of a series, and what stands out in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_LEAST = 1e-9
_SURE = 1e-4  # no ratio is taken as more certain than this


class Course(NamedTuple):
    """Counts by step, oldest first, and what is usual.

    Attributes:
        counts: of what the deviation shows in: of a ratio that fell, the failures.
        expected: counts that are usual.
        rises: whether a deviation is more than expected.
        trials: what the counts are among; None where they are among nothing.

    """

    counts: Array
    expected: Array
    rises: bool
    trials: Array | None = None

    def before(self, step: int) -> Course:
        """Without what came from this step on."""
        trials = None if self.trials is None else self.trials[:step]
        return Course(self.counts[:step], self.expected[:step], self.rises, trials)


class Stretch(NamedTuple):
    """Steps `start` up to `stop`, and how much likelier they are at a rate of their own than as usual (logarithm)."""

    start: int
    stop: int
    gain: float


class Ending(NamedTuple):
    """The worst stretch, and the evidence that it is over.

    Attributes:
        worst: as `worst_stretch` finds it.
        lasting: the largest gain of a stretch that lasts to the end: what there is for "it goes on".
        since: how much likelier what came after it is as usual than half as bad as it was (logarithm).

    """

    worst: Stretch
    lasting: float
    since: float


def worst_stretch(course: Course) -> Stretch:
    """The stretch whose own rate, in the direction of the deviation, beats the usual one by most; empty if none does.

    >>> worst_stretch(Course(np.array([1.0, 0, 9, 8, 0, 1]), np.full(6, 1.0), rises=True))[:2]
    (2, 4)
    >>> worst_stretch(Course(np.array([1.0, 0, 1]), np.full(3, 1.0), rises=True)).gain
    0.0
    """
    return _worst(_gains(course))


def ending(course: Course) -> Ending:
    """What speaks for an end of what stands out most in a course.

    Two things must hold: the worst stretch alone explains the course much better than anything that lasts to its end
    (`worst.gain - lasting`), and what came since is normal rather than half as bad (`since`). A leak goes on with its
    next failures, and so passes neither, however many of them came at once.

    >>> two_bad_minutes = np.array([0.0, 0, 6, 6, *[0] * 12])
    >>> trials = np.array([2.0, 2, 6, 6, *[2] * 12])
    >>> found = ending(Course(two_bad_minutes, 0.02 * trials, rises=True, trials=trials))
    >>> found.worst[:2], found.worst.gain - found.lasting > 10, found.since > 10
    ((2, 4), True, True)
    """
    gains = _gains(course)
    worst = _worst(gains)
    return Ending(worst, float(gains[:, -1].max(initial=0.0)), _since(course, worst))


def _worst(gains: Array) -> Stretch:
    start, stop = np.unravel_index(int(np.argmax(gains)), gains.shape)
    gain = float(gains[start, stop])
    return Stretch(int(start), int(stop), gain) if gain > 0 else Stretch(len(gains) - 1, len(gains) - 1, 0.0)


def _gains(course: Course) -> Array:
    """float64[m + 1, m + 1]: the gain of the steps from row up to column, 0 where they deviate the other way."""
    counts, expected = _between(course.counts), np.maximum(_between(course.expected), _LEAST)
    if course.trials is None:
        gain = counts * np.log(np.maximum(counts, _LEAST) / expected) - counts + expected
    else:
        trials = np.maximum(np.maximum(_between(course.trials), counts), _LEAST)
        usual, own = (np.clip(of / trials, _SURE, 1 - _SURE) for of in (expected, counts))
        gain = counts * np.log(own / usual) + (trials - counts) * np.log((1 - own) / (1 - usual))
    found: Array = np.where((counts > expected) == course.rises, np.triu(gain, 1), 0.0)
    return found


def _between(steps: Array) -> Array:
    sums = np.concatenate([[0.0], np.cumsum(steps)])
    between: Array = sums[None, :] - sums[:, None]
    return between


def _since(course: Course, worst: Stretch) -> float:
    bad, after = slice(worst.start, worst.stop), slice(worst.stop, None)
    counts, expected = float(course.counts[after].sum()), float(course.expected[after].sum())
    if course.trials is None:
        rate = course.counts[bad].sum() / max(float(course.expected[bad].sum()), _LEAST)
        times = float(np.clip((1 + rate) / 2, 0.01, 1e4))
        return expected * (times - 1) - counts * float(np.log(times))
    trials = float(course.trials[after].sum())
    if trials <= 0 or worst.start == worst.stop:
        return 0.0
    usual = float(np.clip(expected / trials, _SURE, 1 - _SURE))
    own = float(course.counts[bad].sum()) / max(float(course.trials[bad].sum()), _LEAST)
    half = float(np.clip((usual + own) / 2, _SURE, 1 - _SURE))
    evidence: float = counts * float(np.log(usual / half)) + (trials - counts) * float(np.log((1 - usual) / (1 - half)))
    return evidence
