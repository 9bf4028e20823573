"""Feedback that is read of pharos-actions."""

from __future__ import annotations

from typing import Any

import pytest

from streams.cells.assessment import Assessment
from streams.cells.record import NO_WATERMARK, decode, encode
from streams.ingest.assessments import AssessmentIngest
from streams.records import action_event
from streams.records.action import ActionRecord
from streams.records.batch import RecordBatch
from streams.topics.names import ACTIONS_TOPIC

NOW = 1_794_326_400_000


def action(**more: Any) -> bytes:
    fields: dict[str, Any] = {
        "source": "/pharos/api",
        "id": "1",
        "fingerprint": "a1b2",
        "time": NOW,
        "action": "feedback",
        "verdict": "expected",
        "detected_at": NOW - 60_000,
    }
    return action_event.encode(ActionRecord(**(fields | more)))


def batch(*values: bytes | None) -> RecordBatch:
    offsets = range(len(values))
    return RecordBatch(ACTIONS_TOPIC, 0, offsets, [NOW] * len(values), list(values), len(values))


def fed(*values: bytes | None, **more: Any) -> AssessmentIngest:
    ingest = AssessmentIngest("hash", ACTIONS_TOPIC, 0, **more)
    ingest.feed(batch(*values))
    return ingest


def test_feedback_goes_to_every_partition_of_the_cells_once() -> None:
    ingest = fed(action(started_at=NOW - 90_000, ended_at=NOW - 10_000))

    records = ingest.take_flush(3).records
    assert [decode(encode(record)).assessments for record in records.values()] == [
        [Assessment(NOW, "/pharos/api", "1", "a1b2", "expected", NOW - 90_000, NOW - 10_000)]
    ] * 3
    assert ingest.take_flush(3).records[0].assessments is None


@pytest.mark.parametrize(
    "value",
    [None, b"", b"\xff", b"{}", action(action="ack"), action(verdict="nonsense"), action(verdict=None)],
    ids=["tombstone", "empty", "no_text", "no_event", "ack", "unknown_verdict", "no_verdict"],
)
def test_what_is_no_feedback_is_passed_over_and_moves_the_offset(value: bytes | None) -> None:
    flush = fed(value).take_flush(1)

    assert flush.records[0].assessments is None
    assert flush.next_offset == 1
    assert flush.dead_letters == []
    assert flush.outcomes == {}


def test_who_does_not_say_when_it_began_means_since_it_was_detected() -> None:
    [found] = fed(action()).take_flush(1).records[0].assessments or []

    assert found.since == NOW - 60_000
    assert found.until is None


def test_times_of_the_topic_move_neither_clock_nor_watermark() -> None:
    ingest = fed(action())

    assert ingest.newest_timestamp == ingest.largest_event_time == ingest.watermark == NO_WATERMARK
    ingest.promise(NOW - 40_000)
    ingest.promise(NOW - 50_000)
    assert ingest.take_flush(1).records[0].watermark == NOW - 40_000


def test_with_a_wall_clock_what_is_ahead_of_it_is_passed_over() -> None:
    ingest = fed(action(time=NOW + 400_000), action(time=NOW + 200_000), now_ms=lambda: NOW, future_limit_ms=300_000)

    assert [found.time for found in ingest.take_flush(1).records[0].assessments or []] == [NOW + 200_000]
