"""What became of a body that was posted to the intake: HTTP status, and a sentence for whoever sent it."""

from __future__ import annotations

import enum


class Outcome(enum.Enum):
    """Its name in lower case is the label in pharos_intake_total, and the reason in the answer."""

    TAKEN = 200, "Kafka has it."
    EMPTY = 400, "The body is empty: send the event as the body."
    CUT_SHORT = 400, "The body ended early, or its chunks are not valid: send it again."
    UNSIGNED = 401, "The signature, or the time stamp that is signed with it, is missing: sign the body."
    TOKEN = 401, "A token with the role intake is needed: send it as 'Authorization: Bearer <token>'."
    WRONG_SIGNATURE = 403, "The signature does not fit the body: check the secret on both sides."
    WRONG_TIME = 403, "The time stamp is unreadable, or too far from the time here: check the sender's clock."
    CLOSED = 403, "Nobody can post here yet: see the worker's log of its start."
    METHOD = 405, "Only POST is taken here."
    TOO_SLOW = 408, "The body did not arrive in time: send it again."
    TOO_LARGE = 413, "The body is larger than 1 MiB, or than the topic allows: send less at once."
    ENCODED = 415, "A body with a Content-Encoding is not taken: send it uncompressed."
    FULL = 503, "Too many bodies wait here: send it again in a moment."
    LATE = 503, "Kafka did not confirm it in time: send it again; a copy does no harm."
    REFUSED = 503, "Kafka refused it: see the worker's log."
    NOT_READY = 503, "This worker is starting or ending: send it again in a moment."

    @property
    def status(self) -> int:
        return self.value[0]

    @property
    def sentence(self) -> str:
        return self.value[1]

    @property
    def label(self) -> str:
        return self.name.lower()
