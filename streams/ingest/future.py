"""Records that claim to be from the future."""

from __future__ import annotations

from streams.events.dead_letter import Reason, Rejection

NO_TIMESTAMP = -1  # what Kafka gives for a record without one
FROM_THE_FUTURE = Rejection(Reason.FROM_THE_FUTURE, "$.time is too far ahead of the record's timestamp")
TIME_AHEAD = Rejection(Reason.FROM_THE_FUTURE, "$.time is too far ahead of the brokers' clock")
TIMESTAMP_AHEAD = Rejection(Reason.FROM_THE_FUTURE, "the record's timestamp is too far ahead of the brokers' clock")


def ahead(time: int | None, timestamp: int, now_ms: int, limit_ms: int) -> Rejection | None:
    """Why a record is refused for its time; None where it is not.

    Args:
        time: of the event, None where it has none.
        timestamp: of the record, or NO_TIMESTAMP.
        now_ms: the brokers' clock.
        limit_ms: so far ahead is still believed.

    """
    if timestamp > now_ms + limit_ms:
        return TIMESTAMP_AHEAD
    if time is None:
        return None
    if time > now_ms + limit_ms:
        return TIME_AHEAD
    return FROM_THE_FUTURE if timestamp != NO_TIMESTAMP and time > timestamp + limit_ms else None
