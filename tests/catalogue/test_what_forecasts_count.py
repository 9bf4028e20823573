"""Golden values of forecasts: the open cases of a cohort, by how far ahead their deadlines lie."""

from __future__ import annotations

from tests.catalogue.support.counting import DAY, Count, moment
from tests.support.leads import place_of

HOUR = 3_600
CLOSED, OPENED = 0, 1


def place(ahead_s: int, component: int, at: int = 0) -> int:
    return place_of((at + ahead_s) * 1000, at * 1000, component)


def test_a_payment_opens_a_collection_that_is_due_in_a_day_and_the_collection_closes_what_is_left_of_it() -> None:
    count = Count("collection_due_soon")
    count.event("order.paid", 0, warehouse="w1")
    count.event("parcel.collected", 20 * HOUR, warehouse="w1", paid_at=moment(0))

    assert count.slots(place(DAY, OPENED), "warehouse=w1") == {0: 1}
    assert count.slots(place(4 * HOUR, CLOSED, 20 * HOUR), "warehouse=w1") == {20 * HOUR: 1}


def test_a_refund_is_open_from_its_request_on() -> None:
    count = Count("refund_due_soon").event("refund.requested", 0, kind="refund_only")

    assert sum(count.cells().values()) > 0
    assert {at for _, _, at in count.cells()} == {0}


def test_a_promise_is_open_until_it_is_kept_whether_or_not_that_says_when_it_was_due() -> None:
    count = Count("promise_due_soon")
    for promise in ("a", "b"):
        count.event("promise.made", 0, promise_id=promise, kind="callback", due_at=moment(2 * HOUR))
    count.event("promise.kept", HOUR, promise_id="a", kind="callback", due_at=moment(2 * HOUR))
    count.event("promise.kept", HOUR, promise_id="b", kind="callback")

    assert count.slots(place(2 * HOUR, OPENED), "kind=callback") == {0: 2}
    assert count.slots(place(HOUR, CLOSED, HOUR), "kind=callback") == {HOUR: 2}


def test_a_case_is_open_until_it_is_closed() -> None:
    count = Count("case_due_soon")
    count.event("case.opened", 0, case_id="a", kind="ticket", due_at=moment(2 * HOUR))
    count.event("case.closed", HOUR, case_id="a", kind="ticket")

    assert count.slots(place(2 * HOUR, OPENED), "kind=ticket") == {0: 1}
    assert count.slots(place(HOUR, CLOSED, HOUR), "kind=ticket") == {HOUR: 1}
