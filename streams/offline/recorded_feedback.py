"""Feedback of pharos-actions in a recording: what the detectors heard of people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from streams.ingest.assessments import assessment_of
from streams.records.action_event import Unread, encode, read_action

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.offline.record_line import KafkaRecord


def is_feedback(found: KafkaRecord) -> bool:
    """Whether a record of pharos-actions changes what is found. Acks and silences change only who is told."""
    taken = read_action(found.value)
    return not isinstance(taken, Unread) and assessment_of(taken) is not None


def timed(found: KafkaRecord) -> KafkaRecord:
    """The record at its own time, which is that of the events; its time stamp is the wall clock's, in a replay too."""
    taken = read_action(found.value)
    return found if isinstance(taken, Unread) else found._replace(at_ms=taken.time)


def masked_feedback(found: KafkaRecord, pseudonym: Callable[[str], str]) -> KafkaRecord:
    """Without its remark, and with a pseudonym for whoever gave it: what it says, and of which anomaly, stays."""
    taken = read_action(found.value)
    if isinstance(taken, Unread):
        return found._replace(value=None)
    hidden = replace(taken, actor=pseudonym(taken.actor), note="", id=pseudonym(taken.id))
    return found._replace(value=encode(hidden), headers=())
