"""How rare a number is among all that came before it, and how far beyond them it lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.state import grown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

BINS = 200
_PER_OCTAVE = 12
_PLACES = np.arange(BINS, dtype=np.intp)[:, None, None]
_TAIL = 0.015  # the share that is called the tail
_USUAL_EXCESS = 0.35  # mean logarithm by which numbers of the tail exceed its beginning, before any is known
_WORTH = 10.0  # so many numbers of the tail that is worth
_LOUDEST = 2.0  # mean excesses: what one number adds to the mean at most


class Novelty:
    """Keeps the distribution of m numbers of each of n series, in bins of a twelfth of an octave of one more than them.

    `rarity` goes by rank alone: it treats the nervous and the calm alike, but no number is rarer than the only one so
    far. `beyond` tells records apart: the logarithm of what lies in the tail is taken as exponential (Hill's estimator)
    with a gamma prior, whose predictive tail is a power: honest as long as little is known.

    Parameters:
        rows: m.
        memory: numbers after which a number counts for 1/e.
        before: small numbers that are taken to have come before the first; they lend the first records some rarity.

    Examples:
        >>> novelty = Novelty(rows=1, memory=10_000.0)
        >>> novelty.grow(1)
        >>> for number in np.random.default_rng(1).exponential(size=1000):
        ...     rarity, beyond = novelty.add(np.array([[number]]), np.array([[True]]))
        >>> rarity, beyond = novelty.add(np.array([[40.0]]), np.array([[True]]))
        >>> round(float(rarity[0, 0]), 1), float(beyond[0, 0]) > 4
        (3.0, True)

    References:
        B. M. Hill, A simple general approach to inference about the tail of a distribution (1975).

    """

    def __init__(self, rows: int, memory: float, before: float = 0.0) -> None:
        self._before = before
        self._keep = 1 - 1 / memory
        self._above: Array = np.zeros((BINS, rows, 0))  # weight of the numbers in this bin or higher
        self._tail: Array = np.zeros((2, rows, 0))  # sum of the excesses of the tail, and how many

    def grow(self, size: int) -> None:
        """Makes room for new series: they know nothing yet."""
        had = self._tail.shape[-1]
        self._above, self._tail = grown(self._above, size), grown(self._tail, size)
        self._tail[:, :, had:] = np.array([_WORTH * _USUAL_EXCESS, _WORTH])[:, None, None]

    def add(self, number: Array, known: NDArray[np.bool_]) -> tuple[Array, Array]:
        """Takes in numbers (m, n), at least 0: -log10 of the share so far that is as large, and of the tail beyond.

        Both are 0 where a number is not known, and the second one where it does not lie in the tail.
        """
        place = np.minimum(_PER_OCTAVE * np.log2(1 + number), BINS - 1).astype(np.intp)
        whole = self._above[0]
        begins = np.count_nonzero(self._above > _TAIL * whole, axis=0)
        excess = np.log(np.maximum(number, 1e-12)) - np.log(np.exp2(begins / _PER_OCTAVE) - 1 + 1e-12)
        within = known & (excess > 0) & (whole > 1 / _TAIL)
        total, count = self._tail
        held = np.where(within, excess, 0.0)
        beyond = np.where(within, count * np.log10(1 + held / total) - np.log10(_TAIL), 0.0)
        self._tail = np.array([total + np.minimum(held, _LOUDEST * total / count), count + within])
        self._above *= np.where(known, self._keep, 1.0)
        self._above += np.where(known, place, -1) >= _PLACES
        as_large = np.take_along_axis(self._above, place[None], axis=0)[0]
        return np.where(known, np.log10((self._above[0] + self._before + 1) / np.maximum(as_large, 1e-12)), 0.0), beyond

    def arrays(self) -> dict[str, Array]:
        """What was learned, by name."""
        return {"above": self._above, "tail": self._tail}

    def take(self, arrays: Mapping[str, Array]) -> None:
        """Takes over what `arrays` gave."""
        self._above, self._tail = arrays["above"], arrays["tail"]
