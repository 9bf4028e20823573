"""What baselines learn, forget and survive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from detectors.day import Day
from detectors.level import Level
from detectors.onset import onset
from detectors.ratio_baseline import RatioBaseline
from detectors.seasonal import SLOTS, SeasonalBaseline
from detectors.state import pack, unpack

if TYPE_CHECKING:
    from collections.abc import Sequence

OWN = np.arange(1, dtype=np.int32)


def taught(days: Sequence[float], seed: int = 0) -> SeasonalBaseline:
    rng = np.random.default_rng(seed)
    baseline = SeasonalBaseline()
    for number, factor in enumerate(days, start=1):
        for slot in range(SLOTS):
            baseline.learn(slot, rng.poisson([150 * factor]).astype(float), Day(number))
    return baseline


def test_one_odd_day_changes_the_usual_day_little() -> None:
    baseline = taught([1, 1, 1, 10, 1])

    assert baseline.usual(43_200, 900, day=Day(9)).middle[0] == pytest.approx(150, rel=0.3)


def test_a_new_habit_is_learned_in_a_few_weeks() -> None:
    baseline = taught([1] * 4 + [2] * 21)

    assert baseline.usual(43_200, 900, day=Day(9)).middle[0] == pytest.approx(300, rel=0.15)


def test_the_dispersion_of_poisson_counts_is_small_and_of_unsteady_days_is_not() -> None:
    # Of a first week nobody knows whether its days differ by chance or by weekday.
    steady = taught([1] * 15).dispersion()[0]
    unsteady = taught([1, 1.6, 0.7, 1.3, 0.6, 1.5, 0.8, 1.2, 0.8, 1.5, 0.6, 1.4, 0.7, 1.3, 0.8]).dispersion()[0]

    assert steady < 0.01
    assert unsteady > 5 * steady


def test_an_hour_that_was_never_seen_is_unknown() -> None:
    baseline = SeasonalBaseline()
    baseline.learn(10, np.array([5.0]), Day(1))

    assert np.isnan(baseline.usual(43_200, 60, day=Day(9)).middle[0])


def test_a_series_that_appears_later_does_not_learn_the_zeros_before() -> None:
    baseline = SeasonalBaseline()
    for day in range(5):
        for slot in range(SLOTS):
            baseline.learn(slot, np.array([100.0, 40.0 if day == 4 else 0.0]), Day(1 + day))

    assert baseline.usual(43_200, 900, day=Day(9)).middle == pytest.approx([100.0, 40.0])


def test_long_windows_add_up_their_quarters_and_gaps_too() -> None:
    baseline = taught([1, 1, 1])

    assert baseline.usual(43_200, 86_400, day=Day(9)).middle[0] == pytest.approx(150 * 96, rel=0.02)
    assert baseline.usual(1_800, 3_600, day=Day(9)).middle[0] == pytest.approx(600, rel=0.1)
    missed = baseline.between(1_000.0, np.array([90.0, 3_600.0]), np.array([0, 0]), day=Day(9))
    assert missed == pytest.approx([15, 600], rel=0.2)


def test_fewer_counts_than_series_are_refused() -> None:
    baseline = taught([1])

    with pytest.raises(ValueError, match="0 counts for 1 series"):
        baseline.learn(0, np.zeros(0), Day(2))


def test_a_thin_series_is_drawn_towards_the_whole() -> None:
    baseline = RatioBaseline(bounded=True, wide=0.2, least=1e-3)
    partner = np.arange(2, dtype=np.int32)
    for quarter in range(SLOTS):
        baseline.learn(
            quarter // 4,
            np.array([95.0, 0.0 if quarter else 1.0]),
            np.array([100.0, 1.0 if quarter < 4 else 0.0]),
            partner,
        )

    usual = baseline.usual(43_200, partner, whole=0)

    assert usual.ratio[0] == pytest.approx(0.95, abs=0.01)
    assert usual.ratio[1] > 0.8
    assert usual.weight[1] < 50  # 40 of them are those of the whole


def test_an_incident_hardly_moves_the_usual_ratio() -> None:
    baseline = RatioBaseline(bounded=True, wide=0.2, least=1e-3)
    for quarter in range(2 * SLOTS):
        baseline.learn(quarter % SLOTS // 4, np.array([970.0]), np.array([1000.0]), OWN)
    for quarter in range(2):
        baseline.learn(12, np.array([100.0 + quarter]), np.array([1000.0]), OWN)

    assert baseline.usual(43_200, OWN, whole=0).ratio[0] > 0.93


def test_a_thin_night_that_is_unlike_the_day_is_expected_after_a_few_nights() -> None:
    baseline = RatioBaseline(bounded=True, wide=0.2, least=1e-3)
    for quarter in range(4 * SLOTS):
        hour = quarter % SLOTS // 4
        top, trials = (9.0, 10.0) if hour < 6 else (300.0, 1000.0)
        baseline.learn(hour, np.array([top]), np.array([trials]), OWN)

    assert baseline.usual(3 * 3600, OWN, whole=0).ratio[0] > 0.8
    assert baseline.usual(12 * 3600, OWN, whole=0).ratio[0] == pytest.approx(0.3, abs=0.01)


def test_in_an_hour_that_nobody_has_seen_the_odds_may_be_others() -> None:
    half, much = (RatioBaseline(bounded=True, wide=0.2, least=1e-3) for _ in range(2))
    for quarter in range(16):
        half.learn(quarter // 4, np.array([50.0]), np.array([100.0]), OWN)
        much.learn(quarter // 4, np.array([97.0]), np.array([100.0]), OWN)

    doubts = []
    for baseline in (half, much):
        usual = baseline.usual(12 * 3600, OWN, whole=0)
        doubts.append(float((usual.lasting + 1 / usual.weight)[0]))

    assert doubts[0] > 0.01  # 50 % may be 40 %
    assert doubts[1] < 0.01  # 97 % is not 90 %


def test_what_never_failed_may_fail() -> None:
    baseline = RatioBaseline(bounded=True, wide=0.2, least=1e-3)
    for quarter in range(16):
        baseline.learn(quarter // 4, np.array([10.0]), np.array([10.0]), OWN)

    assert 0.99 < baseline.usual(2 * 3600, OWN, whole=0).ratio[0] < 0.999


def test_a_ratio_that_was_never_seen_is_unknown() -> None:
    baseline = RatioBaseline(bounded=True, wide=0.2, least=1e-3)
    baseline.grow(1)

    assert np.isnan(baseline.usual(0, OWN, whole=0).ratio[0])


@pytest.mark.parametrize("state", [b"", b"\x05\x00\x00\x00{", pack({"a": np.zeros(3)})[:-1]])
def test_bytes_that_are_no_state_are_refused(state: bytes) -> None:
    with pytest.raises(ValueError, match=r"state|buffer"):
        unpack(state)


def test_states_survive_the_way_through_bytes() -> None:
    seasonal = taught([1, 2])
    ratio = RatioBaseline(bounded=False, wide=0.2, least=0.005)
    ratio.learn(3, np.array([90.0]), np.array([10.0]), OWN)
    level = Level(1)
    level.follow(np.array([5.0]), np.array([4.0]), 60, np.array([True]))

    assert SeasonalBaseline.from_bytes(seasonal.to_bytes()).to_bytes() == seasonal.to_bytes()
    assert RatioBaseline.from_bytes(ratio.to_bytes()).to_bytes() == ratio.to_bytes()
    assert Level.from_bytes(level.to_bytes()).to_bytes() == level.to_bytes()


def test_rows_that_are_not_calm_do_not_move_their_level() -> None:
    level = Level(2)
    for _ in range(60):
        level.follow(np.array([50.0, 50.0]), np.array([10.0, 10.0]), 60, np.array([True, False]))

    assert level.ratio(np.full(2, 0.25))[0].round(1).tolist() == [4.9, 1.0]


def test_a_deviation_that_is_over_has_no_start() -> None:
    counts = np.array([5.0, 5, 50, 50, 5, 5, 5, 5, 5, 5])

    assert onset(counts, np.full(10, 5.0), rises=True) == len(counts)


def test_a_quarter_without_events_is_expected_to_have_its_share_of_the_whole() -> None:
    baseline = SeasonalBaseline()
    for day in range(8):
        for slot in range(96):
            # The whole, and a part that is seen by day only because it is thin.
            baseline.learn(slot, np.array([400.0 if slot >= 32 else 40.0, 4.0 if slot >= 32 else 0.0]), Day(1 + day))

    night = 3 * 3600
    assert baseline.usual(night, 60, day=Day(9)).middle[1] < 1e-9
    assert 0 < baseline.usual(night, 60, whole=0, day=Day(9)).middle[1] < 0.4 / 15
    assert baseline.usual(night, 60, whole=0, day=Day(9)).middle[0] == baseline.usual(night, 60, day=Day(9)).middle[0]


def test_what_was_a_little_off_for_hours_is_not_where_a_cliff_began() -> None:
    counts = np.concatenate([np.full(80, 9.0), np.full(6, 40.0)])

    assert onset(counts, np.full(86, 6.0), rises=True, recent=30) == 80


def test_a_deviation_in_the_other_direction_has_no_start() -> None:
    # Of failures, none for an hour is no rise of them.
    assert onset(np.zeros(60), np.full(60, 0.2), rises=True) == 60
    assert onset(np.full(60, 9.0), np.full(60, 3.0), rises=False) == 60


def test_a_change_of_a_single_step_is_seen_in_it() -> None:
    counts = np.array([1.0, 0, 1, 2, 0, 1, 0, 9])

    assert onset(counts, np.full(8, 0.8), rises=True) == 7


def test_without_steps_there_is_no_start() -> None:
    assert onset(np.zeros(0), np.zeros(0), rises=True) == 0


def test_what_turns_out_to_be_anomalous_has_not_moved_the_level() -> None:
    level = Level(1)
    for _ in range(60):
        level.follow(np.array([10.0]), np.array([10.0]), 60, np.array([True]))
    before = level.ratio(np.full(1, 0.25)).copy()
    for _ in range(3):  # a stop, not yet found
        level.follow(np.array([0.0]), np.array([10.0]), 60, np.array([True]))
    assert level.ratio(np.full(1, 0.25)).tolist() == before.tolist()

    for _ in range(20):  # found
        level.follow(np.array([0.0]), np.array([10.0]), 60, np.array([False]))
    for _ in range(3):  # over
        level.follow(np.array([10.0]), np.array([10.0]), 60, np.array([True]))
    assert level.ratio(np.full(1, 0.25)).tolist() == before.tolist()


def test_a_quarter_that_was_never_learned_is_unknown_and_not_empty() -> None:
    baseline = SeasonalBaseline()
    for slot in range(94):
        baseline.learn(slot, np.array([12.0]), Day(1))

    assert np.isnan(baseline.usual(86_380, 900, day=Day(9)).middle[0])
    assert np.isnan(baseline.usual(86_380, 3600, day=Day(9)).middle[0])
    assert baseline.usual(84_000, 900, day=Day(9)).middle[0] == pytest.approx(12, rel=0.01)
    assert baseline.usual(86_380, 86_400, day=Day(9)).middle[0] == pytest.approx(94 * 12, rel=0.01)
