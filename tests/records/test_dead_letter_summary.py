"""Copies of dead letters, and what many of them come to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.records.dead_letter_copy import DeadLetterCopy, read_copy
from streams.records.dead_letter_summary import DeadLetterKind, DeadLetterSummary

HEADERS = (
    ("pharos-reason", b"wrong_field"),
    ("pharos-topic", b"orders"),
    ("pharos-partition", b"3"),
    ("pharos-offset", b"17"),
    ("pharos-detail", b"$.data.amount has the wrong type or range"),
)


def letter(offset: int, detail: str = "not JSON", at_ms: int = 1_000, source: str = "/oms") -> DeadLetterCopy:
    return DeadLetterCopy("orders", 0, offset, "not_json", detail, source, at_ms, b"")


def test_a_copy_says_where_the_record_lies_and_what_is_wrong_with_it() -> None:
    copy = read_copy(HEADERS, b'{"source":"/oms","data":{"amount":"12"}}', 1_000)

    assert copy is not None
    assert copy[:7] == ("orders", 3, 17, "wrong_field", "$.data.amount has the wrong type or range", "/oms", 1_000)


def test_a_copy_of_an_earlier_version_has_no_detail() -> None:
    copy = read_copy(HEADERS[:4], b"", 1_000)

    assert copy is not None
    assert copy.detail == ""


@pytest.mark.parametrize(
    ("value", "source"),
    [
        (b"no JSON", ""),
        (b"\xff", ""),
        (None, ""),
        (b"[]", ""),
        (b'{"source":5}', ""),
        (b"[" * 100_000, ""),
        (b'{"source":"' + b"x" * 200 + b'"}', "x" * 79 + "…"),
    ],
)
def test_a_producer_that_cannot_be_read_is_not_known(value: bytes | None, source: str) -> None:
    copy = read_copy(HEADERS, value, 1_000)

    assert copy is not None
    assert copy.source == source


def test_the_producer_of_an_event_in_binary_mode_stands_in_its_headers() -> None:
    copy = read_copy((*HEADERS, ("ce_source", b"/crm")), b"{}", 1_000)

    assert copy is not None
    assert copy.source == "/crm"


@pytest.mark.parametrize("without", range(4))
def test_what_somebody_else_wrote_to_the_topic_is_no_copy(without: int) -> None:
    assert read_copy(HEADERS[:without] + HEADERS[without + 1 :], b"{}", 0) is None


@pytest.mark.parametrize("wrong", [("pharos-offset", b"-1"), ("pharos-partition", b"x"), ("pharos-offset", None)])
def test_a_place_that_is_none_is_no_copy(wrong: tuple[str, bytes | None]) -> None:
    assert read_copy((*HEADERS, wrong), b"{}", 0) is None


def test_copies_alike_are_one_row_with_its_span_and_the_place_of_the_latest() -> None:
    summary = DeadLetterSummary()
    for offset, at_ms in ((4, 2_000), (5, 3_000), (9, 2_500)):
        assert summary.take(letter(offset, at_ms=at_ms))
    summary.take(letter(6, "nested too deeply"))

    first, second = summary.rows()
    assert (first.count, first.first_ms, first.last_ms, first.offset) == (3, 2_000, 3_000, 9)
    assert second.kind == DeadLetterKind("not_json", "nested too deeply", "orders", "/oms")
    assert summary.total == 4


def test_a_copy_that_repeats_after_a_crash_counts_once() -> None:
    summary = DeadLetterSummary()

    assert [summary.take(letter(offset)) for offset in (1, 2, 1, 2, 3)] == [True, True, False, False, True]
    assert summary.total == 3


@given(st.lists(st.tuples(st.text(max_size=3), st.text(max_size=3)), max_size=60))
def test_rows_are_bounded_and_no_dead_letter_is_lost_among_them(kinds: list[tuple[str, str]]) -> None:
    summary = DeadLetterSummary(most_rows=5)
    for offset, (detail, source) in enumerate(kinds):
        summary.take(letter(offset, detail, source=source))

    rows = summary.rows()
    assert len(rows) <= 6
    assert sum(row.count for row in rows) == summary.total == len(kinds)


def test_so_many_topics_that_no_room_is_left_are_still_in_the_total() -> None:
    summary = DeadLetterSummary(most_rows=2)
    for offset in range(20):
        summary.take(letter(offset)._replace(topic=f"topic-{offset}"))

    assert len(summary.rows()) == 4
    assert summary.total == 20
