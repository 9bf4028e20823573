"""events.jsonl is read and written."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import orjson
import pytest

from streams.offline.events_file import EventsFileError, EventsWriter, read
from streams.topics.placement import partition_of

if TYPE_CHECKING:
    from pathlib import Path

EVENT = {"id": "1", "subject": "TB1", "time": "2026-11-11T00:00:00+08:00", "type": "order.paid", "data": {"amount": 1}}
MS = 1794326400000


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "events.jsonl"
    file.write_text(text)
    return file


@pytest.mark.parametrize("name", ["events.jsonl", "events.jsonl.gz"])
def test_what_is_written_is_read(tmp_path: Path, name: str) -> None:
    with EventsWriter(tmp_path / name, {"evaluate_from": "x"}) as out:
        out.write("orders", EVENT)
        out.write("orders", orjson.dumps(EVENT), at="2026-11-11T00:00:01+08:00", key="K")

    scenario, records = read(tmp_path / name)
    first, second = records

    assert scenario == {"evaluate_from": "x"}
    assert (first.topic, first.at_ms, first.key, first.name) == ("orders", MS, b"TB1", b"TB1")
    assert orjson.loads(first.event) == EVENT
    assert (second.at_ms, second.key) == (MS + 1000, b"K")


def test_a_file_needs_no_scenario(tmp_path: Path) -> None:
    line = orjson.dumps({"topic": "orders", "event": EVENT}).decode()

    scenario, records = read(written(tmp_path, f"\n{line}\n\n{line}\n"))

    assert (scenario, len(list(records))) == ({}, 2)


def test_the_bytes_of_an_event_are_kept_as_they_stand(tmp_path: Path) -> None:
    event = '{"id" : "1",  "time":"2026-11-11T00:00:00+08:00", "x":1e400, "x":[ ]}'

    _, records = read(written(tmp_path, f'{{"topic":"visits","event":{event}}}\n'))

    assert next(records).event == event.encode()


@pytest.mark.parametrize("event", ['"text"', "17", "null", "[]", "{}", '{"id":3,"subject":{},"time":7}'])
def test_a_malformed_event_is_a_record_at_the_time_of_the_one_before(tmp_path: Path, event: str) -> None:
    good = orjson.dumps({"topic": "orders", "event": EVENT}).decode()

    _, records = read(written(tmp_path, f'{good}\n{{"topic":"orders","event":{event}}}\n'))
    _, record = records

    assert (record.at_ms, record.key, record.event) == (MS, None, event.encode())


def test_a_record_lies_where_the_key_else_the_subject_else_the_id_says(tmp_path: Path) -> None:
    events = [EVENT, EVENT | {"subject": ""}, EVENT]
    with EventsWriter(tmp_path / "e.jsonl") as out:
        for event, key in zip(events, (None, None, "K"), strict=True):
            out.write("orders", event, key=key)

    partitions = [record.partition(12) for record in read(tmp_path / "e.jsonl")[1]]

    assert partitions == [
        partition_of(None, "TB1", "1", 12),
        partition_of(None, "", "1", 12),
        partition_of(b"K", "TB1", "1", 12),
    ]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("{", "cannot be understood"),
        ('{"topic":"order","event":{}}', 'did you mean "orders"'),
        ('{"event":{}}', "known are"),
        ('{"topic":"orders"}', '"event" is missing'),
        ('{"topic":"orders","event":{}}', "no readable time"),
        ('{"topic":"orders","event":{},"at":"noon"}', "RFC 3339"),
        ('{"topic":"orders","event":{},"at":5}', "cannot be understood"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, what: str) -> None:
    with pytest.raises(EventsFileError, match=r"events\.jsonl:2: ") as caught:
        list(read(written(tmp_path, f'{{"scenario":{{}}}}\n{line}\n'))[1])

    assert what in str(caught.value)


def test_a_scenario_in_a_later_line_is_refused(tmp_path: Path) -> None:
    good = orjson.dumps({"topic": "orders", "event": EVENT}).decode()

    with pytest.raises(EventsFileError, match=":2: a scenario belongs"):
        list(read(written(tmp_path, f'{good}\n{{"scenario":{{}}}}\n'))[1])


def test_a_file_that_is_missing_or_damaged_says_so(tmp_path: Path) -> None:
    with pytest.raises(EventsFileError, match="check the path"):
        read(tmp_path / "none.jsonl")
    packed = gzip.compress(orjson.dumps({"topic": "orders", "event": EVENT}) + b"\n")
    (tmp_path / "cut.jsonl.gz").write_bytes(packed[:-12])
    with pytest.raises(EventsFileError):
        list(read(tmp_path / "cut.jsonl.gz")[1])
