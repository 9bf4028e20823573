"""Why a record is not an event of ours, without repeating what it says."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from streams.events.binary_mode import Headers


class Reason(enum.StrEnum):
    """Why a record is a dead letter. The value stands in the header `pharos-reason`."""

    NOT_JSON = "not_json"  # also: not UTF-8, nested beyond reason
    NOT_CLOUDEVENT = "not_cloudevent"  # an attribute that CloudEvents 1.0 demands is absent or wrong
    MISSING_ATTRIBUTE = "missing_attribute"  # a listed type without its time, its data or the first field of data
    WRONG_FIELD = "wrong_field"  # a listed type with a field that has the wrong type
    UNMAPPED = "unmapped"  # of a mapped topic: no rule of the mapping fits
    MAPPING_FAILED = "mapping_failed"  # of a mapped topic: a rule fits, and gives no event
    FROM_THE_FUTURE = "from_the_future"  # event time too far ahead of the record's Kafka timestamp


class Rejection(NamedTuple):
    """What is wrong, and where: `detail` names the place in the record and none of its values."""

    reason: Reason
    detail: str


class RejectedError(Exception):
    """Raised for a record that is a dead letter.

    Attributes:
        rejection: what is wrong with it.

    """

    def __init__(self, rejection: Rejection) -> None:
        super().__init__(f"{rejection.reason}: {rejection.detail}")
        self.rejection = rejection


class DeadLetter(NamedTuple):
    """A record for pharos-dead-letters. `value` is the record's, unchanged; `headers` those of binary mode."""

    topic: str
    partition: int
    offset: int
    reason: Reason
    detail: str
    value: bytes
    headers: Headers = ()
