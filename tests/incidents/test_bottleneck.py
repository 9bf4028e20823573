"""One bottleneck is one incident with one cause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.records.anomaly import Anomaly
    from streams.records.verdicts import Verdict

MINUTE = 60_000
SF = {"carrier": "sf", "region": "zhejiang"}


def by_metric(shop: Any) -> dict[str, Anomaly]:
    return {anomaly.metric: anomaly for anomaly in shop.desk.open_anomalies()}


def test_metrics_of_one_queue_are_one_anomaly(shop: Any, verdict: Callable[..., Verdict]) -> None:
    queue = {"queue": "presale"}
    (opened,) = shop.tick(verdict("abandonment", queue), verdict("pick_up", queue), times=30)
    assert opened.anomaly.metric == "pick_up"
    assert "also Abandonment" in shop.desk.open_anomalies()[0].summary


def test_metrics_of_another_queue_are_another_anomaly(shop: Any, verdict: Callable[..., Verdict]) -> None:
    shop.tick(verdict("pick_up", {"queue": "presale"}), times=3)
    (opened,) = shop.tick(verdict("pick_up", {"queue": "presale"}), verdict("abandonment", {"queue": "vip"}), times=3)
    assert opened.anomaly.scope == {"queue": "vip"}


def test_unrelated_parts_of_a_touchpoint_are_not_attached_to_each_other(
    shop: Any, verdict: Callable[..., Verdict]
) -> None:
    opened = shop.tick(verdict("collections", {"carrier": "sf"}), verdict("movements", {"carrier": "yto"}), times=3)
    assert len(opened) == 2


def test_a_symptom_elsewhere_names_its_cause(
    shop: Any, verdict: Callable[..., Verdict], changes: Callable[..., list[tuple[str, str, str]]]
) -> None:
    cause, symptom = verdict("movements", SF), verdict("inquiries", {"intent": "where"})
    shop.tick(cause, times=3)
    news = shop.tick(cause, symptom, times=3)
    assert changes(news) == [("opened", "opened", "inquiries"), ("updated", "linked", "movements")]
    there = by_metric(shop)
    assert there["inquiries"].caused_by == there["movements"].fingerprint
    assert there["movements"].cause_of == [there["inquiries"].fingerprint]
    assert there["inquiries"].incident == there["movements"].incident


def test_a_symptom_that_came_first_is_marked_later(
    shop: Any, verdict: Callable[..., Verdict], changes: Callable[..., list[tuple[str, str, str]]]
) -> None:
    cause, symptom = verdict("movements", SF), verdict("inquiries", {"intent": "where"})
    first = shop.tick(symptom, times=3)
    news = shop.tick(symptom, cause, times=3)
    assert changes(news) == [("opened", "opened", "movements"), ("updated", "linked", "inquiries")]
    there = by_metric(shop)
    assert there["inquiries"].caused_by == there["movements"].fingerprint
    assert there["movements"].incident == first[0].anomaly.incident == there["inquiries"].incident


def test_cause_and_symptom_of_one_tick_open_in_that_order(
    shop: Any, verdict: Callable[..., Verdict], changes: Callable[..., list[tuple[str, str, str]]]
) -> None:
    opened = shop.tick(verdict("inquiries", {"intent": "where"}), verdict("movements", SF), times=3)
    assert changes(opened) == [("opened", "opened", "movements"), ("opened", "opened", "inquiries")]


def test_a_contradicting_scope_is_no_symptom(shop: Any, verdict: Callable[..., Verdict]) -> None:
    shop.tick(verdict("movements", SF), verdict("inquiries", {"region": "jiangsu"}), times=3)
    assert all(anomaly.caused_by is None for anomaly in shop.desk.open_anomalies())


def test_what_the_catalogue_does_not_link_stays_apart(shop: Any, verdict: Callable[..., Verdict]) -> None:
    shop.tick(verdict("payment", {"method": "alipay"}), verdict("refunds", {"reason": "late"}), times=3)
    assert len({anomaly.incident for anomaly in shop.desk.open_anomalies()}) == 2


def test_a_chain_of_causes_ends_at_its_root(shop: Any, verdict: Callable[..., Verdict]) -> None:
    queue = verdict("pick_up", {"queue": "service"})
    inquiries = verdict("inquiries", {"intent": "where"})
    movements = verdict("movements", SF)
    shop.tick(queue, times=3)
    shop.tick(queue, inquiries, times=3)
    shop.tick(queue, inquiries, movements, verdict("refunds", {"reason": "late"}), times=3)
    there = by_metric(shop)
    root = there["movements"].fingerprint
    assert {name: a.caused_by for name, a in there.items() if a.fingerprint != root} == {
        "pick_up": root,
        "inquiries": root,
        "refunds": root,
    }
    assert len({a.incident for a in there.values()}) == 1


def test_a_part_of_the_shop_is_not_hidden_behind_the_whole(shop: Any, verdict: Callable[..., Verdict]) -> None:
    whole, part = verdict("orders"), verdict("payment", {"method": "alipay"})
    shop.tick(whole, times=3)
    shop.tick(whole, part, times=3)
    there = by_metric(shop)
    assert there["payment"].scope == {"method": "alipay"}
    assert there["orders"].caused_by == there["payment"].fingerprint


def test_good_news_and_bad_news_do_not_mix(shop: Any, verdict: Callable[..., Verdict]) -> None:
    opened = shop.tick(verdict("orders", good=True, direction="up"), verdict("payment", {"method": "alipay"}), times=3)
    assert {(t.anomaly.metric, t.anomaly.severity, t.anomaly.caused_by) for t in opened} == {
        ("orders", "info", None),
        ("payment", "warning", None),
    }


def test_an_anomaly_stays_open_while_what_is_attached_to_it_fires(
    shop: Any, verdict: Callable[..., Verdict], changes: Callable[..., list[tuple[str, str, str]]]
) -> None:
    queue = {"queue": "presale"}
    pick_up, abandonment = verdict("pick_up", queue), verdict("abandonment", queue)
    shop.tick(pick_up, abandonment, times=3)
    fine = verdict("pick_up", queue, score=0.1)
    assert changes(shop.wait(30 * MINUTE, fine, abandonment)) == [("updated", "recovering", "pick_up")]
    over = shop.wait(6 * MINUTE, fine, verdict("abandonment", queue, score=0.1))
    assert changes(over) == [("resolved", "recovered", "pick_up")]
    assert shop.desk.readings()["attached"] == 0


def test_an_attached_critical_alert_makes_its_speaker_critical(
    shop: Any, verdict: Callable[..., Verdict], changes: Callable[..., list[tuple[str, str, str]]]
) -> None:
    first = verdict("orders", {"method": "alipay"})
    shop.tick(first, times=3)
    assert changes(shop.tick(first, verdict("payment", {"method": "alipay"}, score=2.5, value=0.5))) == [
        ("updated", "escalated", "orders")
    ]


def test_a_cause_that_is_long_over_is_not_blamed(shop: Any, verdict: Callable[..., Verdict]) -> None:
    shop.tick(verdict("movements", SF), times=3)
    shop.wait(6 * MINUTE, verdict("movements", SF, score=0.1))
    shop.wait(31 * MINUTE)
    shop.tick(verdict("inquiries", {"intent": "where"}), times=3)
    assert by_metric(shop)["inquiries"].caused_by is None


def test_a_cause_that_fires_again_takes_its_symptoms_back(shop: Any, verdict: Callable[..., Verdict]) -> None:
    cause, symptom = verdict("movements", SF), verdict("inquiries", {"intent": "where"})
    shop.tick(cause, symptom, times=3)
    shop.wait(10 * MINUTE, verdict("movements", SF, score=0.1), symptom)
    (opened,) = shop.tick(cause, symptom, times=3)
    assert opened.anomaly.cause_of == [by_metric(shop)["inquiries"].fingerprint]
    assert opened.anomaly.caused_by is None


def test_what_is_merely_interesting_keeps_nothing_open(shop: Any, verdict: Callable[..., Verdict]) -> None:
    bad, note = verdict("inquiries", {"intent": "where"}), verdict("wonder", {"intent": "where"})
    shop.tick(bad, note, times=3)
    assert shop.desk.readings()["attached"] == 1
    over = shop.wait(6 * MINUTE, verdict("inquiries", {"intent": "where"}, score=0.1), note)
    assert [t.why for t in over] == ["recovering", "recovered"]


def test_an_attached_alert_keeps_its_speaker_open_for_a_while_only(
    shop: Any, verdict: Callable[..., Verdict], changes: Callable[..., list[tuple[str, str, str]]]
) -> None:
    queue = {"queue": "presale"}
    shop.tick(verdict("pick_up", queue), verdict("abandonment", queue), times=3)
    over = shop.wait(31 * MINUTE, verdict("pick_up", queue, score=0.1), verdict("abandonment", queue))
    assert changes(over)[1:] == [("resolved", "recovered", "pick_up"), ("opened", "opened", "abandonment")]


def test_what_begins_after_the_speaker_recovered_is_a_new_anomaly(shop: Any, verdict: Callable[..., Verdict]) -> None:
    shop.tick(verdict("inquiries", {"intent": "coupon"}), times=3)
    fine = verdict("inquiries", {"intent": "coupon"}, score=0.1)
    shop.tick(fine, times=6)
    (opened,) = [t for t in shop.tick(fine, verdict("pick_up", {"queue": "service"}), times=3) if t.why == "opened"]
    assert opened.anomaly.scope == {"queue": "service"}


@pytest.mark.parametrize(("later", "told"), [(20 * MINUTE, False), (40 * MINUTE, True)])
def test_another_metric_of_the_same_place_is_news_where_it_begins_long_after(
    shop: Any, verdict: Callable[..., Verdict], later: int, told: bool
) -> None:
    thin, stall = verdict("collections", {"carrier": "sf"}), verdict("movements", SF)
    shop.tick(thin, times=3)
    shop.wait(later, thin)
    opened = [t.anomaly.metric for t in shop.tick(thin, stall, times=6) if t.why == "opened"]
    assert opened == (["movements"] if told else [])


@pytest.mark.parametrize("later", [20 * MINUTE, 40 * MINUTE])
def test_a_metric_that_follows_from_what_is_open_at_its_place_never_is_news(
    shop: Any, verdict: Callable[..., Verdict], later: int
) -> None:
    payment, orders = verdict("payment", {"method": "alipay"}), verdict("orders", {"method": "alipay"})
    shop.tick(payment, times=3)
    shop.wait(later, payment)
    assert [t for t in shop.tick(payment, orders, times=6) if t.why == "opened"] == []


def test_a_linked_metric_elsewhere_in_the_shop_is_attached_only_if_it_began_soon_after(
    shop: Any, verdict: Callable[..., Verdict]
) -> None:
    surge, queue = verdict("inquiries", {"intent": "coupon"}), verdict("pick_up", {"queue": "service"})
    shop.wait(31 * MINUTE, surge)
    (opened,) = [t for t in shop.tick(surge, queue, times=3) if t.why == "opened"]
    assert opened.anomaly.caused_by is not None


def test_what_is_made_of_a_silent_feed_is_its_symptom_whenever_it_shows(
    shop: Any, verdict: Callable[..., Verdict]
) -> None:
    silence, queue = verdict("feed", {"topic": "orders"}), verdict("pick_up", {"queue": "presale"})
    shop.tick(silence, times=3)
    shop.wait(20 * MINUTE, silence)
    opened = [t for t in shop.tick(silence, queue, times=6) if t.why == "opened"]
    assert [t.anomaly.caused_by is not None for t in opened] == [True]


def test_a_feed_that_has_more_to_say_is_no_news(shop: Any, verdict: Callable[..., Verdict]) -> None:
    assert shop.tick(verdict("feed", {"topic": "orders"}, good=True, direction="up"), times=6) == []


def test_a_silent_feed_causes_nothing_that_is_made_of_another(shop: Any, verdict: Callable[..., Verdict]) -> None:
    silence, queue = verdict("feed", {"topic": "visits"}), verdict("pick_up")
    shop.tick(silence, times=3)
    opened = [t for t in shop.tick(silence, queue, times=6) if t.why == "opened"]
    assert [t.anomaly.caused_by for t in opened] == [None]


def test_what_shows_minutes_after_a_feed_has_come_back_is_not_its_symptom(
    shop: Any, verdict: Callable[..., Verdict]
) -> None:
    silence, queue = verdict("feed", {"topic": "orders"}), verdict("pick_up", {"queue": "presale"})
    shop.tick(silence, times=3)
    shop.wait(10 * MINUTE, verdict("feed", {"topic": "orders"}, score=0.0))
    opened = [t for t in shop.tick(queue, times=6) if t.why == "opened"]
    assert [t.anomaly.caused_by for t in opened] == [None]


def test_the_cause_of_what_is_attached_is_not_that_of_an_anomaly_that_began_long_before(
    shop: Any, verdict: Callable[..., Verdict]
) -> None:
    queue = verdict("pick_up", {"queue": "presale"})
    shop.tick(queue, times=3)
    shop.wait(60 * MINUTE, queue)
    silence, calls = verdict("feed", {"topic": "orders"}), verdict("abandonment", {"queue": "presale"})
    shop.tick(queue, silence, times=3)
    told = shop.tick(queue, silence, calls, times=6)
    assert {t.anomaly.caused_by for t in told} <= {None}
    assert all(anomaly.caused_by is None for anomaly in shop.desk.open_anomalies())


def test_what_began_an_hour_before_is_no_symptom_of_what_is_found_now(
    shop: Any, verdict: Callable[..., Verdict]
) -> None:
    stall, refunds = verdict("movements", {"carrier": "zto"}), verdict("refunds", {"reason": "late"})
    shop.tick(refunds, times=3)
    shop.wait(60 * MINUTE, refunds)
    told = shop.tick(stall, refunds, times=6)
    assert {t.anomaly.caused_by for t in told} == {None}


@pytest.mark.parametrize(("reason", "named"), [("late", True), ("damaged", False)])
def test_of_what_begins_together_the_catalogue_says_which_parts_follow_from_a_cause(
    shop: Any, verdict: Callable[..., Verdict], reason: str, named: bool
) -> None:
    stall, refunds = verdict("movements", {"carrier": "zto"}), verdict("refunds", {"reason": reason})
    shop.tick(stall, times=3)
    opened = [t for t in shop.tick(stall, refunds, times=6) if t.why == "opened"]
    assert [t.anomaly.caused_by is not None for t in opened] == [named]


@pytest.mark.parametrize(("queue", "named"), [("vip", True), ("presale", False)])
def test_a_part_that_the_catalogue_names_follows_from_a_cause_whose_own_part_has_another_name(
    shop: Any, verdict: Callable[..., Verdict], queue: str, named: bool
) -> None:
    held, calls = verdict("held", {"queue": "menu"}), verdict("calls", {"queue": queue})
    shop.tick(held, times=3)
    opened = [t for t in shop.tick(held, calls, times=6) if t.why == "opened"]
    assert [t.anomaly.caused_by is not None for t in opened] == [named]


def test_another_part_of_the_same_metric_is_no_cause_of_what_is_attached_to_the_first(
    shop: Any, verdict: Callable[..., Verdict]
) -> None:
    first, other = verdict("payment", {"method": "card"}), verdict("payment", {"method": "wallet"})
    fewer = verdict("orders", {"method": "card"})
    shop.tick(first, times=3)
    shop.tick(first, fewer, times=6)
    shop.wait(20 * MINUTE, first, fewer)
    told = shop.tick(first, fewer, other, times=6)
    assert {t.anomaly.caused_by for t in told} == {None}


def test_an_onset_that_is_hardly_believable_is_cut(shop: Any, verdict: Callable[..., Verdict]) -> None:
    (opened,) = shop.tick(verdict(started_at=shop.now - 120 * MINUTE), times=3)
    assert opened.anomaly.started_at == "2025-11-10T15:45:00.000Z"


def test_a_trouble_of_another_touchpoint_that_shares_no_dimension_is_no_symptom_half_an_hour_later(
    shop: Any, verdict: Callable[..., Verdict]
) -> None:
    stall, coupon = verdict("movements", {"carrier": "zto"}), verdict("inquiries", {"intent": "coupon"})
    shop.tick(stall, times=3)
    shop.wait(20 * MINUTE, stall)
    opened = [t for t in shop.tick(stall, coupon, times=6) if t.why == "opened"]
    assert [t.anomaly.caused_by for t in opened] == [None]
