"""Which segments a change of a ratio or of a count comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Known = NDArray[np.bool_]

_LARGE = 0.3  # of what is not known to be unusual only so large a part is named


class Contributions(NamedTuple):
    """Parts of a change, by segment. `rate` and `mix` are in the unit of the ratio; `share` = (rate + mix) / change.

    Where nothing changed, all shares are 0.
    """

    rate: Array
    mix: Array
    share: Array


def of_ratio(before_bottom: Array, before_top: Array, now_bottom: Array, now_top: Array) -> Contributions:
    """Splits the change of a ratio into what the segments' own ratios did (rate) and their weights did (mix).

    With w a segment's share of the denominator, r its ratio and R the whole's, 0 before and 1 now:
    rate = (r1 - r0)(w0 + w1) / 2 and mix = (w1 - w0)((r0 + r1)/2 - (R0 + R1)/2). They add up to R1 - R0 exactly.

    Args:
        before_bottom: denominators by segment, before.
        before_top: numerators by segment, before.
        now_bottom: denominators by segment, now.
        now_top: numerators by segment, now.

    Examples:
        Offered and answered contacts of presale, logistics and refund (docs/semantics.md):

        >>> parts = of_ratio(np.array([600.0, 300, 100]), np.array([599.0, 299, 100]),
        ...                  np.array([500.0, 900, 100]), np.array([499.0, 760, 99]))
        >>> [f"{share:.1%}" for share in parts.share]
        ['13.5%', '84.0%', '2.5%']
        >>> f"{(parts.rate + parts.mix).sum():.6f}"
        '-0.092667'

    """
    weight_before = before_bottom / max(before_bottom.sum(), 1e-12)
    weight_now = now_bottom / max(now_bottom.sum(), 1e-12)
    whole_before = before_top.sum() / max(before_bottom.sum(), 1e-12)
    whole_now = now_top.sum() / max(now_bottom.sum(), 1e-12)
    # A segment that is empty on one side has no ratio there; taking the other side's leaves it all to the mix.
    ratio_before = np.divide(before_top, before_bottom, out=np.full(len(before_top), np.nan), where=before_bottom > 0)
    ratio_now = np.divide(now_top, now_bottom, out=np.full(len(now_top), np.nan), where=now_bottom > 0)
    ratio_before, ratio_now = (
        np.nan_to_num(np.where(np.isnan(ratio_before), ratio_now, ratio_before)),
        np.nan_to_num(np.where(np.isnan(ratio_now), ratio_before, ratio_now)),
    )
    rate = (ratio_now - ratio_before) * (weight_before + weight_now) / 2
    mix = (weight_now - weight_before) * ((ratio_before + ratio_now) / 2 - (whole_before + whole_now) / 2)
    return Contributions(rate, mix, _shares(rate + mix, whole_now - whole_before))


def of_count(expected: Array, counts: Array) -> Contributions:
    """Splits the change of a count against its expectation; a count has no mix.

    >>> of_count(np.array([10.0, 10.0]), np.array([40.0, 20.0])).share.tolist()
    [0.75, 0.25]
    """
    rate = counts - expected
    return Contributions(rate, np.zeros_like(rate), _shares(rate, float(rate.sum())))


def expected_of_parts(expected: Array, counts: Array, whole: float) -> Array:
    """What to expect of each part, also of those of which nothing is known (NaN), so that unknown is not nought.

    What is expected of the whole beyond its known parts is spread over the others as they came. Where no part is known,
    or nothing is known of the whole (NaN), each is taken as it came: then nobody can say which of them changed.

    >>> expected_of_parts(np.array([60.0, np.nan, np.nan]), np.array([60.0, 30.0, 10.0]), 100.0).tolist()
    [60.0, 30.0, 10.0]
    >>> expected_of_parts(np.array([100.0, np.nan]), np.array([100.0, 70.0]), 100.0).tolist()
    [100.0, 0.0]
    """
    known = np.isfinite(expected)
    if not known.any() or not np.isfinite(whole):
        return np.where(known, expected, counts)
    left = max(whole - float(expected[known].sum()), 0.0)
    share = counts / max(float(counts[~known].sum()), 1e-12)
    return np.where(known, expected, left * share)


def only_sure(parts: Contributions, known: Known) -> Contributions:
    """The same, with share 0 for a part of which it is not known what is usual, unless the share is large.

    >>> parts = Contributions(np.zeros(3), np.zeros(3), np.array([0.8, 0.15, 0.05]))
    >>> only_sure(parts, np.array([False, False, True])).share.tolist()
    [0.8, 0.0, 0.05]
    """
    return parts._replace(share=np.where(known | (parts.share >= _LARGE), parts.share, 0.0))


def _shares(parts: Array, change: float) -> Array:
    return parts / change if abs(change) > 1e-12 else np.zeros_like(parts)
