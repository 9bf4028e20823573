"""Every deadline, promise and wait that a journey is held against, as a table (docs/journey.md has it for people).

The rules are those by which the metrics count: a closing at the deadline itself is in time, a cancellation in time
closes it, and what stays open for a week and two hours is expired.
"""

from __future__ import annotations

import enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streams.journey.journey_event import JourneyEvent

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS
EXPIRES_MS: Final = 7 * DAY_MS + 2 * HOUR_MS
SHOP_MS: Final = DAY_MS
"""What the shop has from payment to collection where a late parcel is put down to one of its legs."""
CONTRADICTS_MS: Final = DAY_MS
"""By how much a courier's date may lie after the one that a customer was told."""


class Ending(enum.Enum):
    """What an event that closes a deadline says."""

    KEPT = "what was waited for came"
    WITHDRAWN = "nobody waits any more"
    FAILED = "it will not come"


class DeadlineRule(NamedTuple):
    """What is waited for, from when, and until when.

    Attributes:
        case: the field whose cases have it one by one.
        opens: types that begin it; the first is named where it is missing.
        closes: types that end it, and what they say.
        plus_ms: due so long after it was opened; None: see `due`.
        due: the field that says when it is due; "" without `plus_ms`: no rule says when, it is only measured.
        due_moves: whether later events of the case may name another time.
        reopens: types that begin it anew once it is closed.
        since: the field of a closing event that says when it was opened, for where that event is missing.
        counted_by: the field without which metrics do not count a closing event.
        only: a field and the values that it must have (None: absent), by type, for an event to count at all.
        in_time_too: whether it is worth telling where it was kept.

    """

    name: str
    case: str
    opens: tuple[str, ...]
    closes: Mapping[str, Ending]
    plus_ms: int | None = None
    due: str = ""
    due_moves: bool = False
    reopens: tuple[str, ...] = ()
    since: str = ""
    counted_by: str = ""
    only: Mapping[str, tuple[str, tuple[Any, ...]]] = MappingProxyType({})
    in_time_too: bool = True

    @property
    def has_due(self) -> bool:
        """Whether a time is set for it."""
        return self.plus_ms is not None or bool(self.due)

    def concerns(self, event: JourneyEvent) -> bool:
        """Whether an event has a say in it."""
        if event.type not in self.opens and event.type not in self.closes and event.type not in self.reopens:
            return self.due_moves and self.due in event.fields
        field, values = self.only.get(event.type, ("", (None,)))
        return event.fields.get(field) in values


_COLLECTED: Final = MappingProxyType(
    {
        "parcel.collected": Ending.KEPT,
        "order.cancelled": Ending.WITHDRAWN,
        "refund.completed": Ending.WITHDRAWN,
    }
)
_OF_COLLECTION: Final = MappingProxyType(
    {"parcel.collected": ("part", (None, 1)), "refund.completed": ("before_collection", (True,))}
)
_MOVES: Final = ("parcel.collected", "parcel.scanned", "parcel.out_for_delivery", "parcel.attempt_failed")

DEADLINES: Final = (
    *(
        DeadlineRule(
            f"collection_{hours}h",
            "order_id",
            ("order.paid",),
            _COLLECTED,
            plus_ms=hours * HOUR_MS,
            since="paid_at",
            counted_by="paid_at",
            only=_OF_COLLECTION,
        )
        for hours in (24, 48)
    ),
    DeadlineRule(
        "delivery",
        "parcel_id",
        ("parcel.collected",),
        {"parcel.delivered": Ending.KEPT, "parcel.lost": Ending.FAILED},
        due="promised_at",
        since="collected_at",
        counted_by="promised_at",
    ),
    DeadlineRule(
        "next_scan",
        "parcel_id",
        _MOVES,
        dict.fromkeys((*_MOVES[1:], "parcel.delivered", "parcel.lost"), Ending.KEPT),
        plus_ms=DAY_MS,
        reopens=_MOVES,
        since="previous_scan_at",
        counted_by="previous_scan_at",
        in_time_too=False,
    ),
    DeadlineRule(
        "promise",
        "promise_id",
        ("promise.made",),
        {"promise.kept": Ending.KEPT, "promise.withdrawn": Ending.WITHDRAWN},
        due="due_at",
    ),
    DeadlineRule(
        "case",
        "case_id",
        ("case.opened",),
        {"case.closed": Ending.KEPT},
        due="due_at",
        due_moves=True,
        reopens=("case.reopened",),
        since="opened_at",
    ),
    DeadlineRule(
        "first_reply",
        "consultation_id",
        ("consultation.opened",),
        {
            "consultation.replied": Ending.KEPT,
            "consultation.abandoned": Ending.FAILED,
            "consultation.closed": Ending.WITHDRAWN,
        },
        since="opened_at",
        only={"consultation.replied": ("automatic", (None, False))},
    ),
    DeadlineRule(
        "refund",
        "refund_id",
        ("refund.requested",),
        {
            "refund.completed": Ending.KEPT,
            "refund.rejected": Ending.WITHDRAWN,
            "refund.retained": Ending.WITHDRAWN,
        },
        since="requested_at",
    ),
    DeadlineRule(
        "dispute",
        "dispute_id",
        ("dispute.opened",),
        {"dispute.closed": Ending.KEPT},
        since="requested_at",
    ),
)
