"""Records of pharos-actions: ours, those of business systems, and what is neither."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from streams.records.action import LONGEST_NAME, LONGEST_NOTE, ActionRecord
from streams.records.action_event import LARGEST, Unread, encode, read_action

START = 1_762_790_400_000
EVENT: dict[str, Any] = {
    "specversion": "1.0",
    "id": "7",
    "source": "/crm",
    "type": "pharos.action.taken",
    "time": "2025-11-11T00:00:00.25+08:00",
    "subject": "f1",
    "data": {"action": "coupons.sent", "budget": 5_000},
}


def record(**changes: Any) -> bytes:
    return orjson.dumps({name: value for name, value in {**EVENT, **changes}.items() if value is not None})


@pytest.mark.parametrize(
    "fields",
    [
        {"action": "ack", "note": "on it", "until": START + 1_800_000},
        {"action": "snooze", "until": START + 60_000, "detected_at": START - 5_000, "severity": "critical"},
        {"action": "feedback", "verdict": "false_alarm"},
        {"action": "told", "note": "pager, wecom", "receivers": ("pager", "wecom")},
    ],
)
def test_what_we_write_is_read_back(fields: dict[str, Any]) -> None:
    taken = ActionRecord(source="/pharos/api", id="1", fingerprint="f1", time=START, actor="李伟", **fields)

    assert read_action(encode(taken)) == taken


def test_ours_is_a_cloudevent_with_the_fields_of_the_contract() -> None:
    event = orjson.loads(encode(ActionRecord(source="/pharos/api", id="1", fingerprint="f1", time=START, action="ack")))

    assert (event["specversion"], event["type"], event["subject"]) == ("1.0", "pharos.action.taken", "f1")
    assert event["time"] == "2025-11-10T16:00:00.000Z"
    assert event["data"] == {"action": "ack", "actor": "", "note": ""}


def test_any_action_of_a_business_system_is_taken_and_unknown_fields_are_ignored() -> None:
    assert read_action(record()) == ActionRecord(
        source="/crm", id="7", fingerprint="f1", time=START + 250, action="coupons.sent"
    )


def test_texts_that_are_too_long_are_cut_off() -> None:
    long = read_action(record(data={"action": "a" * 99, "actor": "b" * 99, "note": "c" * 999, "verdict": "d" * 99}))

    assert isinstance(long, ActionRecord)
    assert [len(text or "") for text in (long.action, long.actor, long.note, long.verdict)] == [
        LONGEST_NAME,
        LONGEST_NAME,
        LONGEST_NOTE,
        LONGEST_NAME,
    ]


def test_a_record_that_names_thousands_of_receivers_is_cut_off() -> None:
    long = read_action(record(data={"action": "told", "receivers": [f"r{number}" for number in range(5_000)]}))

    assert isinstance(long, ActionRecord)
    assert long.receivers == tuple(f"r{number}" for number in range(100))


def test_an_end_that_is_no_time_is_none() -> None:
    read = read_action(record(data={"action": "ack", "until": "tomorrow"}))

    assert isinstance(read, ActionRecord)
    assert read.until is None


@pytest.mark.parametrize(
    ("value", "unread"),
    [
        (None, Unread.EMPTY),
        (b"", Unread.EMPTY),
        (b"{", Unread.NO_CLOUDEVENT),
        (b"\xff\xfe", Unread.NO_CLOUDEVENT),
        (b"[]", Unread.NO_CLOUDEVENT),
        (b'{"x":' + b"[" * 20_000, Unread.NO_CLOUDEVENT),
        (
            record(data={"action": "a", "x": "HERE"}).replace(b'"HERE"', b"[" * 20_000 + b"]" * 20_000),
            Unread.NO_CLOUDEVENT,
        ),
        (record().replace(b"action.taken", b"action.\xff"), Unread.NO_CLOUDEVENT),
        (record(data={"action": "HERE"}).replace(b"HERE", b"\xff"), Unread.NO_ACTION),
        (record(id=None), Unread.NO_CLOUDEVENT),
        (record(type="pharos.anomaly.opened"), Unread.OTHER_TYPE),
        (record(subject=None), Unread.NO_SUBJECT),
        (record(subject="f" * 201), Unread.TOO_LARGE),
        (record(data={"action": "a", "note": "n" * LARGEST}), Unread.TOO_LARGE),
        (record(time="yesterday"), Unread.NO_TIME),
        (record(data=None), Unread.NO_ACTION),
        (record(data={}), Unread.NO_ACTION),
        (record(data={"action": 1}), Unread.NO_ACTION),
    ],
)
def test_what_is_no_action_says_why(value: bytes | None, unread: Unread) -> None:
    assert read_action(value) is unread
