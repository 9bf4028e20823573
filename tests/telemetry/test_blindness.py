"""A worker that reads and sees nothing says so."""

from __future__ import annotations

import pytest

from streams.telemetry.blindness import FAR_MS, Blind, Blindness
from streams.telemetry.health import Health, Unmet

NOW = 1_794_000_000_000


@pytest.mark.parametrize(
    ("judged_ms", "reasons"),
    [
        (NOW - 45_000, []),
        (NOW - FAR_MS, []),
        (NOW - FAR_MS - 1, [Blind.BEHIND]),
        (0, [Blind.BEHIND]),
        (NOW + FAR_MS + 1, [Blind.AHEAD]),
        (-1, []),
    ],
    ids=["as ever", "at the limit", "beyond it", "since 1970", "a day ahead", "nothing has come yet"],
)
def test_what_is_judged_far_from_the_wall_clock_is_blind(judged_ms: int, reasons: list[Blind]) -> None:
    assert [spot.reason for spot in Blindness(live=True).spots(judged_ms, NOW)] == reasons


def test_events_without_a_tick_are_blind_after_five_minutes() -> None:
    blindness = Blindness(live=True)
    blindness.read("orders", {"counted": 1}, NOW)

    assert blindness.spots(-1, NOW + FAR_MS) == []
    assert [spot.reason for spot in blindness.spots(-1, NOW + FAR_MS + 1)] == [Blind.NOT_JUDGED]


def test_with_the_time_of_events_an_old_board_is_a_replay() -> None:
    assert Blindness(live=False).spots(0, NOW) == []


@pytest.mark.parametrize("outcome", ["late", "dead_letter"])
def test_a_topic_of_which_nothing_counts_is_blind_until_something_does(outcome: str) -> None:
    blindness = Blindness(live=False)
    for second in range(0, 70, 10):
        blindness.read("orders", {outcome: 10, "counted": 0}, NOW + second * 1000)

    (spot,) = blindness.spots(NOW, NOW + 60_000)
    assert (spot.reason, spot.topic, spot.amount) == (Blind.REFUSED, "orders", 70)
    assert "the last 70 records of orders were dead letters or too late" in spot.detail

    blindness.read("orders", {"counted": 1, outcome: 9}, NOW + 70_000)
    assert blindness.spots(NOW, NOW + 80_000) == []


def test_a_few_refused_records_and_those_of_an_hour_ago_are_not_blindness() -> None:
    blindness = Blindness(live=False)
    blindness.read("orders", {"dead_letter": 19}, NOW)
    blindness.read("visits", {"dead_letter": 900}, NOW)

    assert [spot.topic for spot in blindness.spots(NOW, NOW + 120_000)] == ["visits"]
    assert blindness.spots(NOW, NOW + 3_600_000) == []


def test_who_is_blind_is_not_ready() -> None:
    health = Health()
    health.assign([])
    health.blind(["what is judged is 600 s behind the clock"])

    assert [(unmet.reason, unmet.detail) for unmet in health.shortfalls()] == [
        (Unmet.BLIND, "what is judged is 600 s behind the clock")
    ]
    health.blind([])
    assert health.shortfalls() == []
