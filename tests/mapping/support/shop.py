"""A mapping of a made-up shop, and its records."""

from __future__ import annotations

from typing import Any

import msgspec

from streams.events.vocabulary import SHIPPED
from streams.mapping.mapper import RecordMapper, compile_mapping
from streams.settings.mapping import MappingRule, MappingSettings

DATA = {"order_id": "text(id)", "amount": "number(total)", "channel": "source", "region": "address.code"}


def rule(**changes: Any) -> MappingRule:
    """A rule for what is paid; `when` and the like may be others."""
    usual = {
        "when": "status == 'paid'",
        "type": "order.paid",
        "id": "join('-', ['paid', text(id)])",
        "source": "'/shop'",
        "time": "paid_at",
        "subject": "text(id)",
        "data": DATA,
    }
    return MappingRule(**{**usual, **changes})


def ignored(when: str) -> MappingRule:
    return MappingRule(when=when, ignore="none of ours")


def mapper(*rules: MappingRule, own: int | None = None, extends: str = "", **settings: Any) -> RecordMapper:
    mapping = MappingSettings(events=rules or (rule(),), **settings)
    return compile_mapping("shop", mapping, SHIPPED, own=own, extends=extends)


def order(**changes: Any) -> bytes:
    """A record that the usual rule fits."""
    usual = {"id": 1, "status": "paid", "paid_at": "2026-11-11T00:00:01Z", "total": "12.50", "address": {"code": "NY"}}
    return msgspec.json.encode({**usual, **changes})
