"""Every question of every board, asked of a real Prometheus that scrapes a worker in a sale."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from typing import TYPE_CHECKING

import pytest

from dashboards.boards import lint
from dashboards.boards.all_boards import all_boards
from streams.broker.embedded import EmbeddedBroker
from streams.topics.wanted import embedded_topics
from tests.dashboards.boards.support.watched_shop import PARTITIONS, Prometheus, Shop, free_port, watched

if TYPE_CHECKING:
    from pathlib import Path

    from dashboards.boards.plan import Plan

pytestmark = [pytest.mark.boards, pytest.mark.embedded]

HISTORY_H, LIVE_MIN, SPEED = 4.0, 8, 120.0
LIMIT_S = 240.0
SCRAPES_MORE_S = 7

# Expressions that rightly find nothing in these four hours and eight minutes, each with its reason.
_ORDERS = "orders_created|orders_paid|revenue_paid"
_COUNTS = f"{_ORDERS}|events_received|collections|parcel_movements|inquiries|inquiries_by_stage|inquiries_per_thousand"
_RARE = "service_cost|customers_served|oversell|refund_requests|auto_refunds|negative_mentions|csat"
_DUE = (
    "collection_24h|collection_48h|on_time_delivery|next_scan_24h|next_scan_48h|next_scan_72h|"
    "refund_closed_24h|refund_closed_48h|refund_closed_72h"
)
_DUE_SOON = "collection_due_soon|refund_due_soon|promise_due_soon|case_due_soon"
_FEW = "refunds_retained|retained_amount|eta_slip|eta_slip_24h|disputes_upheld|nps|ces"
_OF_CASES = "|".join(
    (
        *("self_service_resolved", "presale_conversion", "promises_kept", "eta_contradicted", "late_by_leg"),
        *("reviews_from_delivery", "lost_after_delivery", "detractors_closed", "returns_by_channel", "return_time"),
        *("cases_closed_in_time", "case_handed_over", "case_reopened", "case_state_time", "complaints_of_people"),
        *("checkout_step", "touchpoints_before_order", "reached_again", "unclear_answers", "mentions_answered"),
        *("negative_share", "nps_by_touchpoint", "order_defect_rate", "back_and_forth", "detractor_close_time"),
        *("payments_finished", "replied_in_3_min", "notices_in_time", "late_told"),
        *("presale_orders", "orders_by_entry", "customers_served", "shipped_in_time", "reply_rate"),
    )
)
_SELDOM = "damage|loss|damage_claims|chargebacks"
# Nothing was done to these; the first metric of each board stands for it.
_UNHARMED = "collections|refund_requests|nps|events_received"
EMPTY = {
    rf'pharos_(expected|expected_lower|expected_upper|score)\{{metric="({_COUNTS}|{_RARE})"': "needs a day to compare",
    rf'pharos_({_DUE})|metric="({_DUE})"': "what is due a day later is not due yet",
    rf'pharos_({_DUE_SOON})|metric="({_DUE_SOON})"': "two days of closings say what is usual",
    rf'pharos_({_FEW})|metric="({_FEW})"': "too few cases in four hours",
    rf'pharos_anomaly_state\{{job="pharos",metric=~"({_UNHARMED})': "nothing went wrong there",
    r'metric=~"(orders_created|checkout_failed)[^"]*",severity="warning"': "what went wrong there is critical",
    rf"pharos_({_SELDOM})_|metric=.*({_SELDOM})": "what is rare has not come yet",
    rf"({_OF_CASES})": "this shop tells too little of promises, customers and cases, and of what is due a day later",
    r"delivery_(time|spread)": "the first deliveries of a new shop are the fast ones: not judged yet",
    r"pharos_last_sale": "the calendar of this shop has one sale",
    r"pharos_scorecard_": "no scorecard is named in these settings",
    r"offset 1w": "there is no week before",
    r"pharos_negative_mentions_per_minute": "nobody complained",
    r"pharos_oversell_per_thousand": "nothing was sold out",
    r"alerts_fired": "the shop has no monitoring of its own",
    r"alert_delivery_failures": "no delivery failed",
    r"events_ahead|events_too_late": "no producer's clock was wrong",
}
# How much of the load has been judged by then depends on the machine.
PERHAPS_EMPTY = {
    r'pharos_score\{job="pharos",metric=~"events_received"': "as above: the only metric there",
    r'metric=~"pick_up[^"]*",severity="critical"': "what went wrong there is a warning",
    r'pharos_score\{metric="cancelled_unshipped"': "few orders are cancelled: no part is large enough",
}


@pytest.fixture
def prometheus_is_there() -> None:
    if shutil.which("prometheus") is None:
        if os.environ.get("PHAROS_CI"):
            pytest.fail("prometheus is not on the PATH: apt-get install prometheus")
        pytest.skip("prometheus is not on the PATH (apt-get install prometheus)")


@pytest.mark.usefixtures("prometheus_is_there")
async def test_every_question_of_every_board_has_an_answer(plan: Plan, shipped: Path, tmp_path: Path) -> None:
    shop = Shop(HISTORY_H, LIVE_MIN)
    port = free_port()
    rules = shipped.parent / "prometheus" / "pharos.rules.yaml"
    unanswered: dict[str, str] = {}
    count = 0
    with EmbeddedBroker(0, embedded_topics(shop.settings, PARTITIONS)) as broker:
        settings = shop.worker(broker.address, str(tmp_path), port)
        async with Prometheus(tmp_path, port, rules) as prometheus, watched(shop, settings, SPEED, LIMIT_S):
            await asyncio.sleep(SCRAPES_MORE_S)
            for board in all_boards(plan):
                for place, expr, now in lint.expressions_of(board.json(plan)):
                    count += 1
                    asked = lint.interpolated(expr, plan)
                    if not await prometheus.series(asked, 60, now=now):
                        unanswered[place] = asked
            channels = await prometheus.values_of("channel", 'pharos_score{job="pharos"}')

    assert len(unanswered) < 0.6 * count
    assert len(channels) > 1
    known = EMPTY | PERHAPS_EMPTY
    unexplained = {place: asked for place, asked in unanswered.items() if not any(re.search(r, asked) for r in known)}
    assert unexplained == {}
    needless = [r for r in EMPTY if not any(re.search(r, asked) for asked in unanswered.values())]
    assert needless == [], "these are answered now: take them off the list"
