"""The mapped topic of the crash test: sales of a shop in its own words, with payments and parcels."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from streams.settings.mapping import MappingRule, MappingSettings

if TYPE_CHECKING:
    import random

SHOP_TOPIC = "shop.sales"
SALES_A_NUMBER = 200  # records that tell of the same sale: those of one partition repeat its order
_STATES = {"ok": "order.paid", "refused": "order.payment_failed"}
_MOVES = {"taken": "parcel.collected", "seen": "parcel.scanned", "given": "parcel.delivered"}

MAPPINGS = {
    "sales": MappingSettings(
        topics=(SHOP_TOPIC,),
        intake=False,
        all=True,
        tables={"states": _STATES, "moves": _MOVES},
        events=(
            MappingRule(
                when="sale",
                type="order.created",
                id="join('-', ['sale', text(sale.no)])",
                source="'/crash'",
                time="epoch_ms(sale.at)",
                data={"order_id": "text(sale.no)", "region": "sale.address.region", "channel": "lower(sale.channel)"},
            ),
            MappingRule(
                when="payments",
                each="payments",
                type="lookup('states', item.state)",
                id="join('-', ['payment', text(item.no)])",
                source="'/crash'",
                time="epoch_ms(item.at)",
                data={
                    "order_id": "text(record.sale.no)",
                    "payment_method": "item.method",
                    "amount": "number(item.total)",
                    "region": "record.sale.address.region",
                },
            ),
            MappingRule(
                when="sale",
                each="sale.parcels",
                type="lookup('moves', item.move)",
                id="join('-', ['parcel', item.no, item.move])",
                source="'/crash'",
                time="epoch_ms(item.at)",
                data={
                    "parcel_id": "item.no",
                    "order_id": "text(record.sale.no)",
                    "carrier": "item.carrier",
                    "region": "record.sale.address.region",
                    "paid_at": "epoch_ms(item.paid)",
                },
            ),
            MappingRule(when="test", ignore="of a test shop"),
        ),
    )
}


def last_sale(number: int, at: int) -> bytes:
    """A record of one event."""
    whole = {"no": f"last{number}", "at": at, "channel": "APP", "address": {"region": "hubei"}, "parcels": []}
    return json.dumps({"payments": [], "sale": whole}).encode()


def sale(draw: random.Random, number: int, at: int, ahead_of: int, *, failing: bool) -> bytes:
    """A record of up to five events; few have none, a fault, or an event that lies far ahead of `ahead_of` (ms)."""
    chance = draw.random()
    if chance < 0.02:
        return draw.choice(
            (b'{"test": true}', b'{"stock": 7}', b'{"sale": 5', b'{"payments": [{"no": 1, "state": "ok"}]}')
        )
    method = draw.choice(("alipay", "card", "huabei"))
    refused = failing and method == "card" and draw.random() < 0.5
    payments = [
        {
            "no": number * 4 + part,
            "at": at + draw.randrange(2_000),
            "state": "refused" if refused else "ok",
            "method": method,
            "total": f"{draw.randrange(1, 99999) / 100:.2f}",
            "note": "not ours",
        }
        for part in range(draw.randrange(3))
    ]
    if payments and chance < 0.03:
        payments[-1]["total"] = "much"
    elif payments and chance < 0.04:
        payments[-1]["at"] = ahead_of + 300_001 + draw.randrange(60_000)
    parcels = [
        {
            "no": f"p{number}-{part}",
            "move": draw.choice(tuple(_MOVES)),
            "carrier": draw.choice(("sf", "yto", None)),
            "at": at + draw.randrange(2_000),
            "paid": at - draw.randrange(80_000_000, 95_000_000),
        }
        for part in range(draw.randrange(3))
    ]
    address = {"region": draw.choice(("zhejiang", "guangdong", "hubei")), "street": "not ours"}
    whole = {"no": number // SALES_A_NUMBER, "at": at - 1_000, "channel": draw.choice(("APP", "Web"))}
    return json.dumps({"payments": payments, "sale": {**whole, "address": address, "parcels": parcels}}).encode()


def events_of_sale(value: bytes) -> list[dict[str, Any]] | None:
    """What the mapping must make of a record; None where it is a dead letter. Raises KeyError or ValueError as well."""
    record = json.loads(value)
    if not isinstance(record, dict) or not {"test", "payments"} & record.keys():
        return None
    if "test" in record:
        return []
    sold = record["sale"]
    region, order = sold["address"]["region"], str(sold["no"])
    data = {"order_id": order, "region": region, "channel": sold["channel"].lower()}
    events = [_event(f"sale-{order}", "order.created", sold["at"], data)]
    for payment in record["payments"]:
        data = {"order_id": order, "payment_method": payment["method"], "amount": float(payment["total"])}
        events.append(
            _event(f"payment-{payment['no']}", _STATES[payment["state"]], payment["at"], data | {"region": region})
        )
    for parcel in sold["parcels"]:
        data = {"parcel_id": parcel["no"], "order_id": order, "carrier": parcel["carrier"], "region": region}
        data["paid_at"] = rfc3339(parcel["paid"])
        events.append(_event(f"parcel-{parcel['no']}-{parcel['move']}", _MOVES[parcel["move"]], parcel["at"], data))
    return events


def _event(name: str, kind: str, at: int, data: dict[str, Any]) -> dict[str, Any]:
    return {"id": name, "type": kind, "time": rfc3339(at), "data": data}


def rfc3339(ms: int) -> str:
    """UTC with milliseconds."""
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds")
