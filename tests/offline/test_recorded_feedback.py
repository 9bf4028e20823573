"""Feedback in a recording."""

from __future__ import annotations

from typing import Any

import pytest

from streams.ingest.assessments import assessment_of
from streams.offline.events_file import record
from streams.offline.record_line import KafkaRecord, LineMaker
from streams.offline.recorded_feedback import is_feedback, masked_feedback, timed
from streams.records.action import ActionRecord
from streams.records.action_event import Unread, encode, read_action
from streams.topics.names import ACTIONS_TOPIC

NOW = 1_794_326_400_000
LATER = NOW + 86_400_000 * 365


def found(**more: Any) -> KafkaRecord:
    fields: dict[str, Any] = {
        "source": "/pharos/api",
        "id": "17",
        "fingerprint": "a1b2",
        "time": NOW,
        "action": "feedback",
        "verdict": "expected",
        "actor": "li.wei",
        "note": "the sale of Zhang San",
        "started_at": NOW - 60_000,
    }
    return KafkaRecord(ACTIONS_TOPIC, 0, 5, LATER, b"a1b2", encode(ActionRecord(**(fields | more))))


def test_feedback_stands_at_its_own_time_whatever_its_stamp() -> None:
    assert timed(found()).at_ms == NOW


@pytest.mark.parametrize("action", ["ack", "told", "silence"])
def test_only_feedback_changes_what_is_found(action: str) -> None:
    assert is_feedback(found())
    assert not is_feedback(found(action=action))
    assert not is_feedback(found()._replace(value=b"no event"))


def test_a_line_of_a_recording_says_what_was_said() -> None:
    line = LineMaker([ACTIONS_TOPIC], {ACTIONS_TOPIC: 1}).line(timed(found()), NOW)

    read = record(line, 1, "evening", topics=[ACTIONS_TOPIC])

    assert (read.at_ms, read.partition(1)) == (NOW, 0)
    assert read_action(read.event) == read_action(found().value)


def test_masked_feedback_says_the_same_without_its_people() -> None:
    masked = masked_feedback(found(), lambda text: f"<{len(text)}>")

    taken, before = read_action(masked.value), read_action(found().value)
    assert not isinstance(taken, Unread)
    assert not isinstance(before, Unread)
    assert (taken.actor, taken.note) == ("<6>", "")
    assert b"Zhang" not in (masked.value or b"")
    told, meant = assessment_of(taken), assessment_of(before)
    assert told is not None
    assert meant is not None
    assert (told.fingerprint, told.opinion, told.time, told.since) == (
        meant.fingerprint,
        meant.opinion,
        meant.time,
        meant.since,
    )
