"""Orders of the Olist marketplace (Brazil, 2016 to 2018) as events of orders and logistics."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from streams.imports.imported import Imported
from streams.imports.table import ImportProblem, one_file, rows

if TYPE_CHECKING:
    from pathlib import Path

    from streams.imports.table import Row

TIMEZONE = "America/Sao_Paulo"
COLUMNS = ("order_id", "purchased", "approved", "carrier_handover", "delivered", "estimated_delivery")
# Of the orders. By then a shop that grows from nothing has a usual day, and the autumn that matters is judged: every
# day that is judged costs 8,640 ticks, whether much happens or not.
WARM_UP = 0.7
SOURCE = "the Olist orders"


def import_olist(folder: Path) -> Imported:
    """order.created at the purchase, order.paid at the approval, parcel.collected at the handover, parcel.delivered.

    Times are local and to the minute; what has no time did not happen (yet). Cancellations have none, so they are left
    out. The promise is the end of the estimated day. Raises ImportProblem.
    """
    zone = ZoneInfo(TIMEZONE)
    imported = Imported({"name": "olist", "timezone": TIMEZONE}, "/olist")
    for row in rows(one_file(folder, "orders.csv*", SOURCE), COLUMNS):
        _order(imported, row, zone)
    if imported.events:
        created = sorted(time for time, _, event in imported.events if event["type"] == "order.created")
        if not created:
            raise ImportProblem("no order has a time in the column purchased; fetch the original file again")
        imported.scenario["evaluate_from"] = created[int(len(created) * WARM_UP)].isoformat()
    return imported


def _order(imported: Imported, row: Row, zone: ZoneInfo) -> None:
    order = row["order_id"]
    region = row.values.get("customer_state") or None
    created, paid = _local(row, "purchased", zone), _local(row, "approved", zone)
    collected, delivered = _local(row, "carrier_handover", zone), _local(row, "delivered", zone)
    estimate = _local(row, "estimated_delivery", zone)
    promised = _text(estimate + timedelta(days=1)) if estimate else None
    facts = {"order_id": order, "region": region}
    parcel = {"parcel_id": order, **facts}
    if created:
        imported.add("orders", "order.created", created, order, {**facts, "created_at": _text(created)})
    if paid:
        imported.add("orders", "order.paid", paid, order, {**facts, "created_at": _text(created)})
    if collected:
        data = {**parcel, "paid_at": _text(paid), "promised_at": promised}
        imported.add("logistics", "parcel.collected", collected, order, data)
    if delivered:
        data = {
            **parcel,
            "promised_at": promised,
            "collected_at": _text(collected),
            "previous_scan_at": _text(collected),
        }
        imported.add("logistics", "parcel.delivered", delivered, order, data)


def _local(row: Row, column: str, zone: ZoneInfo) -> datetime | None:
    time = row.time(column)
    return time and time.replace(tzinfo=zone)


def _text(time: datetime | None) -> str | None:
    return time.isoformat() if time else None
