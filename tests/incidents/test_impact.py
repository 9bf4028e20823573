"""How many events a trouble has affected, whatever windows show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.records.anomaly import Anomaly
    from streams.records.verdicts import Verdict

MINUTE = 60_000


def over(shop: Any, verdict: Callable[..., Verdict], *bad: Verdict) -> Anomaly:
    for one in bad:
        shop.tick(one)
    shop.wait(6 * MINUTE, verdict(bad[0].metric, bad[0].scope, score=0.0))
    anomalies: list[Anomaly] = shop.desk.recent_anomalies()
    return anomalies[0]


@pytest.mark.parametrize(("window_s", "exposure"), [(60, 100.0), (300, 500.0)])
def test_ten_minutes_count_once_in_windows_of_any_length(
    shop: Any, verdict: Callable[..., Verdict], window_s: int, exposure: float
) -> None:
    first = window_s // 10  # ticks in which the window fills
    filling = [verdict(window_s=window_s, exposure=exposure, value=0.97 - 0.5 * (n + 1) / first) for n in range(first)]
    full = [verdict(window_s=window_s, exposure=exposure, value=0.47)] * (60 - first)

    anomaly = over(shop, verdict, *filling, *full)

    assert anomaly.affected == pytest.approx(500, rel=0.05)  # 100 a minute, half of them, for ten minutes


def test_two_minutes_that_an_hour_remembers_count_once(shop: Any, verdict: Callable[..., Verdict]) -> None:
    remembered = verdict(window_s=3600, exposure=60.0, value=0.72)

    anomaly = over(shop, verdict, *[remembered] * 300)

    assert anomaly.affected == 15


def test_what_is_no_number_of_events_is_not_counted(shop: Any, verdict: Callable[..., Verdict]) -> None:
    anomaly = over(shop, verdict, *[verdict("held", {"queue": "vip"}, value=40.0, expected=4.0, direction="up")] * 6)

    assert anomaly.affected == 0
    assert "affected" not in anomaly.summary


def test_the_end_says_what_it_is_now_and_how_bad_it_was(shop: Any, verdict: Callable[..., Verdict]) -> None:
    anomaly = over(shop, verdict, *[verdict(value=0.5)] * 12)

    assert (anomaly.value, anomaly.peak, anomaly.affected > 400) == (0.97, 0.5, True)
    assert "now 97.0%, expected 97.0%, at worst 50.0%, about" in anomaly.summary


def test_what_ends_without_being_judged_says_what_it_was_last(shop: Any, verdict: Callable[..., Verdict]) -> None:
    shop.tick(*[verdict(value=0.5)], times=3)
    shop.wait(6 * 60 * MINUTE + MINUTE)

    assert "last 50.0%, expected" in shop.desk.recent_anomalies()[0].summary
