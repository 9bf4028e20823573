"""How far the topics are read for a journey, and where reading stops."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from streams.affected.journey_search import JourneyBounds, JourneySearch, JourneySources
from streams.events.customer import CustomerKey
from streams.events.vocabulary import SHIPPED
from streams.journey.reading import JourneyReading, Stopped
from streams.journey.subject import Subject, SubjectKind
from streams.mapping.book import Mappings
from streams.settings.mapping import MappingRule, MappingSettings
from tests.affected.support.topics_in_memory import Record, TopicsInMemory, record

if TYPE_CHECKING:
    from collections.abc import Iterable

NOW = 1_794_326_400_000
HOUR = 3_600_000
DAY = 24 * HOUR
ORDER = Subject(SubjectKind.ORDER, "O1")
KEY = CustomerKey(b"a secret of this shop")


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Reads a journey from records in memory; the topics, to see what was asked of them."""

    def run(
        records: Iterable[Record], subject: Subject = ORDER, bounds: JourneyBounds | None = None, **options: Any
    ) -> tuple[JourneyReading, TopicsInMemory]:
        topics = TopicsInMemory(records)
        monkeypatch.setattr("streams.affected.journey_search.SpanReader", topics.reader)
        given = {"customers": KEY} | options.pop("sources", {})
        sources = JourneySources(None, "g", **given)  # type: ignore[arg-type] - nothing connects
        return JourneySearch(sources, subject, bounds or JourneyBounds(), NOW, **options).run(), topics

    return run


def types(reading: JourneyReading) -> list[str]:
    return [event.type for event in sorted(reading.events, key=lambda event: event.time)]


def test_reading_ends_where_the_order_was_placed(read: Any) -> None:
    reading, topics = read(
        [
            record("orders", "order.created", NOW - 30 * HOUR, order_id="O1"),
            record("orders", "order.paid", NOW - 29 * HOUR, order_id="O1"),
            record("orders", "order.paid", NOW - 20 * DAY, order_id="O1"),
        ]
    )

    assert types(reading) == ["order.created", "order.paid"]
    assert (reading.stopped, reading.begins) == (Stopped.BEGINNING, NOW - 2 * DAY)
    assert {begins for _, begins, _ in topics.asked} == {NOW - 2 * DAY}


def test_an_order_that_was_placed_long_ago_is_read_back_to_there_without_a_gap(read: Any) -> None:
    reading, topics = read(
        [
            record("orders", "order.created", NOW - 40 * DAY, order_id="O1"),
            record("logistics", "parcel.delivered", NOW - 9 * DAY, parcel_id="L1", order_id="O1"),
            record("aftersales", "refund.requested", NOW - HOUR, refund_id="R1", order_id="O1"),
            record("orders", "order.created", NOW - 46 * DAY, order_id="O1"),
        ]
    )

    assert types(reading) == ["order.created", "parcel.delivered", "refund.requested"]
    assert (reading.stopped, reading.begins) == (Stopped.COMPLETE, NOW - 45 * DAY)
    edges = [(begins, ends) for _, begins, ends in topics.asked[:3]]
    assert [edges[0][0], edges[1][0]] == [edges[1][1], edges[2][1]]
    assert edges[0][1] >= NOW


def test_an_order_placed_at_the_edge_of_what_was_read_may_have_events_before(read: Any) -> None:
    reading, _ = read(
        [
            record("orders", "payment.started", NOW - 2 * DAY - 1, order_id="O1"),
            record("orders", "order.created", NOW - 2 * DAY + 1_000, order_id="O1"),
        ]
    )

    assert types(reading) == ["payment.started", "order.created"]


def test_scans_that_came_before_their_parcel_was_known_are_found_when_all_is_looked_at_again(read: Any) -> None:
    reading, topics = read(
        [
            record("logistics", "parcel.scanned", NOW - 5 * HOUR, parcel_id="L1"),
            record("logistics", "parcel.collected", NOW - 4 * HOUR, parcel_id="L1", order_id="O1"),
            record("logistics", "parcel.scanned", NOW - 3 * HOUR, parcel_id="L2"),
        ]
    )

    assert types(reading) == ["parcel.scanned", "parcel.collected"]
    assert reading.stopped is Stopped.COMPLETE
    assert topics.asked[-1][0] == ("logistics",)


def test_nothing_is_looked_at_again_where_every_record_names_its_order(read: Any) -> None:
    reading, topics = read(
        [
            record("logistics", "parcel.collected", NOW - 4 * HOUR, parcel_id="L1", order_id=name)
            for name in ("O1", "O2")
        ]
    )

    assert len(topics.asked) == 3
    assert reading.records == 2


