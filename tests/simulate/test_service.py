"""The service around the journeys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.simulate import sale, service
from streams.simulate.plan import QUIET, plan
from streams.simulate.rhythm import rhythm
from tests.support.simulated_sale import draw, events_of

if TYPE_CHECKING:
    import numpy as np

    from tests.support.simulated_sale import SimulatedSale

NEW = {
    *("payment.started", "message.received", "promise.made", "promise.kept", "promise.withdrawn", "notice.sent"),
    *("case.opened", "case.handed_over", "case.state_changed", "case.reopened", "case.closed"),
    *("complaint.opened", "feedback.closed", "mention.answered"),
}


def test_the_service_adds_types_and_repeats_none_of_the_journeys(small: SimulatedSale) -> None:
    assert {block.kind for block in small.service} == NEW
    assert not NEW & {block.kind for block in small.journeys}


def test_no_two_blocks_give_events_the_same_id(small: SimulatedSale) -> None:
    prefixes = [(block.source, block.id_prefix) for block in (*small.journeys, *small.service)]

    assert len(set(prefixes)) == len(prefixes)


def test_a_part_that_draws_more_leaves_all_other_parts_as_they_are() -> None:
    when = rhythm(
        draw("rhythm"), orders_per_minute=1.0, crowd=0.1, history_days=1, live_from=QUIET[0] - 5, warm_up_days=7
    )
    journeys = sale.play(draw, when, plan(draw("plan"), 1_200_000), when.orders)

    def otherwise(part: str) -> np.random.Generator:
        return draw("other messages" if part == "messages" else part)

    _, usual = service.play(draw, journeys, when.live_to_ms)
    _, other = service.play(otherwise, journeys, when.live_to_ms)

    assert {one.kind for one, two in zip(usual, other, strict=True) if events_of(one, 500) != events_of(two, 500)} == {
        "message.received"
    }
