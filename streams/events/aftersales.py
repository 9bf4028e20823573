"""Topic aftersales."""

from __future__ import annotations

from streams.events.fields import Data, Dimension, Event, Flag, Money, Time


class Refund(Data):
    """What is known of a refund. `before_collection`: asked for before the carrier collected the parcel."""

    refund_id: str
    order_id: str | None = None
    reason: Dimension = ""
    kind: Dimension = ""
    category: Dimension = ""
    sku: Dimension = ""
    batch: Dimension = ""
    store: Dimension = ""
    carrier: Dimension = ""
    warehouse: Dimension = ""
    region: Dimension = ""
    amount: Money = None
    automatic: Flag = None
    requested_at: Time = None
    paid_at: Time = None
    before_collection: Flag = None
    upheld: Flag = None


class Dispute(Data):
    """What is known of a dispute. `upheld` is true where it was decided for the buyer."""

    dispute_id: str
    order_id: str | None = None
    reason: Dimension = ""
    kind: Dimension = ""
    category: Dimension = ""
    sku: Dimension = ""
    batch: Dimension = ""
    store: Dimension = ""
    carrier: Dimension = ""
    warehouse: Dimension = ""
    region: Dimension = ""
    amount: Money = None
    automatic: Flag = None
    requested_at: Time = None
    paid_at: Time = None
    before_collection: Flag = None
    upheld: Flag = None


class RefundEvent(Event):
    """What all events of a refund share."""

    data: Refund


class DisputeEvent(Event):
    """What all events of a dispute share."""

    data: Dispute


class RefundRequested(RefundEvent, tag="refund.requested"):
    """A customer asks for the money back."""


class RefundApproved(RefundEvent, tag="refund.approved"):
    """The shop agreed."""


class RefundCompleted(RefundEvent, tag="refund.completed"):
    """The money is back; with `paid_at` and `before_collection` it closes the collection deadlines."""


class RefundRejected(RefundEvent, tag="refund.rejected"):
    """The shop declined."""


class RefundRetained(RefundEvent, tag="refund.retained"):
    """The customer was won over to keep the goods."""


class DisputeOpened(DisputeEvent, tag="dispute.opened"):
    """A customer called in the platform."""


class DisputeClosed(DisputeEvent, tag="dispute.closed"):
    """The platform decided."""


EVENTS = (
    RefundRequested,
    RefundApproved,
    RefundCompleted,
    RefundRejected,
    RefundRetained,
    DisputeOpened,
    DisputeClosed,
)
