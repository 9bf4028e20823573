"""How the shop deals with what people say."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.simulated_sale import SimulatedSale


def test_most_of_what_is_bad_is_dealt_with_and_nothing_else(small: SimulatedSale) -> None:
    said = small.of("review.posted", "survey.answered", "mention.posted")
    bad = {event["feedback_id"]: event for event in said if event["sentiment"] == "negative"}
    dealt_with = {
        event["feedback_id"]: event
        for event in small.of("feedback.closed")
        if not event["feedback_id"].startswith("FC-")
    }

    assert dealt_with.keys() <= bad.keys()
    assert 0.8 * len(bad) < len(dealt_with) < len(bad)
    for name, event in dealt_with.items():
        assert event["posted_at"] == bad[name]["time"] < event["time"]
        for field in ("order_id", "kind", "channel", "platform", "store", "customer"):
            assert event.get(field) == bad[name].get(field)


def test_a_complaint_is_dealt_with_when_its_case_is_closed(small: SimulatedSale) -> None:
    closed: dict[str, str] = {}
    for event in small.of("case.closed"):
        closed.setdefault(event["case_id"].removeprefix("CS"), event["time"])
    complaints = {event["feedback_id"]: event["time"] for event in small.of("complaint.opened")}
    dealt_with = {
        event["feedback_id"]: event for event in small.of("feedback.closed") if event["feedback_id"].startswith("FC-")
    }

    assert dealt_with.keys() == complaints.keys()
    for name, event in dealt_with.items():
        assert event["posted_at"] == complaints[name]
        assert event["time"] == closed[name.removeprefix("FC-")]


def test_negative_mentions_are_answered_most(small: SimulatedSale) -> None:
    posted = {event["feedback_id"]: event for event in small.of("mention.posted")}
    answered = {event["feedback_id"]: event for event in small.of("mention.answered")}

    assert answered.keys() <= posted.keys()
    assert all(posted[name]["time"] == event["posted_at"] < event["time"] for name, event in answered.items())
    shares = {
        sentiment: sum(name in answered for name in names) / len(names)
        for sentiment in ("positive", "neutral", "negative")
        if (names := [name for name, event in posted.items() if event["sentiment"] == sentiment])
    }
    assert 0.6 < shares["negative"] < 1
    assert max(shares["positive"], shares["neutral"]) < 0.5
