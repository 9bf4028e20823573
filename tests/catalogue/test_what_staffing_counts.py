"""Golden values of what is counted of queues and their agents."""

from __future__ import annotations

from tests.catalogue.support.counting import DENOMINATOR, EXPOSURE, NUMERATOR, Count


def test_c16_counts_contacts_opened_those_that_people_handled_and_those_given_up_by_queue() -> None:
    count = Count("staffing_gap")
    for at in range(4):
        count.event("consultation.opened", at, queue="refund")
    count.event("consultation.closed", 60, queue="refund", handled_by="human")
    count.event("consultation.closed", 61, queue="refund")
    count.event("consultation.closed", 62, queue="refund", handled_by="bot")
    count.event("consultation.abandoned", 30, queue="refund", waited=20.0)

    counted = [count.total(of, "queue=refund") for of in (NUMERATOR, DENOMINATOR, EXPOSURE)]
    assert counted == [4, 2, 1]


def test_c13_is_the_agents_who_are_not_free_of_those_there() -> None:
    count = Count("occupancy")
    count.event("queue.snapshot", 0, queue="refund", waiting=3, staffed=10, available=2)
    count.event("queue.snapshot", 60, queue="refund", waiting=3, staffed=10, available=0)
    count.event("queue.snapshot", 120, queue="refund", waiting=3, staffed=10)  # does not say how many are free

    assert count.total(NUMERATOR, "queue=refund") / count.total(DENOMINATOR, "queue=refund") == 0.9
