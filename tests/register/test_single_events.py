"""What a worker remembers of requests about single events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.linkage.clerk import settled
from streams.records.request import Ending, EventsAsked, Request, RequestStep, Stage
from streams.register import single_events
from streams.register.register import Register
from streams.register.single_events import Made, SingleEventLog

if TYPE_CHECKING:
    import pytest

NOON = 1_794_326_400_000


def step(request: str, time: int = NOON, members: tuple[str, ...] = (), thread: str = "t") -> RequestStep:
    data = Request(
        request=request, rule="r", action="act", transition="", detected_at="", severity="info",
        until="2100-01-01T00:00:00Z", webhook=True,
        events=EventsAsked(owner="care", first=0, last=0, count=len(members) or 1, requests=list(members)),
    )  # fmt: skip
    return RequestStep(Stage.REQUESTED, thread, time, data)


def test_an_event_is_known_by_its_own_request_and_as_one_of_a_digest() -> None:
    log = SingleEventLog()
    log.note(step("a"))
    log.note(step("d", members=("b", "c")))

    assert [name in log for name in "abcde"] == [True, True, True, True, False]
    assert [log.request_of(name) for name in "abe"] == ["a", "d", "e"]


def test_what_a_rule_asked_for_in_a_minute_is_counted_once_by_message_and_digest() -> None:
    log = SingleEventLog()
    for each in (step("a"), step("a"), step("b", NOON + 59_999), step("d", members=("x",)), step("o", thread="u")):
        log.note(each)
    log.note(settled(step("a"), Ending.DELIVERED, NOON))
    log.note(step("c", NOON + 60_000))

    assert log.made("t", NOON + 30_000) == Made(messages=2, digests=1)
    assert log.made("t", NOON + 60_000) == Made(messages=1)
    assert log.made("t", NOON - 1) == Made()


def test_a_digest_that_is_settled_gives_up_its_list_and_its_events_stay_known() -> None:
    log = SingleEventLog()
    log.note(step("d", members=("b", "c")))
    log.note(settled(step("d", members=("b", "c")), Ending.DELIVERED, NOON))
    entry = log.entry("d")

    assert entry is not None
    assert [known.data.events.requests for known in entry.steps if known.data.events] == [[], []]
    assert "b" in log


def test_events_of_the_oldest_digests_are_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(single_events, "MOST_MEMBERS", 3)
    log = SingleEventLog()
    log.note(step("d", members=("a", "b")))
    log.note(step("e", members=("c", "f")))

    assert [name in log for name in "abcf"] == [False, True, True, True]


def test_requests_about_single_events_take_no_room_of_those_about_anomalies() -> None:
    register = Register(())
    register.step(step("a"))

    assert (len(register.requests), len(register.single_events)) == (0, 1)
