"""Events of cases that meet: customers who ask and buy, parcels that come late and are reviewed, promises, tickets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.kafka.crash.crash_sales import rfc3339

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

Life = tuple[str, dict[str, Any]]  # event type and data
HOUR_MS = 3_600_000


class Lives:
    """What happens to cases of which a few hundred go on at a time.

    Args:
        events: how many the whole load has: a case goes on for a tenth of it.

    """

    def __init__(self, events: int) -> None:
        self._window = max(events // 10, 1)
        self._of: dict[str, Callable[[random.Random, int, int], Life]] = {
            "orders": self._order,
            "logistics": self._parcel,
            "consultations": self._contact,
            "aftersales": self._aftersale,
            "visits": self._visit,
            "feedback": self._feedback,
        }

    def event(self, draw: random.Random, topic: str, number: int, at: int) -> Life:
        """The type and data of the event with that number, at a time in ms."""
        return self._of[topic](draw, number, at)

    def _case(self, draw: random.Random, number: int, events: int) -> int:
        """One of the cases that go on; of all events of the load about so many come to one."""
        return (number + self._window - draw.randrange(self._window)) // events

    def _names(self, draw: random.Random, number: int) -> dict[str, Any]:
        """An order and a customer; some are not told."""
        order, customer = self._case(draw, number, 40), self._case(draw, number, 60)
        return {
            "order_id": f"life{order}",
            "customer": f"who{customer}" if draw.random() < 0.9 else None,
            "store": f"s{draw.randrange(3)}",
            "channel": draw.choice(("app", "web")),
        }

    def _order(self, draw: random.Random, number: int, at: int) -> Life:
        return "order.paid", self._names(draw, number) | {"amount": 20, "created_at": rfc3339(at - 4_000)}

    def _parcel(self, draw: random.Random, number: int, at: int) -> Life:
        kind = draw.choice(
            ("parcel.collected", "parcel.scanned", "parcel.eta_changed", "parcel.delivered", "parcel.delivered")
        )
        if draw.random() < 0.03:
            kind = "parcel.damaged"
        data = self._names(draw, number) | {
            "parcel_id": f"sent{self._case(draw, number, 200)}",
            "carrier": draw.choice(("sf", "zto")),
            "warehouse": draw.choice(("hz1", "gz2")),
        }
        if kind == "parcel.collected":
            data["paid_at"] = rfc3339(at - draw.randrange(20, 28) * HOUR_MS)
            data["promised_at"] = rfc3339(at + draw.randrange(60_000, 2 * HOUR_MS))  # nobody promises what is over
        if kind == "parcel.delivered" and draw.random() < 0.9:
            data["promised_at"] = rfc3339(at + draw.randrange(-2 * HOUR_MS, 2 * HOUR_MS))
        if kind in {"parcel.scanned", "parcel.eta_changed"}:
            data["eta"] = rfc3339(at + draw.randrange(1, 5) * 24 * HOUR_MS)
        if kind == "parcel.scanned":
            data["previous_scan_at"] = rfc3339(at - draw.randrange(10, 40) * HOUR_MS)
        return kind, data

    def _contact(self, draw: random.Random, number: int, at: int) -> Life:
        kind = draw.choices(
            ("consultation.opened", "consultation.closed", "message.received", "promise.made", "promise.kept",
             "promise.withdrawn"),
            (35, 20, 10, 15, 15, 5),
        )[0]  # fmt: skip
        data = self._names(draw, number) | {"queue": f"q{draw.randrange(2)}"}
        if kind.startswith("promise."):
            data |= {"promise_id": f"word{self._case(draw, number, 150)}", "role": "agent"}
            data["kind"] = draw.choice(("callback", "delivery"))
            if kind == "promise.made":
                data["due_at"] = rfc3339(at + draw.randrange(60_000, 600_000))
                data["eta"] = rfc3339(at + draw.randrange(1, 5) * 24 * HOUR_MS)
            elif draw.random() < 0.3:
                data["due_at"] = rfc3339(at + draw.randrange(-300_000, 300_000))
            return kind, data
        data |= {"consultation_id": f"talk{number}", "intent": f"i{draw.randrange(2)}"}
        if kind == "consultation.closed":
            data |= {"handled_by": draw.choice(("bot", "human")), "transfers": draw.randrange(2)}
            data["eta"] = rfc3339(at + draw.randrange(1, 5) * 24 * HOUR_MS) if draw.random() < 0.3 else None
        elif draw.random() < 0.3:
            data["order_id"] = ""
        if kind == "consultation.opened":
            data |= {"stage": draw.choice(("presale", "aftersale")), "opened_at": rfc3339(at)}
        return kind, data

    def _aftersale(self, draw: random.Random, number: int, at: int) -> Life:
        kind = draw.choice(
            ("refund.requested", "refund.completed", "dispute.opened", "case.opened", "case.handed_over",
             "case.state_changed", "case.reopened", "case.closed")
        )  # fmt: skip
        data = self._names(draw, number)
        if kind.startswith("refund."):
            data |= {"refund_id": f"back{self._case(draw, number, 150)}", "channel": draw.choice(("app", "web"))}
            data["return_channel"] = draw.choice(("store", "post", None))
        elif kind.startswith("dispute."):
            data["dispute_id"] = f"claim{number}"
        else:
            data |= {"case_id": f"task{self._case(draw, number, 100)}", "kind": "complaint", "queue": "q1"}
            if kind == "case.opened":
                data["due_at"] = rfc3339(at + draw.randrange(60_000, 600_000))
            elif draw.random() < 0.3:
                data["due_at"] = rfc3339(at + draw.randrange(-100_000, 600_000))
        return kind, data

    def _visit(self, draw: random.Random, number: int, at: int) -> Life:
        kind = draw.choices(
            ("page.viewed", "page.back", "checkout.started", "checkout.step", "checkout.completed"), (40, 30, 10, 15, 5)
        )[0]
        names = self._names(draw, number)
        data = {"session_id": f"tab{self._case(draw, number, 100)}", "customer": names["customer"], "device": "ios"}
        step = {"step": f"{draw.randrange(3)}"} if kind == "checkout.step" else {}
        return kind, data | step | {"channel": names["channel"]}

    def _feedback(self, draw: random.Random, number: int, at: int) -> Life:
        kind = draw.choice(
            ("survey.answered", "review.posted", "feedback.closed", "mention.posted", "mention.answered")
        )
        data = self._names(draw, number) | {
            "feedback_id": f"said{self._case(draw, number, 60)}",
            "platform": draw.choice(("shop", "weibo")),
        }
        if kind == "survey.answered":
            data |= {"kind": "nps", "score": draw.randrange(11)}
        elif kind == "review.posted":
            data["score"] = draw.randrange(1, 6)
        elif kind in {"feedback.closed", "mention.answered"}:
            data["posted_at"] = rfc3339(at - 60_000)
        return kind, data
