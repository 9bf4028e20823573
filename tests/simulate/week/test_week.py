"""The scenario as a whole: what goes wrong is wrong where two events of a case meet, and nowhere else."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from streams.events.customer import CustomerKey
from streams.events.vocabulary import SHIPPED
from streams.scenarios.named import simulate
from streams.simulate.week import shop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from streams.simulate.played import Played

    Event = dict[str, Any]

DAY = timedelta(days=1)


@pytest.fixture(scope="module", autouse=True)
def _small() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    patch.setattr(shop, "ORDERS_A_MINUTE", 0.5)
    yield
    patch.undo()


@pytest.fixture(scope="module")
def played(_small: None) -> Played:
    return simulate("week", 7)


@pytest.fixture(scope="module")
def events(played: Played) -> list[Event]:
    found = {(event["source"], event["id"]): event for event in map(_event, played.records())}
    return sorted(found.values(), key=_time)


def _event(line: str) -> Event:
    event: Event = msgspec.json.decode(line)["event"]
    return event


def _time(event: Event, name: str = "time") -> datetime:
    return datetime.fromisoformat(event["data"][name] if name != "time" else event["time"])


def share(events: list[Event], is_bad: Callable[[Event], bool]) -> float:
    return sum(is_bad(event) for event in events) / len(events)


def trouble(
    played: Played, name: str, events: list[Event], kind: str, by: str = "time"
) -> tuple[list[Event], list[Event]]:
    """Events of a type at the place of a trouble: while it lasts, and in the days before."""
    entry = next(entry for entry in played.truth if entry["id"] == name)
    start = datetime.fromisoformat(entry["start"])
    mine = [
        event
        for event in events
        if event["type"] == kind
        and all(event["data"].get(field, value) == value for field, value in entry["scope"].items())
        and by in {"time", *event["data"]}
    ]
    during = [event for event in mine if start <= _time(event, by) < start + timedelta(hours=8)]
    return during, [event for event in mine if start - 4 * DAY <= _time(event, by) < start - DAY]


def test_the_same_seed_gives_the_same_bytes_and_another_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shop, "ORDERS_A_MINUTE", 0.05)

    def digest(seed: int) -> str:
        lines = islice(simulate("week", seed).lines(), 0, 5_000)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    assert digest(3) == digest(3) != digest(4)


def test_every_line_is_a_valid_event_of_its_topic(played: Played) -> None:
    key = CustomerKey()
    for line in islice(played.records(), 0, None, 5):
        record = msgspec.json.decode(line)
        event = record["event"]
        msgspec.convert(event, SHIPPED.types[event["type"]], dec_hook=key.decode)
        assert SHIPPED.topic_of[event["type"]] == record["topic"]
        assert set(event["data"]) <= set(SHIPPED.data[event["type"]].__struct_fields__)


def test_lines_come_in_the_order_in_which_they_are_read_and_some_twice(played: Played) -> None:
    lines = [msgspec.json.decode(line) for line in played.records()]
    times = [datetime.fromisoformat(line["at"]) for line in lines]
    assert times == sorted(times)
    assert all(datetime.fromisoformat(line["event"]["time"]) <= at for line, at in zip(lines, times, strict=True))
    assert len(lines) == played.events > len({line["event"]["id"] for line in lines})


def test_the_bot_sends_people_away_who_ask_a_person_about_the_same(played: Played, events: list[Event]) -> None:
    asked: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    for event in events:
        if event["type"] == "consultation.opened" and event["data"]["queue"] in shop.DESKS.values():
            asked[event["data"]["order_id"], event["data"]["intent"]].append(_time(event))

    def comes_back(closed: Event) -> bool:
        again = asked[closed["data"]["order_id"], closed["data"]["intent"]]
        return any(_time(closed) < time <= _time(closed) + DAY for time in again)

    during, before = trouble(played, "bot", events, "consultation.closed")
    assert share(before, comes_back) < 0.2
    assert share(during, comes_back) > 0.4


def test_a_queue_breaks_its_promises(played: Played, events: list[Event]) -> None:
    kept = {event["subject"]: _time(event) for event in events if event["type"] == "promise.kept"}

    def broken(made: Event) -> bool:
        return made["data"]["kind"] == "callback" and not kept.get(made["subject"], _time(made) + 9 * DAY) <= _time(
            made, "due_at"
        )

    during, before = trouble(played, "promises", events, "promise.made", by="due_at")
    calls = [event for event in during if event["data"]["kind"] == "callback"]
    assert share(before, broken) < 0.1
    assert share(calls, broken) > 0.4


def test_a_carrier_expects_its_parcels_later_than_customers_are_told(played: Played, events: list[Event]) -> None:
    def later(scan: Event) -> bool:
        return _time(scan, "eta") > _time(scan, "promised_at") + DAY

    during, before = trouble(played, "contradiction", events, "parcel.scanned")
    assert share(before, later) == 0
    assert share(during, later) > 0.5
    told = [event for event in events if event["type"] == "promise.made" and event["data"]["kind"] == "delivery"]
    due = {event["data"]["order_id"]: event["data"]["promised_at"] for event in events if "parcel_id" in event["data"]}
    assert all(
        event["data"]["eta"] == due[event["data"]["order_id"]] for event in told if event["data"]["order_id"] in due
    )


def test_a_warehouse_hands_over_late_and_its_carriers_keep_their_time(played: Played, events: list[Event]) -> None:
    during, before = trouble(played, "handover", events, "parcel.collected", by="paid_at")
    assert share(before, lambda event: _time(event) > _time(event, "paid_at") + DAY) < 0.03
    assert share(during, lambda event: _time(event) > _time(event, "paid_at") + DAY) > 0.6
    came = {event["subject"]: _time(event) for event in events if event["type"] == "parcel.delivered"}
    held = [event for event in during if _time(event) > _time(event, "paid_at") + DAY and event["subject"] in came]
    assert share(held, lambda event: came[event["subject"]] > _time(event, "promised_at")) > 0.5


def test_parcels_that_a_carrier_holds_bring_bad_reviews_and_cost_customers(played: Played, events: list[Event]) -> None:
    late = {
        event["data"]["order_id"]
        for event in events
        if event["type"] == "parcel.delivered" and _time(event) > _time(event, "promised_at")
    }
    reviews = [event for event in events if event["type"] == "review.posted"]
    angry = [event for event in reviews if event["data"]["order_id"] in late]
    assert share(angry, lambda event: event["data"]["score"] < 3) > 0.4
    assert share([event for event in reviews if event not in angry], lambda event: event["data"]["score"] < 3) < 0.15
    during, before = trouble(played, "late_carrier", events, "parcel.scanned", by="previous_scan_at")
    assert share(before, _waits_a_day) < 0.01
    assert share(during, _waits_a_day) > 0.2  # one of the two scans of a parcel at most


def _waits_a_day(scan: Event) -> bool:
    return _time(scan) > _time(scan, "previous_scan_at") + DAY


def test_who_got_a_parcel_late_hardly_buys_again(events: list[Event]) -> None:
    first_late: dict[str, datetime] = {}
    in_time: dict[str, datetime] = {}
    for event in events:
        if event["type"] == "parcel.delivered" and _time(event).day <= 10:
            late = _time(event) > _time(event, "promised_at")
            (first_late if late else in_time).setdefault(event["data"]["customer"], _time(event))
    again: dict[str, datetime] = {}
    for event in events:
        if event["type"] == "order.created":
            again[event["data"]["customer"]] = _time(event)

    def comes_again(delivered: dict[str, datetime]) -> float:
        return sum(again.get(name, time) > time for name, time in delivered.items()) / len(delivered)

    assert comes_again(first_late) < comes_again(in_time) / 2


def test_counters_that_are_closed_send_returns_to_the_post(played: Played, events: list[Event]) -> None:
    entry = next(entry for entry in played.truth if entry["id"] == "closed_counter")
    start = datetime.fromisoformat(entry["start"])
    asked = [event for event in events if event["type"] == "refund.requested"]
    during = [event for event in asked if start <= _time(event) < start + timedelta(hours=20)]
    before = [event for event in asked if _time(event) < start]
    assert 0.4 < share(before, lambda event: event["data"]["return_channel"] == "post") < 0.6
    assert share(during, lambda event: event["data"]["return_channel"] == "post") > 0.8


def test_nothing_goes_wrong_in_a_quiet_week(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shop, "ORDERS_A_MINUTE", 0.01)
    assert simulate("quiet_week", 7).truth == []
