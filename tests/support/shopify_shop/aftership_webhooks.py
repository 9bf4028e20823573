"""Bodies of AfterShip's webhook tracking_update."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tests.support.shopify_shop.hours import DAY_MS, in_zone, local
from tests.support.shopify_shop.shopify_webhooks import order_id, tracking_number

if TYPE_CHECKING:
    from tests.support.shopify_shop.orders import Order
    from tests.support.shopify_shop.parcels import Checkpoint, Update

_WITHOUT_OFFSET = "FedEx"  # gives the time on the wall, as many carriers do
_PROMISED_DAYS = 5


def tracking_body(order: Order, update: Update) -> dict[str, Any]:
    """All that AfterShip knows of the parcel when it learns of the newest checkpoint."""
    newest = update.checkpoints[-1]
    slug = order.carrier.lower()
    promised = local(order.paid_ms + _PROMISED_DAYS * DAY_MS).date().isoformat()
    return {
        "ts": newest.learned_ms // 1000,
        "event": "tracking_update",
        "event_id": f"{tracking_number(order)}-{len(update.checkpoints)}",
        "is_tracking_first_tag": update.first_tag,
        "msg": {
            "id": f"track{order.number}",
            "tracking_number": tracking_number(order),
            "slug": slug,
            "active": newest.tag != "Delivered",
            "tag": newest.tag,
            "subtag": newest.subtag,
            "order_id": str(order_id(order)),
            "order_number": f"#{1001 + order.number}",
            "origin_country_iso3": "USA",
            "destination_country_iso3": "USA",
            "destination_state": order.state,
            "destination_city": None,
            "customer_name": "Example Customer",
            "emails": ["customer@example.com"],
            "order_promised_delivery_date": promised,
            "expected_delivery": None,
            "first_estimated_delivery": None,
            "latest_estimated_delivery": None,
            "created_at": _utc(order.packed_ms),
            "updated_at": _utc(newest.learned_ms),
            "checkpoints": [_checkpoint(order, slug, checkpoint) for checkpoint in update.checkpoints],
        },
    }


def _checkpoint(order: Order, slug: str, checkpoint: Checkpoint) -> dict[str, Any]:
    at = in_zone(checkpoint.at_ms)
    return {
        "slug": slug,
        "tag": checkpoint.tag,
        "subtag": checkpoint.subtag,
        "message": "text of the carrier",
        "location": "Example City",
        "country_iso3": "USA",
        "checkpoint_time": at[:19] if order.carrier == _WITHOUT_OFFSET else at,
        "created_at": _utc(checkpoint.learned_ms),
    }


def _utc(time_ms: float) -> str:
    return datetime.fromtimestamp(time_ms // 1000, UTC).isoformat()
