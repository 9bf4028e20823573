"""Rare events: the published vectors, and how often chance alone goes off."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from detectors.last_events import DEPTH, LastEvents, over, together
from detectors.rare import RareDetector, log_tail
from detectors.thirty_days import ThirtyDays

DAY_S = 86_400.0
USUAL_A_YEAR = 4.5 / 7 * 365  # after four in seven days


def judged(hours: list[float], seen: float = 4.0, days: float = 7.0, **more: float) -> float:
    """The score of events so many hours before the last one, where `seen` came in the days before."""
    share = np.full((DEPTH, 1), np.inf)
    share[: len(hours), 0] = np.array(hours) / (24 * days)
    detector = RareDetector(minimum_effect=2, minimum_exposure=more.get("least", 3), sets=int(more.get("sets", 1)))
    return float(detector.judge(np.full((DEPTH, 1), seen), share, more.get("events_a_year", USUAL_A_YEAR)).score[0])


@pytest.mark.parametrize(("events", "hours", "probability"), [(4, 4, 1.4e-5), (5, 4, 5.4e-7), (12, 24, 8.8e-9)])
def test_the_tails_after_four_in_seven_days_are_those_of_the_vectors(
    events: float, hours: float, probability: float
) -> None:
    tail = np.exp(log_tail(np.array([events]), np.array([4.0]), np.array([hours / 168])))[0]

    assert f"{tail:.1e}" == f"{probability:.1e}"


def test_five_in_four_hours_and_twelve_in_a_day_fire_and_four_in_four_hours_do_not() -> None:
    assert judged([0, 1, 2, 4]) < 1
    assert judged([0, 1, 2, 3, 4]) >= 1
    assert judged(np.linspace(0, 24, 12).tolist()) >= 1


@pytest.mark.parametrize("sets", [1, 3, 7])
def test_five_in_four_hours_fire_whether_they_are_looked_at_as_a_whole_or_in_seven_sets_of_parts(sets: int) -> None:
    assert judged([0, 1, 2, 3, 4], sets=sets) >= 1


@given(
    seen=st.integers(0, 500),
    days=st.floats(0.01, 30),
    gap_s=st.floats(0, 60),
    least=st.sampled_from([1, 2, 3]),
    events_a_year=st.floats(0, 1e6),
)
def test_one_event_never_fires_nor_do_two_within_seconds(
    seen: int, days: float, gap_s: float, least: int, events_a_year: float
) -> None:
    told = {"least": least, "events_a_year": events_a_year}

    assert judged([10 / 3600], seen, days, **told) == 0
    assert judged([10 / 3600, (10 + gap_s) / 3600], seen, days, **told) == 0


@given(seen=st.integers(0, 50), hours=st.floats(0.1, 100), more=st.integers(1, 20))
def test_more_events_in_the_same_time_surprise_more_and_a_higher_usual_rate_less(
    seen: int, hours: float, more: int
) -> None:
    few, many = log_tail(np.array([3.0, 3.0 + more]), np.array([float(seen)]), np.array([hours / 720]))
    usual = log_tail(np.array([3.0]), np.array([float(seen + more)]), np.array([hours / 720]))[0]

    assert many <= few <= usual <= 0


@given(seen=st.integers(0, 200), share=st.floats(1e-4, 1), events=st.integers(1, 60))
def test_the_tail_is_that_of_a_poisson_count_whose_rate_is_known_so_well(seen: int, share: float, events: int) -> None:
    exact = stats.nbinom.logsf(events - 1, seen + 0.5, 1 / (1 + share))

    found = log_tail(np.array([float(events)]), np.array([float(seen)]), np.array([share]))[0]

    assert found == pytest.approx(exact, rel=1e-6, abs=1e-9)


@given(seen=st.integers(0, 300), share=st.floats(1e-4, 1), power=st.floats(2, 8))
def test_the_upper_end_of_what_is_normal_is_the_fewest_events_that_are_too_many(
    seen: int, share: float, power: float
) -> None:
    limit, of = 10**-power, (np.array([float(seen)]), np.array([share]))

    most = RareDetector.most(*of, limit)

    assert log_tail(most - 1, *of)[0] <= np.log(limit) + 1e-6
    assert most[0] == 2 or log_tail(most - 2, *of)[0] >= np.log(limit) - 1e-6


@pytest.mark.parametrize(("a_day", "years"), [(0.05, 400), (0.5, 200), (5, 40)])
def test_chance_goes_off_less_often_than_is_asked_for(a_day: float, years: int) -> None:
    rng = np.random.default_rng(41)
    span_days = years * 365 + 30
    times = np.sort(rng.random(rng.poisson(a_day * span_days)) * span_days)
    looks = np.flatnonzero(times > 30)
    places = looks - np.arange(DEPTH)[:, None]
    since = times[looks] - np.where(places >= 0, times[np.maximum(places, 0)], -np.inf)
    month = np.searchsorted(times, times[looks] - 30)
    seen = np.maximum(places - month, 0).astype(float)
    share = np.where(since < 30, since / np.maximum(30 - since, 1e-9), np.nan)
    detector = RareDetector(minimum_effect=0.01, minimum_exposure=3)

    fired = detector.judge(seen, share, a_day * 365).score >= 1

    assert fired.sum() / years <= 1


def test_a_cluster_is_over_once_it_is_silent_for_longer_than_its_own_rate_explains() -> None:
    hours = np.full((DEPTH, 3), np.inf)
    for place, since in enumerate((6.0, 7.5, 0.5)):  # after the last of five, one an hour; after three at once
        hours[:5, place] = since + np.arange(5) * (place < 2)

    assert over(hours * 3600, np.array([5, 5, 3])).tolist() == [False, True, False]
    assert over((hours + 0.2) * 3600, np.array([5, 5, 3]))[2]


def test_a_stray_event_after_a_cluster_has_ended_does_not_bring_it_back() -> None:
    hours = np.full((DEPTH, 1), np.inf)
    hours[0], hours[1:11, 0] = 0.1, 5 + np.arange(10) / 60
    at_once, long_after = hours[1:].copy(), hours
    detector = RareDetector(minimum_effect=2, minimum_exposure=3)
    of = np.zeros((DEPTH, 1)), hours / 720

    assert together(hours * 3600).tolist() == [1]
    assert together((at_once - 4.9) * 3600).tolist() == [DEPTH - 1]
    assert detector.judge(*of, 235.0).score[0] > 1
    assert detector.judge(*of, 235.0, long_after * 3600).score[0] == 0


@pytest.mark.parametrize(
    ("wrong", "named"), [({"false_alarms_a_year": 0.0}, "false_alarms_a_year"), ({"sets": 0}, "sets")]
)
def test_parameters_without_sense_are_refused(wrong: dict[str, float], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        RareDetector(2, 3, **wrong)  # type: ignore[arg-type]


@given(st.lists(st.lists(st.integers(0, 40), min_size=3, max_size=3), max_size=20))
def test_the_last_events_are_kept_and_no_others(steps: list[list[int]]) -> None:
    events = LastEvents()
    events.grow(3)
    for at, counts in enumerate(steps, 1):
        events.add(np.array(counts, dtype=float), at * 10_000)
    again = LastEvents()
    again.restore(events.arrays())

    for series in range(3):
        told = [at * 10_000 for at, counts in enumerate(steps, 1) for _ in range(counts[series])]
        kept = again.ago_s(300_000)[:, series]
        assert kept[np.isfinite(kept)].tolist() == [(300_000 - at) / 1000 for at in told[::-1][:DEPTH]]
        assert again.within(np.array([series]), 50_000)[0] == sum(at >= 50_000 for at in told[::-1][:DEPTH])


@given(quarters=st.integers(0, 96 * 33), size=st.integers(1, 3))
def test_a_month_holds_the_last_thirty_days_that_were_learned(quarters: int, size: int) -> None:
    month = ThirtyDays()
    month.grow(size)
    rows = np.arange(quarters) % 7
    for value in rows.tolist():
        month.learn(np.full(size, float(value)), np.zeros(0))

    month.pass_over(quarters % 200)
    rows = np.concatenate([rows, np.zeros(quarters % 200, dtype=int)])
    quarters = len(rows)

    whole = min(quarters, 29 * 96 + (quarters % 96 or 96))
    assert month.seconds == whole * 900
    assert month.events.tolist() == [float(rows[quarters - whole :].sum())] * size
    assert month.exposure.tolist() == [0.0] * size
