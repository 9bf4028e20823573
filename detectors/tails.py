"""Logarithms of tail probabilities, exact or bounded from above, that do not underflow.

All functions take arrays of one shape and return natural logarithms of that shape, never above 0. Where the plain
probability underflows, log P(X >= k) <= log pmf(k) - log(1 - r) is used, r being the ratio of the next two terms:
beyond the mode the terms of these distributions fall at least geometrically.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_UNDERFLOW = 1e-280
_TERMS = 32
_AT_ONCE = 512  # terms of more would leave the cache


def binomial_upper(k: Array, n: Array, p: Array) -> Array:
    """Log P(X >= k) for X ~ Binomial(n, p), exact.

    >>> np.exp(binomial_upper(np.array([2.0]), np.array([2.0]), np.array([0.5]))).tolist()
    [0.25]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        exact = np.where(k <= 0, 1.0, special.betainc(np.maximum(k, 1e-300), np.maximum(n - k + 1, 1e-300), p))
        log_pmf = special.xlogy(k, p) + special.xlog1py(n - k, -p) - _log_choices(n, k)
        ratio = (n - k) / (k + 1) * p / (1 - p)
        return _tail(exact, log_pmf, ratio)


def binomial_lower(k: Array, n: Array, p: Array) -> Array:
    """Log P(X <= k) for X ~ Binomial(n, p), exact."""
    return binomial_upper(n - k, n, 1 - p)


def beta_binomial_upper(k: Array, n: Array, a: Array, b: Array) -> Array:
    """Log P(X >= k) for X ~ Binomial(n, P), P ~ Beta(a, b): never too small; 0 up to the mean or mode.

    32 terms are added up, the rest is bounded from above.
    """
    if k.size > _AT_ONCE:
        pieces = [np.split(each, range(_AT_ONCE, k.size, _AT_ONCE)) for each in (k, n, a, b)]
        return np.concatenate([beta_binomial_upper(*part) for part in zip(*pieces, strict=True)])
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        log_first = special.betaln(k + a, n - k + b) - special.betaln(a, b) - _log_choices(n, k)
        at = k + np.arange(_TERMS)[:, None]
        ratios = np.maximum(n - at, 0) * (at + a) / ((at + 1) * np.maximum(n - at - 1 + b, 1e-12))
        terms = np.cumprod(ratios, axis=0)
        term, total = terms[-1], 1 + np.cumsum(terms, axis=0)[-1]  # one after the other, however many there are
        at = k + _TERMS
        # For a < 1 the ratio of terms can still rise, but never to more than this.
        ratio = np.maximum(n - at, 0) / np.maximum(n - at - 1 + b, 1e-12) * np.maximum((at + a) / (at + 1), a < 1)
        rest = np.where(ratio < 1, ratio / (1 - ratio), np.maximum(n - at, 0))
        tail = log_first + np.log(total + term * np.minimum(rest, np.maximum(n - at, 0)))
        mode = np.where(a > 1, (n + 1) * (a - 1) / np.maximum(a + b - 2, 1e-12), 0.0)
        return np.where(k <= np.maximum(mode, n * a / (a + b)), 0.0, np.minimum(tail, 0.0))


def beta_binomial_lower(k: Array, n: Array, a: Array, b: Array) -> Array:
    """Log P(X <= k) for the beta-binomial distribution."""
    return beta_binomial_upper(n - k, n, b, a)


def negative_binomial_upper(k: Array, mean: Array, dispersion: Array) -> Array:
    """Log P(X >= k) where Var X = mean + dispersion * mean^2; a dispersion of 0 is taken as 1e-6 (nearly Poisson)."""
    size: Array = 1 / np.maximum(dispersion, 1e-6)
    mean = np.maximum(mean, 1e-9)
    q = mean / (size + mean)
    with np.errstate(divide="ignore", invalid="ignore"):
        exact = np.where(k <= 0, 1.0, special.betainc(np.maximum(k, 1e-300), size, q))
        return _tail(exact, _log_negative_binomial(k, size, q), (k + size) / (k + 1) * q)


def negative_binomial_lower(k: Array, mean: Array, dispersion: Array) -> Array:
    """Log P(X <= k) for the same distribution."""
    size: Array = 1 / np.maximum(dispersion, 1e-6)
    mean = np.maximum(mean, 1e-9)
    q = mean / (size + mean)
    with np.errstate(divide="ignore", invalid="ignore"):
        exact = np.asarray(special.betainc(size, k + 1, 1 - q), dtype=np.float64)
        return _tail(exact, _log_negative_binomial(k, size, q), k / ((k - 1 + size) * q))


def gamma_upper(value: Array, mean: Array, variance: Array) -> Array:
    """Log P(X >= value) for a gamma distribution; `variance` is relative: Var X / mean^2."""
    shape: Array = 1 / variance
    x: Array = value / mean * shape
    with np.errstate(divide="ignore", invalid="ignore"):
        log_density = (shape - 1) * np.log(x) - x - special.gammaln(shape)
        return _tail(special.gammaincc(shape, x), log_density, np.maximum((shape - 1) / x, 0.0))


def gamma_lower(value: Array, mean: Array, variance: Array) -> Array:
    """Log P(X <= value) for the same distribution."""
    shape: Array = 1 / variance
    x: Array = np.maximum(value / mean * shape, 1e-300)
    return _tail(special.gammainc(shape, x), shape * np.log(x) - x - special.gammaln(shape + 1), x / (shape + 1))


def normal_upper(z: Array) -> Array:
    """Log P(Z >= z) for a standard normal Z.

    >>> (normal_upper(np.array([0.0, 4.7534243])) / np.log(10)).round(3).tolist()
    [-0.301, -6.0]
    """
    tail: Array = special.log_ndtr(-z)
    return tail


def _log_choices(n: Array, k: Array) -> Array:
    """-log C(n, k)."""
    found: Array = np.log(n + 1) + special.betaln(n - k + 1, k + 1)
    return found


def _log_negative_binomial(k: Array, size: Array, q: Array) -> Array:
    below = np.asarray(special.xlogy(k, q) + special.xlog1py(size, -q), dtype=np.float64)
    return below - np.where(k > 0, np.log(np.maximum(k, 1)) + special.betaln(np.maximum(k, 1), size), 0.0)


def _tail(exact: Array, log_first: Array, ratio: Array) -> Array:
    """`exact` where it can be represented, else the geometric bound on the terms from `log_first` on."""
    bounded = log_first - np.log1p(-np.clip(ratio, 0.0, 0.999999))
    return np.minimum(np.where(exact > _UNDERFLOW, np.log(np.maximum(exact, _UNDERFLOW)), bounded), 0.0)
