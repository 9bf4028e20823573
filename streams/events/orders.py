"""Topic orders."""

from __future__ import annotations

from streams.events.fields import Data, Dimension, Event, Flag, Money, Time


class Order(Data):
    """What is known of an order."""

    order_id: str
    region: Dimension = ""
    channel: Dimension = ""
    store: Dimension = ""
    category: Dimension = ""
    sku: Dimension = ""
    payment_method: Dimension = ""
    reason: Dimension = ""
    warehouse: Dimension = ""
    carrier: Dimension = ""
    amount: Money = None
    created_at: Time = None
    paid_at: Time = None
    shipped: Flag = None


class OrderEvent(Event):
    """What all events of the topic share."""

    data: Order


class OrderCreated(OrderEvent, tag="order.created"):
    """A customer placed an order."""


class OrderPaid(OrderEvent, tag="order.paid"):
    """An order is paid: its collection deadlines start."""


class OrderPaymentFailed(OrderEvent, tag="order.payment_failed"):
    """An attempt to pay failed."""


class OrderCancelled(OrderEvent, tag="order.cancelled"):
    """An order is cancelled; with `paid_at` it closes the collection deadlines."""


EVENTS = (OrderCreated, OrderPaid, OrderPaymentFailed, OrderCancelled)
