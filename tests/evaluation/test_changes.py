"""What a metric was before a change of one's own is held against what it is since."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from detectors.state import pack, unpack
from streams.catalogue.metric import Direction
from streams.evaluation.changes import Changes
from streams.records.compared import Compared
from streams.records.instant import rfc3339
from streams.records.verdicts import Pulse
from streams.settings.calendar import ChangeSettings
from tests.evaluation.support.evaluation_shops import DAY_MS, START_MS, metric_of

RATIO = metric_of("ratio", Direction.DOWN)
COUNT = metric_of("count", Direction.DOWN, unit="per_minute")
QUARTER_MS = 900_000
CHANGE_MS = START_MS + 4 * DAY_MS


def change(at_ms: int = CHANGE_MS, days: int = 3) -> ChangeSettings:
    return ChangeSettings("new bot", rfc3339(at_ms), ("x",), days)


def told(
    changes: Changes, days: float, before: tuple[int, int], after: tuple[int, int], from_ms: int = START_MS
) -> None:
    """Quarters from `from_ms` on: successes of cases before the change and after it."""
    for start_ms in range(from_ms, START_MS + int(days * DAY_MS), QUARTER_MS):
        counted, cases = after if start_ms >= CHANGE_MS else before
        changes.close_quarter(start_ms, np.array([[counted], [cases]]), 0)


def test_a_ratio_after_a_change_is_held_against_the_same_days_before_it() -> None:
    changes = Changes(RATIO, [change()])
    told(changes, 8.0, (60, 100), (80, 100))

    (found,) = changes.compared

    assert (found.change, found.at, found.hours, found.times) == ("new bot", CHANGE_MS, 72, False)
    assert (found.before, found.after, found.difference) == pytest.approx((0.6, 0.8, 0.2))
    assert found.low is not None
    assert found.high is not None
    assert 0.19 < found.low < 0.2 < found.high < 0.21  # of 28,800 cases on either side


def test_a_count_is_told_in_times_and_per_minute() -> None:
    changes = Changes(COUNT, [change()])
    for start_ms in range(START_MS, START_MS + 8 * DAY_MS, QUARTER_MS):
        changes.close_quarter(start_ms, np.array([[150 if start_ms >= CHANGE_MS else 75]]), 0)

    (found,) = changes.compared

    assert found.times
    assert (found.before, found.after, found.difference) == pytest.approx((5.0, 10.0, 2.0))


def test_the_first_hours_are_held_against_the_same_hours_of_the_day_before() -> None:
    changes = Changes(RATIO, [change()])
    told(changes, 4 + 2 / 24, (60, 100), (80, 100))

    (found,) = changes.compared

    assert found.hours == 2
    assert (found.before, found.after) == pytest.approx((0.6, 0.8))


def test_the_hour_of_the_change_belongs_to_neither_side() -> None:
    changes = Changes(RATIO, [change(CHANGE_MS - 1_800_000, days=1)])
    told(changes, 6.0, (60, 100), (80, 100))

    (found,) = changes.compared

    assert found.hours == 23
    assert (found.before, found.after) == pytest.approx((0.6, 0.8))


def test_before_an_hour_is_over_and_where_nothing_is_known_of_before_nothing_is_compared() -> None:
    soon, unknown = Changes(RATIO, [change()]), Changes(RATIO, [change()])
    told(soon, 4 + 0.5 / 24, (60, 100), (80, 100))
    told(unknown, 6.0, (60, 100), (80, 100), from_ms=CHANGE_MS)

    for changes in (soon, unknown):
        (found,) = changes.compared
        assert (found.before, found.after, found.low) == (None, None, None)


def test_days_that_differ_widen_the_interval() -> None:
    alike, unlike = Changes(RATIO, [change()]), Changes(RATIO, [change()])
    told(alike, 8.0, (60, 100), (80, 100))
    for start_ms in range(START_MS, START_MS + 8 * DAY_MS, QUARTER_MS):
        day = (start_ms - START_MS) // DAY_MS % 3 - 1
        unlike.close_quarter(start_ms, np.array([[(80 if start_ms >= CHANGE_MS else 60) + 8 * day], [100]]), 0)

    widths = [of.compared[0].high - of.compared[0].low for of in (alike, unlike)]  # type: ignore[operator] # known

    assert widths[1] > 5 * widths[0]


def test_it_is_the_same_after_a_crash_and_bounded() -> None:
    whole, after = Changes(RATIO, [change()]), Changes(RATIO, [change()])
    told(whole, 60.0, (60, 100), (80, 100))
    first = Changes(RATIO, [change()])
    told(first, 5.3, (60, 100), (80, 100))
    after.restore(unpack(pack(first.arrays())))
    assert after.compared == first.compared
    told(after, 60.0, (60, 100), (80, 100), from_ms=START_MS + int(5.3 * DAY_MS) // QUARTER_MS * QUARTER_MS)

    assert pack(after.arrays()) == pack(whole.arrays())
    assert len(whole.arrays()["changes.hours"]) <= 29 * 24


def test_of_a_mean_nothing_is_kept_and_of_other_metrics_nothing_is_said() -> None:
    mean = Changes(metric_of("mean", Direction.UP, unit="seconds"), [change()])
    told(mean, 8.0, (60, 100), (80, 100))
    other = Changes(RATIO, [ChangeSettings("new bot", rfc3339(CHANGE_MS), ("y",))])
    told(other, 8.0, (60, 100), (80, 100))

    assert mean.arrays()["changes.hours"].size == 0
    assert other.compared == []


def test_a_pulse_carries_it_and_one_without_is_as_it_was() -> None:
    pulse = Pulse("x", 1.0, 1.0, 0.0, 2.0, 0.0, changes=[Compared("new bot", 5, 3, 0.6, 0.8, 0.2, 0.1, 0.3)])
    written = msgspec.json.encode(pulse)

    assert msgspec.json.decode(written, type=Pulse) == pulse
    assert b"changes" not in msgspec.json.encode(Pulse("x", 1.0, 1.0, 0.0, 2.0, 0.0))
