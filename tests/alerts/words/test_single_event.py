"""What a message says of single events."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from streams.alerts.words.single_event import about_events
from streams.records.request import EventsAsked, Request, RequestStep, Stage

SHANGHAI = ZoneInfo("Asia/Shanghai")


def step(events: EventsAsked, note: str = "Call back within a day.") -> RequestStep:
    data = Request(
        request="q1", rule="detractor", action="ticket.open", note=note, transition="", severity="info",
        detected_at="2026-11-10T16:02:10.000Z", until="2026-11-10T16:17:10.000Z", events=events,
    )  # fmt: skip
    return RequestStep(Stage.REQUESTED, "t", 1_794_326_530_000, data)


def test_one_event_is_told_by_rule_type_place_and_time_to_its_owner() -> None:
    events = EventsAsked(owner="desk", first=1, last=1, type="survey.answered", scope={"store": "flagship"})
    message = about_events(step(events), SHANGHAI)

    assert message.title == "detractor: survey.answered"
    assert message.lines == ("store: flagship", "At 2026-11-11 00:02:10 +08:00", "Call back within a day.")
    assert (message.id, message.lanes, message.anomalies) == ("q1", ("desk",), ())
    chinese = message.text("zh")
    assert (chinese.title, chinese.facts[0]) == ("detractor：survey.answered", "店铺：flagship")


def test_the_rest_of_a_minute_is_a_number() -> None:
    requests = ["a" * 16, "b" * 16]
    few = about_events(step(EventsAsked(owner="desk", first=1, last=2, count=2, requests=requests), note=""), SHANGHAI)
    one = about_events(step(EventsAsked(owner="desk", first=1, last=1, requests=requests[:1]), note=""), SHANGHAI)

    assert (few.title, one.title) == ("detractor: 2 more events", "detractor: 1 more event")
    assert few.text("zh").title == "detractor：另有 2 个事件"
    assert few.lines == ("At 2026-11-11 00:02:10 +08:00",)
    assert not any(request in repr(few) for request in requests)