def test_a_chain_of_cases_that_is_too_long_is_told(read: Any) -> None:
    chain = [
        record("consultations", "promise.kept", NOW - 9 * HOUR, promise_id="P2"),
        record("consultations", "promise.made", NOW - 8 * HOUR, promise_id="P2", consultation_id="K2"),
        record("consultations", "promise.made", NOW - 7 * HOUR, promise_id="P1", consultation_id="K2"),
        record("consultations", "promise.made", NOW - 6 * HOUR, promise_id="P1", consultation_id="K1"),
        record("consultations", "consultation.opened", NOW - 5 * HOUR, consultation_id="K1", order_id="O1"),
    ]
    whole, _ = read(chain[3:])
    cut, _ = read(chain)

    assert (len(whole.events), whole.stopped) == (2, Stopped.COMPLETE)
    assert (len(cut.events), cut.stopped) == (3, Stopped.CASES)


def test_a_customer_is_read_to_the_end_of_the_time(read: Any) -> None:
    ana = Subject(SubjectKind.CUSTOMER, str(KEY.hashed("ana")))
    reading, topics = read(
        [
            record("visits", "page.viewed", NOW - 40 * DAY, session_id="S1", customer="ana"),
            record("orders", "order.created", NOW - HOUR, order_id="O1", customer="ana"),
            record("orders", "order.created", NOW - HOUR, order_id="O2", customer="bob"),
            record("logistics", "parcel.collected", NOW - HOUR // 2, parcel_id="L1", order_id="O1"),
        ],
        ana,
    )

    assert types(reading) == ["page.viewed", "order.created", "parcel.collected"]
    assert (reading.stopped, reading.begins) == (Stopped.COMPLETE, NOW - 45 * DAY)
    assert "visits" in topics.asked[0][0]


def test_visits_are_not_read_for_an_order(read: Any) -> None:
    _, topics = read([])

    assert topics.asked[0][0] == ("aftersales", "consultations", "feedback", "logistics", "orders")


MANY = [record("orders", "order.paid", NOW - HOUR + n, order_id="O1", amount=n) for n in range(25)]


@pytest.mark.parametrize(
    ("bounds", "stopped", "events"),
    [
        (JourneyBounds(records=7), Stopped.RECORDS, 7),
        (JourneyBounds(bytes=len(MANY[0].bytes) * 3), Stopped.BYTES, 3),
        (JourneyBounds(events=12), Stopped.EVENTS, 12),
        (JourneyBounds(seconds=-1.0), Stopped.TIME, 0),
    ],
)
def test_what_is_too_much_is_cut_short_and_told(
    read: Any, bounds: JourneyBounds, stopped: Stopped, events: int
) -> None:
    reading, _ = read(MANY, bounds=bounds)

    assert (reading.stopped, len(reading.events)) == (stopped, events)
    assert reading.stopped.cut_short


def test_an_ending_worker_ends_the_reading(read: Any) -> None:
    answers = iter([False, True])
    reading, _ = read(MANY, ended=lambda: next(answers))

    assert (reading.stopped, len(reading.events)) == (Stopped.ENDED, 10)


def test_fewer_days_are_read_where_fewer_are_asked_for(read: Any) -> None:
    reading, topics = read([], bounds=JourneyBounds(days=1))

    assert [begins for _, begins, _ in topics.asked] == [NOW - DAY]
    assert reading.begins == NOW - DAY


def test_where_a_broker_cannot_tell_offsets_by_time_all_is_read_once(read: Any) -> None:
    reading, topics = read(MANY[:1], sources={"by_time": False})

    assert [times for _, *times in topics.asked] == [[None, None]]
    assert len(reading.events) == 1


def test_events_of_binary_mode_and_garbage_are_read_as_the_ingest_reads_them(read: Any) -> None:
    headers = {"specversion": "1.0", "id": "1", "source": "/s", "type": "order.paid", "time": "2026-11-10T00:00:00Z"}
    binary = tuple((f"ce_{name}", text.encode()) for name, text in headers.items())
    reading, _ = read(
        [
            Record("orders", NOW - HOUR, b'{"order_id":"O1"}', binary),
            Record("orders", NOW - HOUR, b"O1 is garbage"),
            Record("orders", NOW - HOUR, b"\xff O1"),
        ]
    )

    assert types(reading) == ["order.paid"]


def test_a_mapped_topic_is_read_whatever_its_bytes_say(read: Any) -> None:
    rule = MappingRule(
        type="order.paid",
        id="text(nr)",
        source="'/till'",
        time="at",
        data={"order_id": "join('', ['O', text(nr)])"},
    )
    mappings = Mappings.of({"till": MappingSettings(topics=("shop.till",), events=(rule,))}, SHIPPED, KEY)
    value = b'{"nr":1,"at":"2026-11-10T00:00:00Z"}'
    reading, topics = read([Record("shop.till", NOW - HOUR, value)], sources={"mappers": mappings.by_topic})

    assert types(reading) == ["order.paid"]
    assert "shop.till" in topics.asked[0][0]
