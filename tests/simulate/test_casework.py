"""How people work on cases."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.support.simulated_sale import SimulatedSale

KINDS = ("case.opened", "case.state_changed", "case.handed_over", "case.closed", "case.reopened")


@pytest.fixture(scope="module")
def stories(small: SimulatedSale) -> list[list[dict[str, Any]]]:
    """The events of each case in the order of time."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for event in small.of(*KINDS):
        found[event["case_id"]].append(event)
    return [sorted(events, key=lambda event: str(event["time"])) for events in found.values()]


def test_a_case_goes_from_state_to_state_and_each_event_says_since_when(stories: list[list[dict[str, Any]]]) -> None:
    for opened, *events in stories:
        assert (opened["type"], opened["state"], opened["entered_at"]) == ("case.opened", "new", opened["time"])
        state, since = "new", opened["time"]
        for event in events:
            if event["type"] == "case.handed_over":
                assert (event["state"], event["entered_at"]) == (state, since)
                continue
            assert (event["previous_state"], event["entered_at"]) == (state, since)
            state, since = event["state"], event["time"]
            assert (state == "closed") == (event["type"] == "case.closed")
        assert state == "closed"


def test_hand_overs_are_counted_and_change_who_works_on_it(stories: list[list[dict[str, Any]]]) -> None:
    times: Counter[int] = Counter()
    for events in stories:
        hand_overs, role = 0, "agent"
        for event in events:
            if event["type"] == "case.handed_over":
                hand_overs += 1
                assert event["role"] != role
                role = event["role"]
            assert (event["hand_overs"], event["role"]) == (hand_overs, role)
        times[hand_overs] += 1

    assert set(times) == {0, 1, 2}
    assert times[1] > times[2]


def test_few_cases_are_open_again_and_most_are_closed_when_they_are_due(stories: list[list[dict[str, Any]]]) -> None:
    reopened = sum(any(event["type"] == "case.reopened" for event in events) for events in stories)
    closed = [next(event for event in events if event["type"] == "case.closed") for events in stories]
    in_time = sum(event["time"] <= event["due_at"] for event in closed)

    assert 0 < reopened < 0.1 * len(stories)
    assert 0.9 * len(stories) < in_time < len(stories)


def test_what_a_case_is_about_stays_as_it_was(stories: list[list[dict[str, Any]]]) -> None:
    fixed = ("kind", "queue", "channel", "store", "region", "carrier", "reason", "opened_at", "due_at", "customer")

    assert all(event.get(field) == events[0].get(field) for events in stories for event in events for field in fixed)


def test_the_platform_steps_into_a_few(small: SimulatedSale) -> None:
    closed = small.of("case.closed")

    assert 0 < sum(event["intervened"] for event in closed) < 0.1 * len(closed)
