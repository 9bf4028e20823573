"""How often counts of quiet shops lie outside what is expected of them, from their opening on."""

from __future__ import annotations

import numpy as np
import pytest

from detectors.day import Day
from detectors.seasonal import SLOTS, SeasonalBaseline
from tests.detectors.support.weeks import CLOSED_WEEKENDS, DOUBLE_SATURDAYS, MONDAY, Rhythm, drawn

DAYS = 28
LATE = 9  # quarters: one is learned two hours after its end
FAR = 4.75  # standard deviations
LEAST = 10  # events: of fewer nothing is said
LEVELS = (0.5, 5.0, 40.0, 400.0)


@pytest.mark.parametrize("opens", [0, 5], ids=["monday", "saturday"])
@pytest.mark.parametrize(
    "rhythm",
    [CLOSED_WEEKENDS, DOUBLE_SATURDAYS, Rhythm((1,) * 7), Rhythm((1,) * 7, growth=0.05)],
    ids=["closed weekends", "double saturdays", "all days alike", "growth"],
)
def test_hardly_any_quarter_or_day_of_a_quiet_shop_is_far_from_what_is_expected(rhythm: Rhythm, opens: int) -> None:
    rng, first = np.random.default_rng(100 + opens), MONDAY + opens
    shops = [rhythm._replace(level=level, unlike=unlike) for level in LEVELS for unlike in (0.05, 0.12)]
    counts = np.stack([drawn(shop, first, DAYS, rng) for shop in shops], axis=2).reshape(DAYS * SLOTS, -1)
    baseline = SeasonalBaseline(len(shops))
    far = judged = 0
    for quarter in range(DAYS * SLOTS):
        if quarter >= LATE:
            before = quarter - LATE
            baseline.learn(before % SLOTS, counts[before], Day(first + before // SLOTS))
        place, slot = divmod(quarter, SLOTS)
        usual = baseline.usual((slot + 1) * 900, 900, day=Day(first + place))
        wobble = baseline.dispersion() * (1 + 1 / np.maximum(usual.days, 1)) + 1 / (usual.evidence + 1)
        far += beyond(counts[quarter], usual.low, usual.high, wobble)
        judged += int(np.isfinite(usual.low).sum())
        if slot == SLOTS - 1 and place:
            usual = baseline.usual(86_400, 86_400, day=Day(first + place))
            assert (
                beyond(counts[quarter - SLOTS + 1 : quarter + 1].sum(axis=0), usual.low, usual.high, usual.spread) == 0
            )

    assert far <= 1e-4 * judged


def beyond(counts: np.ndarray, low: np.ndarray, high: np.ndarray, spread: np.ndarray) -> int:
    """How many of them lie far above `high` or below `low`."""
    above = (counts >= LEAST) & ((counts - high) > FAR * np.sqrt(high + spread * high**2))
    below = (low >= LEAST) & ((low - counts) > FAR * np.sqrt(low + spread * low**2))
    return int((above | below).sum())
