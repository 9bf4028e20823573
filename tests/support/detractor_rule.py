"""The rule of a detractor, as settings have it."""

from __future__ import annotations

from typing import Any


def detractor_rule(per_minute: int) -> dict[str, Any]:
    """At most so many tickets a minute, then one digest."""
    return {
        "name": "detractor",
        "events": ["survey.answered"],
        "where": {"kind": {"equals": "nps"}, "score": {"at_most": 6}},
        "action": "ticket.open",
        "owner": {"default": "care-desk"},
        "per_minute": per_minute,
        "webhook": {"url_env": "TICKETS_URL", "secret_env": "TICKETS_SECRET"},
    }
