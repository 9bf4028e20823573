"""A line of a recording gives back the record that it was made of, in its partition."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.events.decoder import TopicDecoder
from streams.offline.events_file import record
from streams.offline.record_line import KafkaRecord, LineMaker

PARTITIONS = {"orders": 4, "shop.orders": 3}
MAKER = LineMaker(("orders",), PARTITIONS)
MS = 1_762_790_401_250
EVENT = {"specversion": "1.0", "id": "9f2c", "source": "/s", "type": "order.paid", "subject": "TB1", "data": {}}


def kafka_record(value: bytes | None, topic: str = "orders", **changes: Any) -> KafkaRecord:
    return KafkaRecord(topic, 0, 7, MS, None, value)._replace(**changes)


def line_of(found: KafkaRecord) -> dict[str, Any]:
    raw = MAKER.line(found, found.at_ms)
    assert raw.count(b"\n") == 1
    line: dict[str, Any] = orjson.loads(raw)
    return line


@given(
    st.sampled_from(sorted(PARTITIONS)),
    st.one_of(st.none(), st.binary(max_size=40), st.text(max_size=20).map(str.encode)),
    st.one_of(st.none(), st.binary(max_size=40), st.recursive(st.text() | st.integers() | st.none(), st.lists)),
    st.integers(0, 2),
)
def test_what_is_read_of_a_line_is_the_record(topic: str, key: bytes | None, content: Any, partition: int) -> None:
    value = content if content is None or isinstance(content, bytes) else orjson.dumps(str(content))
    found = KafkaRecord(topic, partition, 7, MS, key, value)

    read = record(MAKER.line(found, MS), 1, "file", topics=PARTITIONS)

    assert (read.topic, read.at_ms, read.partition(PARTITIONS[topic])) == (topic, MS, partition)
    assert read.event == value or TopicDecoder("orders").explain(read.event or b"") == TopicDecoder("orders").explain(
        value or b""
    )
    assert not key or read.key == key


def test_an_event_stands_as_an_event_and_a_record_of_another_topic_as_a_record() -> None:
    raw = orjson.dumps(EVENT)

    assert line_of(
        kafka_record(raw, partition=record(MAKER.line(kafka_record(raw), MS), 1, "").partition(4))
    ).keys() >= {"event"}
    assert line_of(kafka_record(raw, "shop.orders", key=b"k"))["record"] == EVENT


def test_numbers_and_their_digits_are_as_they_were() -> None:
    raw = b'{"id": 90071992547409931234, "amount": 1.10}'

    assert record(MAKER.line(kafka_record(raw, "shop.orders"), MS), 1, "", topics=PARTITIONS).event == raw


def test_a_value_on_many_lines_is_put_on_one() -> None:
    pretty = orjson.dumps(EVENT, option=orjson.OPT_INDENT_2)

    assert line_of(kafka_record(pretty))["event"] == EVENT


@pytest.mark.parametrize(
    "value", [b"\xff{", b"", b"[1,", b"[" * 5000 + b"]" * 5000, b'"a\nb"', b'"\xff"', b'"\\ud800"']
)
def test_what_is_no_json_comes_back_byte_by_byte(value: bytes) -> None:
    assert "record_base64" in line_of(kafka_record(value))
    assert record(MAKER.line(kafka_record(value), MS), 1, "").event == value


def test_a_tombstone_has_no_value() -> None:
    assert line_of(kafka_record(None, key=b"TB1"))["record_base64"] is None
    assert record(MAKER.line(kafka_record(None, key=b"TB1"), MS), 1, "").event is None


def test_a_line_says_where_a_record_lay_only_where_its_key_does_not() -> None:
    usual = record(MAKER.line(kafka_record(b"{}", key=b"TB1"), MS), 1, "")
    at_home = usual._replace(placed=None).partition(4)

    assert "partition" not in line_of(kafka_record(b"{}", key=b"TB1", partition=at_home))
    assert line_of(kafka_record(b"{}", key=b"TB1", partition=(at_home + 1) % 4))["partition"] == (at_home + 1) % 4


def test_a_partition_that_the_topic_does_not_have_is_not_asked_for() -> None:
    placed = record(MAKER.line(kafka_record(b"{}", key=b"TB1", partition=3), MS), 1, "")

    assert placed.partition(4) == 3
    assert placed.partition(2) == placed._replace(placed=None).partition(2)


def test_the_attributes_of_an_event_in_binary_mode_are_its_headers() -> None:
    headers = (("ce_specversion", b"1.0"), ("ce_id", b"9f2c"), ("ce_subject", b"TB1"), ("traceparent", b"00-1"))
    line = line_of(kafka_record(b'{"order_id":"TB1"}', headers=headers))

    assert line["headers"] == {"ce_specversion": "1.0", "ce_id": "9f2c", "ce_subject": "TB1"}
    read = record(orjson.dumps(line), 1, "")
    assert (read.headers, read.name, read.event) == (headers[:3], b"TB1", b'{"order_id":"TB1"}')


def test_headers_of_other_records_are_left_out() -> None:
    assert "headers" not in line_of(kafka_record(b"{}", headers=(("traceparent", b"00-1"),)))
