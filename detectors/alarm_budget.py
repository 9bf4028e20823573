"""How many false warnings people accept, and the evidence that a warning needs for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

LEAST_NATS = 6.0  # of any test that has a look a tick, whatever people accept
TOLD = 0.6
"""Of the runs of tests that pass their limits so many become warnings, as measured on whole days: the others have too
few events to be told, or belong to what is told already."""
_WHOLE = 0.3  # of what a metric may have; the rest is for its parts
_LEAN = 0.5  # of what a metric with lean scopes may have: 300,000 parts must not take from ten regions
_DAY_S = 86_400.0
_ROUNDS = 4  # to where the limit of a window no longer moves


class AlarmBudget(NamedTuple):
    """False warnings a day over all metrics and series, shared equally among metrics.

    A part of what a metric has is for its whole, the rest for its parts: a hundred times more parts do not make a
    hundred times more false warnings, each has to be surer (Bonferroni).

    Attributes:
        a_day: false warnings a day that people accept.
        metrics: among so many metrics.

    """

    a_day: float
    metrics: int

    def of_series(self, judged: NDArray[np.bool_], whole: int, *, lean: bool = False) -> Array:
        """float64[n]: false warnings a day that each series of a metric may have; `whole` is -1 where there is none.

        `lean`: whether half of it is for lean scopes.
        """
        mine = self.a_day / max(self.metrics, 1) * (1 - _LEAN if lean else 1.0)
        parts = int(np.count_nonzero(judged)) - (whole >= 0)
        allowed = np.full(len(judged), mine * (1 - _WHOLE if whole >= 0 else 1.0) / max(parts, 1))
        if whole >= 0:
            allowed[whole] = mine * (_WHOLE if parts else 1.0)
        return allowed

    def of_lean(self, series: int, scopes: int = 1) -> float:
        """False warnings a day that each of so many series of a lean scope may have; a metric has `scopes` of these."""
        return self.a_day / max(self.metrics, 1) * _LEAN / max(scopes, 1) / max(series, 1)


class Looks(NamedTuple):
    """How often a day, times exp(-h), a run of a bank of tests reaches h nats by chance, as measured.

    `each` time that something comes, for at least so many times a day (`least`), and at most so often (`most`), since a
    tick has one look.
    """

    each: float
    most: float
    least: float

    def a_day(self, come_a_day: Array) -> Array:
        """float64[n], by how much comes a day.

        >>> Looks(2.6, 7_500.0, least=1.0).a_day(np.array([100.0, 1e6])).round().tolist()
        [251.0, 7478.0]
        """
        looks: Array = 1 / (1 / (self.each * np.maximum(come_a_day, self.least)) + 1 / self.most)
        return looks


def limit(allowed: Array, looks: Array | float, least: float = LEAST_NATS) -> Array:
    """The nats that a test needs which looks so often a day, by false warnings a day: float64[n].

    >>> limit(np.array([0.01]), np.array([251.0])).round(1).tolist()
    [10.1]
    """
    nats: Array = np.maximum(np.log(looks / np.maximum(allowed, 1e-12)), least)
    return nats


def limit_of_window(allowed: Array, window_s: int, step_s: float) -> Array:
    """The nats that a window needs which is judged every `step_s`, by false warnings a day: float64[n].

    >>> limit_of_window(np.array([0.005, 5e-5]), 3600, 60.0).round(1).tolist()
    [11.6, 16.5]
    """
    nats = np.full(len(allowed), 2 * LEAST_NATS)
    for _ in range(_ROUNDS):
        nats = limit(allowed, looks_of_window(nats, window_s, step_s))
    return nats


def looks_of_window(nats: Array, window_s: int, step_s: float) -> Array:
    """How often a day, times exp(nats), a window that is judged every `step_s` begins to show as much by chance.

    A window that slides says again what it has just said. Sums over a window w pass a height u, beyond which one of
    them lies with probability p, about u^2 p nu / w times a second, where nu(u sqrt(2 step / w)) is for what steps pass
    over; upwards and downwards are two.

    References:
        J. Pickands, Upcrossing probabilities for stationary Gaussian processes, Trans. AMS 145 (1969): rho = 1 - t / w,
        as D. Slepian, The one-sided barrier problem for Gaussian noise, Bell Syst. Tech. J. 41 (1962), has it.
        D. Siegmund, Sequential Analysis (1985), chapters 4.3 and 10.3: nu.

    """
    height = -special.ndtri_exp(-nats)
    looks: Array = 2 * _DAY_S / window_s * height**2 * _of_steps(height * np.sqrt(2 * step_s / window_s))
    return looks


def _of_steps(distance: Array) -> Array:
    """Which part of the passages steps see that lie so far apart (nu)."""
    half = distance / 2
    below, density = special.ndtr(half), np.exp(-(half**2) / 2) / np.sqrt(2 * np.pi)
    seen: Array = (2 / distance) * (below - 0.5) / (half * below + density)
    return seen
