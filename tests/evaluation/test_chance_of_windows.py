"""What windows show by chance moves what they need."""

from __future__ import annotations

import numpy as np

from detectors.judgement import Judgement, Reason, nothing
from streams.evaluation.window_limits import WindowLimits

SERIES, WINDOW_S, STEP_MS = 50, 900, 20_000
DAY_STEPS = 86_400_000 // STEP_MS


def limits_of(a_day: float = 1e-3, size: int = SERIES) -> WindowLimits:
    limits = WindowLimits(windows=1)
    limits.share(np.full(size, a_day))
    return limits


def judged(score: np.ndarray) -> Judgement:
    judgement = nothing(len(score))
    judgement.reason[:] = Reason.NORMAL
    judgement.score[:] = score
    return judgement


def follow(limits: WindowLimits, steps: range, times: float = 1.0, seed: int = 1) -> None:
    """Sums of normal deviates slide; what they show by chance comes so many times as surprising, in nats."""
    rng = np.random.default_rng(seed)
    summed = np.cumsum(rng.normal(size=(len(steps) + WINDOW_S // 20, SERIES)), axis=0)
    heights = (summed[WINDOW_S // 20 :] - summed[: -(WINDOW_S // 20)]) / np.sqrt(WINDOW_S // 20)
    for step, height in zip(steps, heights, strict=True):
        nats = limits.nats(WINDOW_S, -1)
        shown = times * (height**2 / 2 + np.log(np.maximum(np.abs(height), 1.0)) + np.log(2.5))
        limits.follow(step * STEP_MS, WINDOW_S, judged(shown / nats), nats, -1)


def test_windows_that_do_as_the_model_says_keep_their_limits() -> None:
    limits = limits_of()
    before = limits.nats(WINDOW_S, -1)
    follow(limits, range(DAY_STEPS))

    assert np.abs(limits.nats(WINDOW_S, -1) - before).max() < 0.7


def test_limits_rise_where_windows_show_more_than_the_model_says_and_do_not_fall_where_they_show_less() -> None:
    limits, quiet = limits_of(), limits_of()
    before = limits.nats(WINDOW_S, -1)
    follow(limits, range(DAY_STEPS), 1.4)
    follow(quiet, range(DAY_STEPS), 0.6)

    assert (limits.nats(WINDOW_S, -1) > before + 0.7).all()
    np.testing.assert_array_equal(quiet.nats(WINDOW_S, -1), before)


def test_what_cannot_be_judged_says_nothing() -> None:
    limits = limits_of()
    before = limits.nats(WINDOW_S, -1)
    for step in range(DAY_STEPS):
        limits.follow(step * STEP_MS, WINDOW_S, nothing(SERIES), before, -1)

    np.testing.assert_array_equal(limits.nats(WINDOW_S, -1), before)


def test_what_was_saved_goes_on_as_if_nothing_had_happened() -> None:
    through, broken = limits_of(), limits_of()
    follow(through, range(1_000), 1.4)
    broken.restore(through.arrays())
    for limits in (through, broken):
        follow(limits, range(1_000, 1_200), 1.4, seed=2)

    np.testing.assert_array_equal(broken.nats(WINDOW_S, -1), through.nats(WINDOW_S, -1))
    assert broken.arrays().keys() == through.arrays().keys()
    for name, array in through.arrays().items():
        np.testing.assert_array_equal(broken.arrays()[name], array)


def test_new_series_share_what_is_known_of_the_window() -> None:
    limits = limits_of()
    follow(limits, range(2_000), 1.4)
    limits.share(np.full(2 * SERIES, 1e-3 / 2))
    fresh = limits_of(1e-3 / 2, 2 * SERIES)

    assert (limits.nats(WINDOW_S, -1) > fresh.nats(WINDOW_S, -1)).all()
    assert len(limits.nats(WINDOW_S, -1)) == 2 * SERIES
