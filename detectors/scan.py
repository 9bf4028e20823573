"""Which few parts of a whole stand out from the others: the scan statistic."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_MOST = 0.75  # of what is expected: several parts that make up more than that are the whole
_ALL = 0.98  # of what is expected and of what is seen: a part that makes up so much is the whole under another name
_NEVER_SEEN = 0.5  # events expected of what never had one: the shape of Jeffreys' prior of a Poisson rate
_LEAST = 1e-9


class Standout(NamedTuple):
    """A set of parts, the one that deviates most first, and how many nats it is worth to name them; none: 0."""

    rows: NDArray[np.intp]
    nats: float


def standout(seen: Array, expected: Array, within: Array, *, rises: bool) -> Standout:
    """The set of parts whose own factor explains best what all of them count, given what they count in all.

    That the set has one factor and the others another is likelier than that all have one by

        n ln(n / e) + (N - n) ln((N - n) / (N - e)) nats

    with n of N events seen in the set and e expected there when all have one factor, or the nearest to n that it may
    be (Kulldorff 1997, "A spatial scan statistic"). What moves everywhere cancels. Of all sets of k parts the best has
    the k largest seen / expected (Neill 2012, "Fast subset scan"), so sorting finds the best of all. A set is worth
    naming where that is more than it takes to say which parts, ln K each of K, and what their factor is, ln(N) / 2
    (Rissanen 1978): so few large parts win over many small ones that say the same, and one dimension over two.
    Several parts stand out only where they are fewer than the whole: at most three quarters of what is expected. One
    part that is all of it is named, for nothing: a shop with one queue calls it by its name.

    Args:
        seen: events by part, float64[K].
        expected: as many are expected of each, in any unit.
        within: to which factor that is known, float64[K], 1 and more.
        rises: whether parts are looked for that have more than the others, not less.

    Examples:
        >>> standout(np.array([50.0, 52, 49, 95]), np.full(4, 50.0), np.full(4, 1.1), rises=True).rows.tolist()
        [3]
        >>> standout(np.array([99.0, 104, 98, 101]), np.full(4, 50.0), np.full(4, 1.1), rises=True).rows.tolist()
        []

    """
    can_fall = expected >= _NEVER_SEEN
    seen, expected = np.maximum(seen, 0.0), np.maximum(expected, _LEAST)
    total = float(seen.sum())
    if total <= 0:  # all of it is gone: of that only a part that is the whole can be told
        return Standout(np.flatnonzero(expected >= _ALL * expected.sum()), 0.0)
    expected = expected * (total / expected.sum())
    nobody = Standout(np.flatnonzero(np.minimum(seen, expected) >= _ALL * total), 0.0)
    # One part that never was may come by chance, but not all of hundreds: they take nothing from what others expect.
    edge = np.maximum(expected, _NEVER_SEEN) * within if rises else expected / within
    factor = (seen / edge).astype(np.float32)  # equal ones are equal, in whatever unit
    order = np.lexsort((-expected, -factor if rises else factor))
    order = (order if rises else order[can_fall[order]])[: len(seen) - 1]
    if not len(order):
        return nobody
    inside, fair, nearest = seen[order].cumsum(), expected[order].cumsum(), edge[order].cumsum()
    nearest = np.minimum(nearest, inside) if rises else np.maximum(nearest, inside)
    gain = _against(inside, nearest) + _against(total - inside, total - nearest)
    worth = gain - np.arange(1, len(order) + 1) * np.log(len(seen)) - np.log(max(total, 1.0)) / 2
    worth[1:][fair[1:] > _MOST * total] = 0.0
    size = int(worth.argmax()) + 1
    if worth[size - 1] <= 0:
        return nobody
    return Standout(order[:size], float(worth[size - 1]))


def surprise(seen: Array, expected: Array, dispersion: Array) -> Array:
    """By how many nats each part's own factor is likelier than none: negative binomial, Var = mean + d mean^2.

    >>> surprise(np.array([20.0, 20.0]), np.array([10.0, 10.0]), np.array([0.0001, 1.0])).round(1).tolist()
    [3.9, 0.3]
    """
    seen, expected = np.maximum(seen, 0.0), np.maximum(expected, _NEVER_SEEN)
    size = 1 / dispersion
    nats: Array = _against(seen, expected) - (seen + size) * np.log((size + seen) / (size + expected))
    return np.maximum(nats, 0.0)


def _against(seen: Array, expected: Array) -> Array:
    """By part n ln(n / e), 0 where nothing is seen."""
    some = seen > 1e-9
    found: Array = seen * np.log(np.divide(seen, expected, out=np.ones(len(seen)), where=some))
    return found
