"""Reasons of dead letters in the report of a backtest."""

from __future__ import annotations

from streams.catalogue.load import load
from streams.events.dead_letter import DeadLetter, Reason
from streams.offline.backtest import backtest
from streams.offline.dead_letter_reasons import MOST, DeadLetterReasons, in_words
from streams.offline.events_file import record
from streams.settings.settings import Settings

LINES = [
    b'{"topic":"orders","record_base64":"e2Fi","at":"2026-11-11T00:00:00Z","key":"a"}',
    (
        b'{"topic":"orders","event":{"specversion":"1.0","id":"1","source":"/s","type":"order.paid",'
        b'"time":"2026-11-11T00:00:01Z","data":{"order_id":"T1","amount":"12"}}}'
    ),
    (
        b'{"topic":"orders","event":{"specversion":"1.0","id":"2","source":"/s","type":"order.paid",'
        b'"time":"2026-11-11T00:00:02Z","data":{"order_id":"T2","amount":12}}}'
    ),
    (
        b'{"topic":"orders","event":{"specversion":"1.0","id":"3","source":"/s","type":"order.paid",'
        b'"time":"2026-11-11T00:00:03Z","data":{"order_id":"T3","amount":"wang.fang@example.com"}}}'
    ),
]


def test_a_report_lists_reasons_with_their_counts_and_the_first_line_of_each() -> None:
    lines = [record(raw, number, "day.jsonl") for number, raw in enumerate(LINES, 1)]

    report = backtest(lines, {}, Settings(), load(), partitions=2, progress=None)

    assert report["dead_letters"] == 3
    assert report["dead_letter_reasons"] == [
        {
            "reason": "wrong_field",
            "detail": "$.data.amount has the wrong type or range",
            "topic": "orders",
            "count": 2,
            "first": {"line": 2},
        },
        {"reason": "not_json", "detail": "not JSON", "topic": "orders", "count": 1, "first": {"line": 1}},
    ]
    assert "wang.fang" not in str(report)


def letter(detail: str, offset: int) -> DeadLetter:
    return DeadLetter("orders", 0, offset, Reason.MAPPING_FAILED, detail, b"")


def test_what_comes_from_no_file_has_no_line() -> None:
    reasons = DeadLetterReasons()
    reasons.note([letter("rule 1: data.amount is missing", 12)], 12, [0])

    (row,) = reasons.listed()
    assert row["first"] == {}
    assert in_words([row]) == ["1 dead letter of orders: mapping_failed, rule 1: data.amount is missing"]


def test_beyond_many_kinds_details_are_no_longer_told_apart_and_all_are_counted() -> None:
    reasons = DeadLetterReasons()
    for number in range(MOST + 50):
        reasons.note([letter(f"rule {number}", number)], number, [number + 1])

    listed = reasons.listed()
    assert len(listed) == MOST + 1
    assert sum(row["count"] for row in listed) == MOST + 50
    assert listed[0] == {
        "reason": "mapping_failed",
        "detail": "",
        "topic": "orders",
        "count": 50,
        "first": {"line": MOST + 1},
    }
    assert in_words(listed)[-1] == f"and {MOST + 1 - 5} more reasons: see dead_letter_reasons in the report"
