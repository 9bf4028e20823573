"""The turns of customers."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.support.simulated_sale import SimulatedSale


def turns(small: SimulatedSale) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for event in small.of("message.received"):
        found[event["consultation_id"]].append(event)
    return found


def test_each_contact_begins_with_a_question(small: SimulatedSale) -> None:
    opened = {event["consultation_id"]: event for event in small.of("consultation.opened")}
    found = turns(small)

    assert found.keys() == opened.keys()
    for name, (first, *_) in found.items():
        assert opened[name]["time"] < first["time"]
        for field in ("queue", "channel", "intent", "stage", "store", "region", "customer"):
            assert first[field] == opened[name][field]


def test_the_first_reply_comes_after_the_question(small: SimulatedSale) -> None:
    found = turns(small)

    assert all(found[event["consultation_id"]][0]["time"] < event["time"] for event in small.of("consultation.replied"))


def test_who_asks_again_does_so_while_a_person_answers(small: SimulatedSale) -> None:
    answered: dict[str, str] = {}
    for event in small.of("consultation.answered"):
        answered.setdefault(event["consultation_id"], event["time"])
    closed = {event["consultation_id"]: event for event in small.of("consultation.closed")}
    again = {name: events[1] for name, events in turns(small).items() if len(events) > 1}

    assert 0.02 * len(closed) < len(again) < 0.1 * len(closed)
    for name, event in again.items():
        assert answered[name] < event["time"] < closed[name]["time"]
        assert closed[name]["handled_by"] == "human"


def test_who_finds_an_answer_unclear_mostly_asks_again(small: SimulatedSale) -> None:
    unclear = [
        event["consultation_id"]
        for event in small.of("consultation.rated")
        if event["unclear"] and event["handled_by"] == "human"
    ]
    found = turns(small)

    assert len(unclear) > 20
    assert sum(len(found[name]) > 1 for name in unclear) > 0.4 * len(unclear)
