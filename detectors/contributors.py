"""Which segments a change of a ratio or of a count comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from detectors.scan import standout, surprise

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Known = NDArray[np.bool_]

_NAMED = 0.05  # of a change; a smaller part is one of the others
_WOBBLE = 0.01  # dispersion of the parts of a whole, of which it is known what is usual
_UNLIKE = 1.0  # of those of which it is not
_WITHIN = 1.1  # what is expected of a part is known to within a tenth
_VAGUE = 3.0  # of one of which it is not known: nineteen in twenty of what is spread as an exponential


class Contributions(NamedTuple):
    """Parts of a change, by segment. `rate` and `mix` are in the unit of the ratio; `share` = (rate + mix) / change.

    Where nothing changed, all shares are 0, else they add up to 1. `seen` and `expected` are the events that tell of
    the change, by segment: of a ratio the rarer outcome. `alike`: what of them each would have if the change were the
    same everywhere. `known`: where it is known what is usual.
    """

    rate: Array
    mix: Array
    share: Array
    seen: Array
    expected: Array
    alike: Array
    known: Known


class Named(NamedTuple):
    """The segments to name, the largest first; which of them differ from all others, and by how many nats."""

    rows: list[int]
    standouts: list[int]
    nats: float


def of_ratio(
    before_bottom: Array,
    before_top: Array,
    now_bottom: Array,
    now_top: Array,
    known: Known | None = None,
    *,
    bounded: bool = True,
) -> Contributions:
    """Splits the change of a ratio into what the segments' own ratios did (rate) and their weights did (mix).

    With w a segment's share of the denominator, r its ratio and R the whole's, 0 before and 1 now:
    rate = (r1 - r0)(w0 + w1) / 2 and mix = (w1 - w0)((r0 + r1)/2 - (R0 + R1)/2). They add up to R1 - R0 exactly.

    Args:
        before_bottom: denominators by segment, before.
        before_top: numerators by segment, before.
        now_bottom: denominators by segment, now.
        now_top: numerators by segment, now.
        known: where what was before is the segment's own; None: everywhere.
        bounded: whether a numerator counts some of its denominator, and is no sum of amounts.

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
    usual = np.where(before_bottom > 0, ratio_before, whole_before)
    change = (rate + mix) * now_bottom.sum()
    if not bounded:  # amounts, told in cases of the usual amount
        usual, change = usual / max(abs(whole_before), 1e-12), change / max(abs(whole_before), 1e-12)
    elif whole_before > 0.5:
        usual, change = 1 - usual, -change
    expected = now_bottom * usual
    share = _shares(rate + mix, whole_now - whole_before)
    # What usually never fails does not fail a thousand times as often: a trouble of all adds as much to each trial.
    more = float(change.sum()) if bounded else 0.0
    alike = expected + max(more, 0.0) * weight_now
    return Contributions(rate, mix, share, expected + change, expected, alike, _all_if_none(known, share))


def of_count(expected: Array, counts: Array, known: Known | None = None, unit: float = 1.0) -> Contributions:
    """Splits the change of a count against its expectation; a count has no mix. `unit`: of a sum, what an event adds.

    >>> of_count(np.array([10.0, 10.0]), np.array([40.0, 20.0])).share.tolist()
    [0.75, 0.25]
    """
    rate = counts - expected
    share = _shares(rate, float(rate.sum()))
    each = max(abs(unit), 1e-12)
    usual = expected / each
    return Contributions(rate, np.zeros_like(rate), share, counts / each, usual, usual, _all_if_none(known, share))


def expected_of_parts(usual: Array, counts: Array, known: Known, low: float, high: float) -> Array:
    """What to expect of each part so that it adds up to what is expected of the whole: between `low` and `high`.

    Most of the parts, by what they usually are, say how high the whole would be without the few that changed: the
    weighted median of their factors, within what is expected of the whole. Where nothing is known of that (NaN), and
    of parts of which it is not known what is usual, `usual` stays as it is.

    >>> expected_of_parts(np.array([60.0, 30, 10]), np.array([63.0, 31.5, 1]), np.arange(3) < 3, 80.0, 120.0).tolist()
    [63.0, 31.5, 10.5]
    >>> expected_of_parts(np.array([60.0, 40, 0]), np.array([60.0, 40, 90]), np.arange(3) < 2, 80.0, 120.0).tolist()
    [60.0, 40.0, 0.0]
    """
    of_known, of_others = float(usual[known].sum()), float(usual[~known].sum())
    if abs(of_known) < 1e-9 or not (np.isfinite(low) and np.isfinite(high)):
        return usual
    whole = float(np.clip(_common_factor(usual[known], counts[known]) * of_known + of_others, low, high))
    return np.where(known, usual * ((whole - of_others) / of_known), usual)


def named(parts: Contributions, most: int) -> Named:
    """At most so many segments that stand out from the others, or from what is expected of themselves.

    One that is smaller than a twentieth of the change is not among them, nor is what chance brings as often as not:
    a segment has to be worth ln K nats, for it is one of K, and ln(N) / 2 for its factor.
    """
    rises = float((parts.seen - parts.expected).sum()) > 0
    found = standout(parts.seen, parts.alike, np.where(parts.known, _WITHIN, _VAGUE), rises=rises)
    nats = surprise(parts.seen, parts.expected, np.where(parts.known, _WOBBLE, _UNLIKE))
    worth = nats >= np.log(len(nats)) + np.log(max(float(parts.seen.sum()), 1.0)) / 2
    worth &= parts.known | (parts.share > 0)  # what nobody knows may bring the change, and not hold it back
    worth[found.rows] = True
    order = np.argsort(-np.abs(parts.share), kind="stable")
    rows = [row for row in order.tolist() if worth[row] and abs(parts.share[row]) >= _NAMED]
    rows = rows[:most]
    return Named(rows, [row for row in found.rows.tolist() if row in rows], found.nats)


def _common_factor(usual: Array, counts: Array) -> float:
    """How many times the usual most of it is: the weighted median of the factors."""
    factors = counts / np.maximum(usual, 1e-12)
    order = np.argsort(factors, kind="stable")
    weights = usual[order].cumsum()
    return float(factors[order][np.searchsorted(weights, weights[-1] / 2)])


def _all_if_none(known: Known | None, share: Array) -> Known:
    return np.ones(len(share), dtype=np.bool_) if known is None else known


def _shares(parts: Array, change: float) -> Array:
    return parts / change if abs(change) > 1e-12 else np.zeros_like(parts)
