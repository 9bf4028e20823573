"""The events of the crash test, from a seed: with copies, late ones, malformed ones and ones of no interest."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, NamedTuple

from streams.events.vocabulary import SHIPPED
from streams.topics.placement import partition_of_key
from tests.kafka.crash.crash_lives import Lives
from tests.kafka.crash.crash_sales import SHOP_TOPIC, last_sale, rfc3339, sale

if TYPE_CHECKING:
    from collections.abc import Iterator

TOPICS = ("orders", "logistics", "consultations", "aftersales", "visits", "feedback", SHOP_TOPIC)
START_MS = 1_794_000_000_000
SPAN_MS = 1_800_000  # event time that the whole load covers
FAILS_FROM_MS = START_MS + 600_000  # payments by card fail in the meantime
FAILS_TO_MS = START_MS + 1_200_000
CLOSES_MS = START_MS + SPAN_MS + 3 * 3_600_000  # by then all is decided, late events too

_REGIONS = ("zhejiang", "guangdong", "jiangsu", "sichuan", "hubei")
_CARRIERS = ("sf", "yto", "zto")
_CHANNELS = ("app", "web")
_METHODS = ("alipay", "card", "huabei")
_WAREHOUSES = ("hz1", "gz2")
_LIVES = 0.3  # of the events are of cases that go on


class Sent(NamedTuple):
    """One record to produce."""

    topic: str
    partition: int
    name: bytes  # decides the partition, as a Kafka key does
    value: bytes | None
    timestamp_ms: int


_LAST = {
    "orders": "order.created",
    "logistics": "parcel.scanned",
    "consultations": "consultation.answered",
    "aftersales": "refund.approved",
    "visits": "page.failed",
    "feedback": "complaint.opened",
}


def load(seed: int, events: int, partitions: int) -> Iterator[Sent]:
    """`events` records, in the order in which they are produced; those of `last_records` are among them."""
    last = list(last_records(partitions))
    yield from _records(seed, events - len(last), partitions)
    yield from last


def last_records(partitions: int) -> Iterator[Sent]:
    """One of each source partition, hours later: what one event says of another is decided up to the end."""
    for topic in TOPICS:
        for partition in range(partitions):
            if topic == SHOP_TOPIC:
                value = last_sale(partition, CLOSES_MS)
            else:
                data = json.dumps(dict.fromkeys((SHIPPED.data[_LAST[topic]].__struct_fields__[:1]), f"last{partition}"))
                value = _envelope(f"last-{partition}", _LAST[topic], CLOSES_MS, data)
            yield Sent(topic, partition, b"last", value, CLOSES_MS)


def _records(seed: int, events: int, partitions: int) -> Iterator[Sent]:
    draw = random.Random(seed)
    lives = Lives(events)
    recent: dict[tuple[str, int], list[bytes]] = {}
    for number in range(events):
        now = START_MS + number * SPAN_MS // events
        topic = TOPICS[draw.randrange(len(TOPICS))]
        name = b"k%d" % draw.randrange(5_000)
        partition = partition_of_key(name, partitions)
        chance = draw.random()
        memory = recent.setdefault((topic, partition), [])
        if chance < 0.02 and memory:
            value: bytes | None = memory[draw.randrange(len(memory))]
        elif chance < 0.025:
            value = draw.choice((b"{", b"\xff\xfe", b"[]", b'{"specversion":"1.0"}', None))
        elif chance < 0.03:
            value = _envelope(f"x{number}", "something.else", now, "{}")
        else:
            behind = draw.randrange(60_000, 5_000_000) if chance < 0.045 else draw.randrange(20_000)
            if chance < 0.035:
                behind = draw.randrange(7_260_000, 9_000_000)
            failing = FAILS_FROM_MS <= now < FAILS_TO_MS
            if topic == SHOP_TOPIC:
                value = sale(draw, number, now - behind, now, failing=failing)
            elif draw.random() < _LIVES:
                kind, data = lives.event(draw, topic, number, now - behind)
                value = _envelope(f"e{number}", kind, now - behind, json.dumps(data))
            else:
                value = _event(draw, topic, number, now - behind, failing=failing)
            memory.append(value)
            if len(memory) > 600:
                del memory[:300]
        yield Sent(topic, partition, name, value, now)


def _event(draw: random.Random, topic: str, number: int, at: int, *, failing: bool) -> bytes:
    region, carrier, channel = draw.choice(_REGIONS), draw.choice(_CARRIERS), draw.choice(_CHANNELS)
    warehouse = draw.choice(_WAREHOUSES)
    if topic == "orders":
        kind = draw.choices(("order.created", "order.paid", "order.payment_failed", "order.cancelled"), (40, 50, 1, 5))[
            0
        ]
        method = draw.choice(_METHODS)
        if failing and method == "card" and kind == "order.paid":
            kind = draw.choice(("order.paid", "order.payment_failed"))
        paid = (
            f',"paid_at":"{rfc3339(at - draw.randrange(86_000_000, 90_000_000))}"' if kind == "order.cancelled" else ""
        )
        data = (
            f'{{"order_id":"o{number}","region":"{region}","channel":"{channel}","store":"s{draw.randrange(20)}",'
            f'"payment_method":"{method}","warehouse":"{warehouse}","carrier":"{carrier}",'
            f'"amount":{draw.randrange(1, 99999) / 100}{paid}}}'
        )
    elif topic == "logistics":
        kind = draw.choice(("parcel.collected", "parcel.scanned", "parcel.delivered"))
        paid_at = rfc3339(at - draw.randrange(80_000_000, 95_000_000))
        data = (
            f'{{"parcel_id":"p{number}","order_id":"o{number}","carrier":"{carrier}","warehouse":"{warehouse}",'
            f'"region":"{region}","part":{draw.randrange(1, 3)},"paid_at":"{paid_at}"}}'
        )
    elif topic == "consultations":
        kind = draw.choice(("consultation.opened", "consultation.answered", "consultation.abandoned"))
        waited = draw.randrange(0, 90_000) / 1000
        line = draw.choice(("chat", "call"))
        opened_at = rfc3339(at - int(waited * 1000))
        data = (
            f'{{"consultation_id":"c{number}","queue":"q{draw.randrange(3)}","channel":"{line}",'
            f'"order_id":"{f"o{number // 40}" if number % 7 else ""}",'
            f'"intent":"i{draw.randrange(4)}","region":"{region}","opened_at":"{opened_at}",'
            f'"waited":{waited},"transfers":{draw.randrange(2)}}}'
        )
    elif topic == "aftersales":
        kind = draw.choice(("refund.requested", "refund.completed"))
        paid_at = rfc3339(at - draw.randrange(80_000_000, 95_000_000))
        data = (
            f'{{"refund_id":"r{number}","reason":"w{draw.randrange(5)}","category":"k{draw.randrange(5)}",'
            f'"carrier":"{carrier}","warehouse":"{warehouse}","region":"{region}","paid_at":"{paid_at}",'
            f'"before_collection":{"true" if draw.random() < 0.5 else "false"}}}'
        )
    elif topic == "visits":
        kind = draw.choice(("page.viewed", "checkout.failed", "checkout.completed"))
        data = (
            f'{{"session_id":"v{number}","page":"cart","device":"{draw.choice(("ios", "android", "pc"))}",'
            f'"channel":"{channel}","region":"{region}","load_time":{number % 977 / 100}}}'
        )
    else:
        kind = "review.posted"
        data = f'{{"feedback_id":"f{number}","kind":"csat","score":{draw.randrange(1, 6)}}}'
    return _envelope(f"e{number}", kind, at, data)


def _envelope(event_id: str, kind: str, at: int, data: str) -> bytes:
    return (
        f'{{"specversion":"1.0","id":"{event_id}","source":"/crash","type":"{kind}",'
        f'"time":"{rfc3339(at)}","data":{data}}}'
    ).encode()
