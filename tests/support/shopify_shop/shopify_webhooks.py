"""Bodies of Shopify's webhooks, in the form of its REST API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support.shopify_shop.hours import in_zone
from tests.support.shopify_shop.orders import STATES

if TYPE_CHECKING:
    from tests.support.shopify_shop.orders import Attempt, Order

FIRST_ORDER = 5_940_139_000_000_000


def order_id(order: Order) -> int:
    """As Shopify numbers orders: more digits than a float holds."""
    return FIRST_ORDER + order.number * 1_037


def tracking_number(order: Order) -> str:
    """One parcel for each order."""
    return f"{order.carrier[0]}{9_400_100_000_000 + order.number}"


def order_body(order: Order, now_ms: float) -> dict[str, Any]:
    """orders/create, orders/paid and orders/fulfilled: the order as it is at `now_ms`."""
    paid, packed = 0 < order.paid_ms <= now_ms, 0 < order.packed_ms <= now_ms
    tried = [attempt.gateway for attempt in order.attempts if attempt.at_ms <= now_ms and not attempt.error]
    return {
        "id": order_id(order),
        "name": f"#{1001 + order.number}",
        "order_number": 1001 + order.number,
        "checkout_token": _token(order),
        "created_at": in_zone(order.placed_ms + 1000),
        "processed_at": in_zone(order.placed_ms),
        "updated_at": in_zone(now_ms),
        "cancelled_at": None,
        "cancel_reason": None,
        "closed_at": None,
        "currency": "USD",
        "total_price": f"{order.amount:.2f}",
        "financial_status": "paid" if paid else "pending",
        "fulfillment_status": "fulfilled" if packed else None,
        "payment_gateway_names": tried or [order.attempts[0].gateway],
        "source_name": order.channel,
        "test": False,
        "email": "customer@example.com",
        "customer": _customer(order),
        "shipping_address": _address(order),
        "line_items": [_line(order)],
        "fulfillments": [_fulfilment(order)] if packed else [],
        "refunds": [],
    }


def transaction_body(order: Order, attempt: Attempt) -> dict[str, Any]:
    """order_transactions/create: an attempt to pay, told when there is an order."""
    return {
        "id": 6_410_000_000_000 + order.number * 10 + order.attempts.index(attempt),
        "order_id": order_id(order),
        "kind": "sale",
        "gateway": attempt.gateway,
        "status": "failure" if attempt.error else "success",
        "message": "text of the gateway",
        "created_at": in_zone(attempt.at_ms),
        "processed_at": in_zone(attempt.at_ms),
        "test": False,
        "parent_id": None,
        "error_code": attempt.error or None,
        "source_name": order.channel,
        "currency": "USD",
        "amount": f"{order.amount:.2f}",
        "receipt": {},
    }


def checkout_body(order: Order) -> dict[str, Any]:
    """checkouts/create."""
    return {
        "id": 29_000_000_000 + order.number,
        "token": _token(order),
        "cart_token": None,
        "email": "customer@example.com",
        "created_at": in_zone(order.begun_ms),
        "updated_at": in_zone(order.begun_ms + 1000),
        "completed_at": None,
        "gateway": None,
        "source_name": order.channel,
        "abandoned_checkout_url": "https://shop.example/checkouts/x/recover",
        "total_price": f"{order.amount:.2f}",
        "currency": "USD",
        "customer": _customer(order),
        "shipping_address": _address(order),
        "line_items": [_line(order)],
    }


def _token(order: Order) -> str:
    return f"{order.number:08x}{order.begun_ms:024x}"


def _customer(order: Order) -> dict[str, Any]:
    return {"id": order.customer, "email": "customer@example.com", "first_name": "Example", "last_name": "Customer"}


def _address(order: Order) -> dict[str, Any]:
    return {
        "name": "Example Customer",
        "address1": "1 Example Street",
        "city": "Example City",
        "zip": "00000",
        "province": order.state,
        "province_code": STATES[order.state],
        "country": "United States",
        "country_code": "US",
    }


def _line(order: Order) -> dict[str, Any]:
    sku = f"SKU-{order.customer % 40}"
    return {"id": order.number, "sku": sku, "title": "Jacket", "quantity": 1, "price": f"{order.amount:.2f}"}


def _fulfilment(order: Order) -> dict[str, Any]:
    return {
        "id": 5_200_000_000_000 + order.number,
        "order_id": order_id(order),
        "name": f"#{1001 + order.number}.1",
        "status": "success",
        "created_at": in_zone(order.packed_ms),
        "updated_at": in_zone(order.packed_ms),
        "tracking_company": order.carrier,
        "tracking_number": tracking_number(order),
        "shipment_status": None,
        "location_id": 655441491,
        "line_items": [_line(order)],
    }
