"""What became of one attempt to deliver, and why."""

from __future__ import annotations

import enum
from typing import NamedTuple


class Outcome(enum.StrEnum):
    """Of one attempt. Counted as pharos_notifications_total{outcome}, with `DIGESTED` and `DROPPED` beside them."""

    DELIVERED = "delivered"
    RETRY = "retried"
    REJECTED = "rejected"


class Cause(enum.StrEnum):
    """Why an attempt did not deliver: the few values of pharos_alert_delivery_failures_total{reason}."""

    NONE = ""
    TIMEOUT = "timeout"
    CONNECTION = "connection"
    TLS = "tls"
    THROTTLED = "throttled"  # too many messages, says the other side
    CREDENTIALS = "credentials"  # address, key, signature or address list: a person must put it right
    TOO_LONG = "too_long"
    REFUSED = "refused"  # this message, for its content: without a keyword, with a word that is not allowed
    OUT_OF_ORDER = "out_of_order"  # the other side has a fault of its own
    GARBAGE = "garbage"  # an unreadable answer
    ERROR = "error"  # the receiver itself raised


class Result(NamedTuple):
    """Outcome of an attempt and its reason, which never contains the address: addresses are credentials.

    Attributes:
        reason: for people, such as "status 503" or "errcode 130101".
        retry_after_s: for so long nothing at all should be sent to this receiver. With REJECTED it says that the fault
            lies with the receiver and not with this message, which is kept for another, or for later.
        cause: the reason as one of a few.

    """

    outcome: Outcome
    reason: str = ""
    retry_after_s: float | None = None
    cause: Cause = Cause.NONE


DELIVERED = Result(Outcome.DELIVERED)


CREDENTIALS_REST_S = 300.0  # what a person must put right is not tried more often
