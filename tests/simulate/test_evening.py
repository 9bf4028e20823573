"""The evening on which queues lack agents: a real queue, and a truth that no formula gave."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import pytest

from detectors.staffing import agents_needed, erlang_a
from streams.simulate.evening import LIVE_FROM_MS, evening, offered, staffing
from streams.simulate.evening_queues import QUEUES, handled_lately

if TYPE_CHECKING:
    from streams.simulate.simulation import Simulation


@pytest.fixture(scope="module")
def played() -> Simulation:
    return evening(5)


@pytest.fixture(scope="module")
def events(played: Simulation) -> list[dict[str, object]]:
    return [json.loads(line)["event"] for line in played.records()]


def test_the_same_seed_gives_the_same_evening(played: Simulation) -> None:
    again = evening(5)

    assert again.truth == played.truth
    assert again.events == played.events
    assert [line for line, _ in zip(again.records(), range(500), strict=False)] == [
        line for line, _ in zip(played.records(), range(500), strict=False)
    ]
    assert evening(6).truth != played.truth


def test_two_queues_lack_agents_and_the_snapshots_say_so(played: Simulation, events: list[dict[str, object]]) -> None:
    assert len({entry["scope"]["queue"] for entry in played.truth}) == 2
    for entry in played.truth:
        assert 0.2 < 1 - entry["staffed"] / entry["needed"] < 0.6
        seen = {
            event["data"]["staffed"]  # type: ignore[index]
            for event in events
            if event["type"] == "queue.snapshot"
            and event["data"]["queue"] == entry["scope"]["queue"]  # type: ignore[index]
            and entry["start"] < str(event["time"]) < entry["end"]
        }
        assert seen == {entry["staffed"]}


def test_contacts_end_once_and_wait_as_long_as_they_say(events: list[dict[str, object]]) -> None:
    opened = {event["subject"]: event for event in events if event["type"] == "consultation.opened"}
    ends = [event for event in events if event["type"] in ("consultation.answered", "consultation.abandoned")]

    assert len({event["subject"] for event in ends}) == len(ends)
    for event in ends[::500]:
        waited = _s(event) - _s(opened[event["subject"]])
        assert waited == pytest.approx(event["data"]["waited"], abs=0.002)  # type: ignore[index]


def _s(event: dict[str, object]) -> float:
    return datetime.fromisoformat(str(event["time"])).timestamp()


def test_a_rostered_queue_answers_nearly_all_in_time(played: Simulation, events: list[dict[str, object]]) -> None:
    first = played.truth[0]["start"]
    waits = [
        event["data"]["waited"]  # type: ignore[index]
        for event in events
        if event["type"] == "consultation.answered" and str(event["time"]) < first
    ]

    assert np.mean(np.array(waits) <= 20) > 0.97


def test_what_is_tried_out_is_near_erlang_and_not_taken_from_it() -> None:
    queue = QUEUES[0]

    needed = queue.needed(np.random.default_rng(3), 8.0)

    columns = tuple(np.array(of) for of in (8.0 / 60, queue.handle_s, queue.patience_s, 0.8, 20.0))
    assert needed == pytest.approx(int(agents_needed(*columns)[0]), abs=3)
    served = erlang_a(columns[0], columns[1], columns[2], np.array(float(needed)), columns[4])
    assert 0.65 < served.level[0] < 0.95


def test_handle_times_are_those_of_the_last_half_hour() -> None:
    answered, handling = np.array([0, 10_000, 0]), np.array([9, 50_000, 70_000])
    looks = np.array([30_000, 60_000, 100_000])

    told = handled_lately(answered, handling, looks, 60_000)

    assert np.isnan(told[0])
    assert np.isnan(told[1])  # what ends at a look is of the next one
    assert told[2] == 50


def test_rates_and_rosters_cover_history_and_evening() -> None:
    minutes, rates = offered(5)
    roster = QUEUES[0].roster(rates[QUEUES[0].name])

    times, agents = staffing(minutes, roster, [])

    assert minutes[0] < LIVE_FROM_MS < minutes[-1]
    assert (agents == roster).all()
    assert (times == minutes).all()
    assert (agents > rates[QUEUES[0].name] * QUEUES[0].handle_s / 60).all()
