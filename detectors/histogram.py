"""Quantiles of durations that were counted in bins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def quantile(counts: Array, edges: Array, share: Array | float) -> Array:
    """float64[n]: the durations below which a share of each histogram lies; 0 where it is empty.

    Inside a bin durations are taken as spread evenly on a logarithmic scale, as the bins are. The first bin, which has
    no lower border, counts as wide as the second, the last as wide as the one before.

    Args:
        counts: float64[bins, n].
        edges: float64[bins - 1], the borders between the bins, ascending, above 0.
        share: between 0 and 1, one for all or float64[n].

    >>> counts = np.array([[0.0], [50.0], [50.0], [0.0]])
    >>> borders = np.array([1.0, 10.0, 100.0])
    >>> quantile(counts, borders, 0.5).round(6).tolist(), quantile(counts, borders, 0.75).round(3).tolist()
    ([10.0], [31.623])

    """
    below = np.cumsum(counts, axis=0)
    total = below[-1]
    wanted = np.clip(share, 0.0, 1.0) * total
    place = np.minimum((below < wanted).sum(axis=0), len(counts) - 1)
    series = np.arange(counts.shape[1])
    inside = counts[place, series]
    before = below[place, series] - inside
    part = np.divide(wanted - before, inside, out=np.zeros(len(total)), where=inside > 0)
    logs = np.log(edges)
    borders = np.concatenate([[2 * logs[0] - logs[1]], logs, [2 * logs[-1] - logs[-2]]])
    found: Array = np.exp(borders[place] + np.clip(part, 0.0, 1.0) * (borders[place + 1] - borders[place]))
    return np.where(total > 0, found, 0.0)


def shares_above(counts: Array) -> Array:
    """float64[bins + 1, n]: the share of each histogram in bin b and above; the last row is 0.

    >>> shares_above(np.array([[1.0], [2.0], [1.0]]))[:, 0].tolist()
    [1.0, 0.75, 0.25, 0.0]
    """
    above = np.cumsum(counts[::-1], axis=0)[::-1]
    whole = np.vstack([above, np.zeros((1, counts.shape[1]))])
    shares: Array = np.divide(whole, whole[0], out=np.zeros_like(whole), where=whole[0] > 0)
    return shares
