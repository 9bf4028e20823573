"""What the last hours say of the level of a count, and how fast that level moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from detectors.state import grown, pack, unpack

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

BLOCK_S = 300.0
_PRIOR_MOVE, _PRIOR_WOBBLE = 0.01, 0.03  # relative variances of a quarter of an hour, before anything is known
_PRIOR_QUARTERS = 16.0
_LEAST_MOVE = 5e-4
_FORGET = 0.998  # a quarter, as `SeasonalBaseline` forgets its dispersion
_COMES_OUT = 72.0  # blocks, six hours: in which what is not known of a day of such a kind comes to light
_FURTHEST = 4.0  # standard deviations of a quarter of an hour


class Recent(NamedTuple):
    """The level now, float64[n] each.

    Attributes:
        mean: times the usual day.
        unsure: relative variance of that.
        moves: relative variance by which it moves in `BLOCK_S` seconds.

    """

    mean: Array
    unsure: Array
    moves: Array


class RecentLevel:
    """Follows the level of n series, in times of their usual day, by a gamma filter with discount.

    The level of a day is gamma distributed around 1. Counts of five minutes sharpen it (conjugate of the Poisson law),
    and it moves from one block to the next by a variance that is learned: by what quarters of an hour differ from those
    before them. Left alone it falls back to the usual day. A block waits for one more before it counts,
    and is dropped where the series deviates meanwhile: a change must not be what it is measured by.

    For how far days differ see `SeasonalBaseline`; this says what is sudden.

    Examples:
        >>> level = RecentLevel()
        >>> level.grow(1)
        >>> for minute in range(600):
        ...     level.follow(np.array([30.0]), np.array([20.0]), np.full(1, 0.05), 60.0, np.array([True]))
        >>> level.now(np.full(1, 0.05)).mean.round(2).tolist()
        [1.46]

    References:
        R. L. Smith, J. E. Miller, A non-Gaussian state space model and application to prediction of records, J. R.
        Stat. Soc. B 48 (1986); M. West, J. Harrison, Bayesian Forecasting and Dynamic Models (1997), ch. 10.

    """

    def __init__(self) -> None:
        self._blocks: NDArray[np.float32] = np.zeros((2, 2, 0), dtype=np.float32)  # waiting, arriving; seen, usual
        self._level: NDArray[np.float32] = np.zeros((2, 0), dtype=np.float32)  # mean - 1, certainty: 1 / variance
        # Of quarters of an hour: of deviations beyond chance the squares, and the products with the one before; of what
        # was usual the same; how many there were. And the last one.
        self._moved: NDArray[np.float32] = np.zeros((5, 0), dtype=np.float32)
        self._last: NDArray[np.float32] = np.zeros((2, 0), dtype=np.float32)
        self._elapsed_s = 0.0
        self._moves: Array | None = None  # as long as nothing is learned

    def grow(self, size: int) -> None:
        """Makes room for new series, whose level is that of the usual day."""
        if size > self._level.shape[1]:
            self._blocks, self._level = grown(self._blocks, size), grown(self._level, size)
            self._moved, self._last, self._moves = grown(self._moved, size), grown(self._last, size), None

    def follow(self, counts: Array, usual: Array, spread: Array, seconds: float, calm: NDArray[np.bool_]) -> None:
        """Takes in what came in some seconds and what is usual of them (NaN: unknown).

        Args:
            counts: float64[n], events.
            usual: float64[n], of the usual day.
            spread: float64[n], relative variance of the level of such a day.
            seconds: how long it took.
            calm: which series do not deviate.

        """
        known = np.isfinite(usual)
        self._blocks[1] += np.where(known, [counts, usual], 0.0)
        self._elapsed_s += seconds
        if self._elapsed_s < BLOCK_S:
            return
        blocks, self._elapsed_s = self._elapsed_s / BLOCK_S, 0.0
        self._blocks[:, :, ~calm] = 0
        moves = self.moves(spread) * blocks
        mean, variance = self._known(spread)
        # The block that waited counts: gamma prior, Poisson counts.
        seen, expected = self._blocks[0].astype(np.float64)
        sure = 1 / variance
        mean, variance = (sure + seen) / (sure / mean + expected), 1 / (sure + seen)
        # And the level moves on, and back to the usual day by as much as keeps its variance what it is.
        keep = np.maximum(1 - moves / (2 * spread), 0.0)
        self._level[0] = (mean - 1) * keep
        self._level[1] = 1 / np.minimum(variance * keep**2 + moves, spread)
        self._blocks[0], self._blocks[1] = self._blocks[1].copy(), 0.0

    def _known(self, spread: Array) -> tuple[Array, Array]:
        away, sure = self._level.astype(np.float64)
        return 1 + away, 1 / np.maximum(sure, 1 / spread)

    def learn(self, counts: Array, usual: Array, days: Array) -> None:
        """Takes in a closed quarter of an hour, which says how levels move.

        Args:
            counts: float64[n], events; NaN where that is not known.
            usual: float64[n], of the usual day; NaN where that is not known.
            days: float64[n], on which that rests: what is usual is off by chance as well, by so much less.

        """
        known = np.isfinite(usual) & np.isfinite(counts)
        expected = np.where(known, usual, 0.0)
        squares, _, scale, _, _ = self._moved.astype(np.float64)
        prior = _PRIOR_QUARTERS * np.maximum(expected**2, 1e-9)
        wobble = np.maximum(squares + _PRIOR_WOBBLE * prior, 0.0) / (scale + prior)
        of_usual = 1 + 1 / np.maximum(days, 1.0)
        reach = _FURTHEST * np.sqrt((expected + wobble * expected**2) * of_usual)
        away = np.clip(np.where(known, counts - expected, 0.0), -reach, reach) / np.sqrt(of_usual)
        before, usual_before = self._last.astype(np.float64)
        told = [away**2 - expected, away * before, expected**2, expected * usual_before, known & (expected > 0)]
        self._moved = (self._moved * np.float32(_FORGET) + np.array(told)).astype(np.float32)
        self._last[:] = away, expected
        self._moves = None

    def moves(self, spread: Array) -> Array:
        """float64[n]: relative variance by which levels move in a block, on a day of such a `spread`."""
        moves: Array = self._mean_moves() + spread / _COMES_OUT
        return moves

    def _mean_moves(self) -> Array:
        """That of a series is drawn towards what all have, by how little it says itself.

        Of two quarters with variance W and covariance C the level moves by 2 (W - C); what lasts all day cancels.
        """
        if self._moves is None:
            squares, products, scale, scales, quarters = self._moved.astype(np.float64)
            typical = np.maximum(scale / np.maximum(quarters, 1e-9), 1e-9)
            prior = _PRIOR_QUARTERS * max(float(typical.max(initial=0.0)), 1.0)
            common = _moved(squares.sum(), products.sum(), scale.sum(), scales.sum(), prior)
            # Of a thin series the moments say little: so much they are off by chance.
            error = np.sqrt(6 / np.maximum(quarters, 1e-9)) * (1 / np.sqrt(typical) + common)
            weight = common**2 / (common**2 + error**2)
            own = 2 * (squares / np.maximum(scale, 1e-9) - products / np.maximum(scales, 1e-9))
            found = weight * own + (1 - weight) * common
            self._moves = np.clip(found, _LEAST_MOVE, 1.0) * (BLOCK_S / 900)
        return self._moves

    def now(self, spread: Array) -> Recent:
        """What is known of the present."""
        mean, variance = self._known(spread)
        return Recent(mean, variance, self.moves(spread))

    def forget(self, rows: NDArray[np.bool_]) -> None:
        """The level of these rows is that of the usual day again: what is usual of them has changed."""
        self._blocks[:, :, rows] = 0
        self._level[:, rows] = 0
        self._last[:, rows] = 0

    def to_bytes(self) -> bytes:
        """The whole state."""
        return pack({name: getattr(self, f"_{name}") for name in _STATE} | {"elapsed": np.array([self._elapsed_s])})

    def restore(self, payload: bytes) -> None:
        """Takes over what `to_bytes` described. Raises ValueError for anything else."""
        arrays = unpack(payload)
        for name in _STATE:
            setattr(self, f"_{name}", arrays[name])
        self._elapsed_s, self._moves = float(arrays["elapsed"][0]), None


_STATE = ("blocks", "level", "moved", "last")


def _moved(squares: float, products: float, scale: float, scales: float, prior: float) -> float:
    """2 (W - C) by sums over all series, drawn towards the prior."""
    moved = 2 * (squares / max(scale, 1e-9) - products / max(scales, 1e-9)) * scale
    return max((max(float(moved), 0.0) + _PRIOR_MOVE * prior) / (float(scale) + prior), _LEAST_MOVE)
