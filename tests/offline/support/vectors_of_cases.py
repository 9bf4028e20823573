"""The vectors of cases as one events file: 27 hours of a shop in which every event is there for one of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import yaml

from streams.catalogue.load import SHIPPED as SHIPPED_CATALOGUE
from streams.events.vocabulary import SHIPPED
from streams.offline.events_file import EventsWriter

if TYPE_CHECKING:
    from pathlib import Path

T0 = 1_794_326_400  # 2026-11-11T00:00:00+08:00
HOUR, DAY = 3_600, 86_400
NOON = 12 * HOUR
ACCOUNT_OF_TESTS = 40  # questions in one slot


def moment(second: float) -> str:
    """A time of that many seconds after T0."""
    return datetime.fromtimestamp(T0 + second, UTC).isoformat()


class _Story:
    """Events with the time of their record, in any order."""

    def __init__(self) -> None:
        self.records: list[tuple[float, str, dict[str, Any]]] = []

    def event(self, kind: str, at: float, /, *, read_at: float | None = None, **data: Any) -> None:
        """At T0 plus `at` seconds; `read_at`: when its record was made, by default the same."""
        number = len(self.records)
        named = SHIPPED.data[kind].__struct_fields__[0]
        event = {
            "specversion": "1.0", "id": f"e{number}", "source": "/vectors", "type": kind, "time": moment(at),
            "data": {named: f"X{number}", **data},
        }  # fmt: skip
        self.records.append((at if read_at is None else read_at, SHIPPED.topic_of[kind], event))


def write_vectors(file: Path) -> None:
    """Letters are those of the vectors."""
    story = _Story()
    for tell in (_conversions, _bot, _sessions, _deliveries, _dates_told, _promises, _returns, _legs, _cases):
        tell(story)
    _write(file, story, until=27 * HOUR, step=HOUR // 12, evaluate_from=0)


def write_promises(file: Path) -> None:
    """(h) until a week and three hours after noon."""
    story = _Story()
    _promises(story)
    end = NOON + 7 * DAY + 3 * HOUR
    _write(file, story, until=end, step=HOUR // 2, evaluate_from=end - DAY)


def write_catalogue(file: Path, *names: str) -> None:
    """The shipped metrics of these names."""
    shipped = yaml.safe_load(SHIPPED_CATALOGUE.read_text(encoding="utf-8"))["metrics"]
    kept = [entry for entry in shipped if entry["name"] in names]
    for entry in kept:
        entry["symptom_of"] = [name for name in entry.get("symptom_of", ()) if name in names]
        for key in ("symptom_where", "symptom_after_s"):
            entry[key] = {name: told for name, told in entry.get(key, {}).items() if name in names}
    file.write_text(yaml.safe_dump({"metrics": kept}, allow_unicode=True), encoding="utf-8")


def _write(file: Path, story: _Story, *, until: int, step: int, evaluate_from: float) -> None:
    for second in range(0, until + 1, step):  # what nothing counts moves the clock
        story.event("notice.sent", second)
    with EventsWriter(file, {"evaluate_from": moment(evaluate_from)}) as out:
        for read_at, topic, event in sorted(story.records, key=lambda record: record[0]):
            out.write(topic, event, moment(read_at))


def _conversions(story: _Story) -> None:
    """(a), (b), (c): who asks at one, in which store, and how long after that each pays."""
    asks = HOUR
    payments = {
        "two asked": {"c1": [HOUR], "c2": []},
        "to the second": {"c4": [DAY]},
        "a second more": {"c5": [DAY + 1], "c6": [HOUR]},
        "twice": {"c7": [HOUR, 2 * HOUR], "c8": []},
    }
    for store, customers in payments.items():
        for customer, paid in customers.items():
            for again in range(2 if customer == "c7" else 1):
                story.event("consultation.opened", asks + again, customer=customer, stage="presale", store=store)
            for after in paid:
                story.event("order.paid", asks + after, customer=customer, store="wherever")
    story.event("order.paid", asks, customer="c3", store="two asked")


def _bot(story: _Story) -> None:
    """(d): three contacts that the bot closes at one; at eight in the evening one comes back with the same intent."""
    for order, transfers in (("b1", 0), ("b2", 0), ("b3", 1)):
        about: dict[str, Any] = {"order_id": order, "intent": "logistics"}
        story.event("consultation.closed", HOUR, **about, handled_by="bot", transfers=transfers)
    story.event("consultation.opened", 20 * HOUR, order_id="b1", intent="logistics")
    story.event("consultation.opened", 20 * HOUR, order_id="b2", intent="refund")


def _sessions(story: _Story) -> None:
    """(e): two, three and seven ways back, each session on a device of its own."""
    for device, backs in (("two", 2), ("three", 3), ("seven", 7)):
        story.event("page.viewed", 10 * HOUR, session_id=device, device=device)
        for back in range(backs):
            story.event("page.back", 10 * HOUR + 10 + back, session_id=device, device=device)


def _deliveries(story: _Story) -> None:
    """(f): a parcel that comes late, one in time, one damaged, and what is said of these and of an unknown order."""
    delivered = 11 * HOUR
    story.event("parcel.delivered", delivered, order_id="f1", carrier="zto", promised_at=moment(10 * HOUR))
    story.event("parcel.delivered", delivered, order_id="f2", carrier="zto", promised_at=moment(12 * HOUR))
    story.event("parcel.damaged", delivered, order_id="f3", carrier="sf")
    for order in ("f1", "f2", "f3", "unknown"):
        story.event("review.posted", delivered + HOUR, order_id=order, score=1)
    story.event("review.posted", delivered + HOUR, order_id="f1", score=5)


def _dates_told(story: _Story) -> None:
    """(g): a date that the courier contradicts, said before or after it, and one that the courier moves later on."""
    for order, carrier, told, courier in (("g1", "says it after", 0, 60), ("g2", "said it before", 60, 0)):
        story.event("promise.made", 2 * HOUR + told, order_id=order, kind="delivery", eta=moment(12 * DAY))
        story.event("parcel.scanned", 2 * HOUR + courier, order_id=order, carrier=carrier, eta=moment(14 * DAY))
    story.event("parcel.scanned", HOUR, order_id="g3", carrier="moves", eta=moment(12 * DAY))
    story.event("consultation.closed", 2 * HOUR, order_id="g3", eta=moment(12 * DAY))
    story.event("parcel.eta_changed", 2 * HOUR + 60, order_id="g3", carrier="moves", eta=moment(14 * DAY))


def _promises(story: _Story) -> None:
    """(h): due at noon; of `crossed` it is read that it was kept before it is read that it was made."""
    due: dict[str, Any] = {"kind": "callback", "due_at": moment(NOON)}
    for promise in ("in time", "late", "never", "withdrawn", "crossed"):
        read_at = NOON - 580 if promise == "crossed" else None
        story.event("promise.made", NOON - 600, read_at=read_at, promise_id=promise, **due)
    for promise, kept in (("in time", NOON - 1), ("late", NOON + 1), ("crossed", NOON - 595)):
        story.event("promise.kept", kept, promise_id=promise, **due)
    story.event("promise.withdrawn", NOON - 300, promise_id="withdrawn", **due)


def _returns(story: _Story) -> None:
    """(i): bought in the app, brought back to a store."""
    story.event("order.paid", 6 * HOUR, order_id="i1", channel="app")
    story.event("order.paid", 6 * HOUR, order_id="i2", channel="app")
    story.event("refund.requested", 12 * HOUR, order_id="i1", channel="store", return_channel="store")


def _legs(story: _Story) -> None:
    """(k): collected 50 hours after the payment where 24 are promised, and delivered two hours late; one by itself."""
    promised: dict[str, Any] = {"carrier": "yto", "promised_at": moment(15 * HOUR)}
    story.event("parcel.collected", 14 * HOUR, parcel_id="k1", paid_at=moment(-36 * HOUR), **promised)
    story.event("parcel.collected", 14 * HOUR, parcel_id="k2", paid_at=moment(-10 * HOUR), **promised)
    for parcel in ("k1", "k2"):
        story.event("parcel.delivered", 17 * HOUR, parcel_id=parcel, **promised)


def _cases(story: _Story) -> None:
    """(m): a return that names no order, and an account for tests that asks and asks within one slot."""
    story.event("refund.requested", 12 * HOUR, order_id="", return_channel="store")
    for number in range(ACCOUNT_OF_TESTS):
        story.event("consultation.opened", 20 * HOUR + number / 100, order_id="m1", intent="test")
