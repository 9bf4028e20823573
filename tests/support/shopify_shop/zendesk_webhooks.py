"""Bodies of Zendesk's event webhooks, and of the trigger that tells a rating."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support.shopify_shop.faults import INTENTS
from tests.support.shopify_shop.hours import in_utc

if TYPE_CHECKING:
    from tests.support.shopify_shop.tickets import Ticket

ACCOUNT = 22129848
GROUPS = {
    "shipping": "7000000000021",
    "returns": "7000000000022",
    "billing": "7000000000023",
    "product": "7000000000024",
}


def created_body(ticket: Ticket) -> dict[str, Any]:
    """ticket.created."""
    return _body(ticket, "ticket.created", ticket.opened_ms, "NEW", {})


def assigned_body(ticket: Ticket) -> dict[str, Any]:
    """ticket.agent_assignment_changed: the first one."""
    return _body(
        ticket,
        "ticket.agent_assignment_changed",
        ticket.answered_ms,
        "OPEN",
        {"current": "7100000000001", "previous": None},
    )


def replied_body(ticket: Ticket) -> dict[str, Any]:
    """ticket.comment_added, public and by an agent."""
    comment = {"id": f"{ticket.number}1", "is_public": True, "body": "text", "author": {"id": "71", "is_staff": True}}
    return _body(ticket, "ticket.comment_added", ticket.replied_ms, "OPEN", {"comment": comment})


def solved_body(ticket: Ticket) -> dict[str, Any]:
    """ticket.status_changed, to solved."""
    return _body(ticket, "ticket.status_changed", ticket.solved_ms, "SOLVED", {"current": "SOLVED", "previous": "OPEN"})


def rating_body(ticket: Ticket, at_ms: float) -> dict[str, Any]:
    """What the trigger of docs/sources/zendesk.md sends."""
    return {
        "account_id": str(ACCOUNT),
        "rated_ticket": _id(ticket),
        "rating": ticket.rating,
        "requester_id": str(ticket.customer),
        "time": in_utc(at_ms)[:19] + "Z",
    }


def _body(ticket: Ticket, kind: str, at_ms: float, status: str, event: dict[str, Any]) -> dict[str, Any]:
    form, queue, _ = INTENTS[ticket.intent]
    return {
        "account_id": ACCOUNT,
        "id": f"{kind}-{ticket.number}",
        "type": f"zen:event-type:{kind}",
        "time": in_utc(at_ms + 300),
        "subject": f"zen:ticket:{_id(ticket)}",
        "zendesk_event_version": "2022-11-06",
        "event": {"meta": {"sequence": {"id": "CE4A698AF24F35B3208649C6951E000E", "position": 1}}} | event,
        "detail": {
            "id": _id(ticket),
            "created_at": in_utc(ticket.opened_ms)[:19] + "Z",
            "updated_at": in_utc(at_ms)[:19] + "Z",
            "status": status,
            "priority": "NORMAL",
            "type": "QUESTION",
            "group_id": GROUPS[queue],
            "form_id": form,
            "brand_id": "8447346621310",
            "assignee_id": None if status == "NEW" else "7100000000001",
            "requester_id": str(ticket.customer),
            "external_id": None,
            "subject": "text of the customer",
            "description": "text of the customer",
            "via": {"channel": ticket.channel},
            "is_public": True,
            "tags": [],
        },
    }


def _id(ticket: Ticket) -> str:
    return str(5000 + ticket.number)
