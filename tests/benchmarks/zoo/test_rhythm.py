"""When a shop of the zoo is busy."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from benchmarks.zoo.rhythm import Peak, Rhythm, local_midnight_ms, minutes_of

DAY_MS = 86_400_000
FLAT = (1.0,) * 24
EVERY_DAY = (1.0,) * 7
MONDAY = date(2026, 3, 2)


def levels(rhythm: Rhythm, day: date, days: int = 1) -> np.ndarray:
    begin = local_midnight_ms(day, rhythm.offset_min)
    return rhythm.plan(minutes_of(begin, begin + days * DAY_MS))


def test_a_day_follows_the_local_hours() -> None:
    hours = tuple(float(hour == 9) for hour in range(24))

    level = levels(Rhythm(-180, hours, hours, EVERY_DAY), MONDAY)

    assert level.argmax() == 9 * 60 + 30
    assert level[: 8 * 60].max() == 0


def test_weekends_have_their_factor_and_their_hours() -> None:
    night = tuple(float(hour >= 20) for hour in range(24))
    rhythm = Rhythm(540, FLAT, night, (1.0, 1.0, 1.0, 1.0, 1.0, 2.0, 0.0))

    saturday, sunday = (levels(rhythm, MONDAY + timedelta(days=ahead)) for ahead in (5, 6))

    assert saturday[22 * 60] == 2.0
    assert saturday[12 * 60] == 0.0
    assert sunday.max() == 0.0


def test_a_day_off_is_a_day_of_its_own_factor() -> None:
    rhythm = Rhythm(480, FLAT, FLAT, EVERY_DAY, days_off={MONDAY: 0.25})

    both = levels(rhythm, MONDAY - timedelta(days=1), 2)

    assert set(both[:1440]) == {1.0}
    assert set(both[1440:]) == {0.25}


def test_a_peak_is_over_at_its_end() -> None:
    begin = local_midnight_ms(MONDAY, 0)
    peak = Peak(begin + 3_600_000, begin + 2 * 3_600_000, 3.0)

    level = levels(Rhythm(0, FLAT, FLAT, EVERY_DAY, peaks=(peak,)), MONDAY)

    assert level[:61].max() == 1.0
    assert level[75:105].min() == 3.0
    assert level[120:].max() == 1.0


def test_growth_adds_up_from_day_to_day() -> None:
    assert levels(Rhythm(0, FLAT, FLAT, EVERY_DAY, growth=1.1), MONDAY, 3)[-1] == pytest.approx(1.21)


@pytest.mark.parametrize("clustered", [0.0, 0.3])
def test_events_come_at_their_rate_whether_or_not_they_come_in_clusters(clustered: float) -> None:
    rhythm = Rhythm(0, FLAT, FLAT, EVERY_DAY, clustered=clustered, cluster_size=2.0)

    times = rhythm.arrivals(np.random.default_rng(1), np.ones(10_000), 0, 3.0)

    assert times.size == pytest.approx(30_000, rel=0.03)
    assert (np.diff(times) >= 0).all()


def test_clusters_make_minutes_uneven() -> None:
    def unevenness(clustered: float) -> float:
        rhythm = Rhythm(0, FLAT, FLAT, EVERY_DAY, clustered=clustered, cluster_size=2.0, cluster_s=20.0)
        times = rhythm.arrivals(np.random.default_rng(1), np.ones(10_000), 0, 3.0)
        counts = np.bincount(times // 60_000, minlength=10_000)
        return float(counts.var() / counts.mean())

    assert unevenness(0.0) == pytest.approx(1.0, abs=0.1)
    assert unevenness(0.3) > 1.5


def test_the_wobble_is_slow_and_moves_the_level_by_no_more_than_it_should() -> None:
    rhythm = Rhythm(0, FLAT, FLAT, EVERY_DAY, wobble_sd=0.2, wobble_min=120.0)

    drift = rhythm.drift(np.random.default_rng(1), np.arange(100_000))

    assert np.log(drift).std() == pytest.approx(0.2, rel=0.15)
    assert drift.mean() == pytest.approx(1.0, rel=0.05)
    assert np.corrcoef(drift[:-10], drift[10:])[0, 1] > 0.85
