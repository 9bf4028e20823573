"""A notification says what someone on duty needs, in that order."""

from __future__ import annotations

from string import Formatter
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec
import pytest

from streams.alerts.words.bundle import bundle_of, overflow_of
from streams.alerts.words.message import Titles, compose, digest_of, listed
from streams.alerts.words.phrases import CHINESE, ENGLISH
from streams.catalogue.load import load
from streams.records.anomaly import Change, Contributor, Why
from streams.settings.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.alerts.words.message import Notification
    from streams.records.anomaly import Transition

SHANGHAI = ZoneInfo("Asia/Shanghai")
TITLES = Titles({"payment_success": "Payment success"}, {"payment_success": "支付成功率"})


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", ": 71.0%, expected 97.0%, limit 80.0% ("), ("zh", "：71.0%，预期 97.0%，限值 80.0%（")],
)
def test_a_preset_limit_that_was_reached_is_named(
    transition: Callable[..., Transition], language: str, said: str
) -> None:
    told = compose(transition(reason="THRESHOLD", lower=0.8), TITLES, {}, SHANGHAI).text(language)
    assert said in told.title


def test_what_value_where_since_impact_contributors_links_id(transition: Callable[..., Transition]) -> None:
    told = compose(transition(), TITLES, {}, SHANGHAI)
    assert told.title == "[CRITICAL] Payment success: 71.0%, expected 97.0% (payment_method alipay)"
    assert told.lines == (
        "Since 2025-11-10 23:58:30 +08:00, for 1 min 30 s",
        "Impact: about 260 orders affected in the last 1 min",
        "If it continues: about 15,600 more orders in the next hour",
        "Contributors: region b 50%, region c 30%, region a 10%, others 5%",
        "Board: https://board/?fingerprint=f1",
        "Runbook: https://runbooks/payment",
        "Id: f1, incident i1",
    )


def test_what_an_order_is_worth_is_told_where_the_settings_know_it(transition: Callable[..., Transition]) -> None:
    titles = Titles.of([], Settings(worth={"order": 312.5, "page": 0.01}))
    english, chinese = (
        compose(transition(), titles, {}, SHANGHAI).text(language).facts[1:3] for language in ("en", "zh")
    )
    views = compose(transition(touchpoint="page"), titles, {}, SHANGHAI).lines[1:3]

    assert english == (
        "Impact: about 260 orders affected in the last 1 min, worth about CNY 81,250",
        "If it continues: about 15,600 more orders in the next hour, worth about CNY 4,875,000",
    )
    assert [fact.rpartition("，")[2] for fact in chinese] == ["金额约 CNY 81,250", "金额约 CNY 4,875,000"]
    assert views == (
        "Impact: about 260 page views affected in the last 1 min, worth about CNY 3",
        "If it continues: about 15,600 more page views in the next hour, worth about CNY 156",
    )


def test_a_sum_of_money_is_worth_itself_and_a_net_score_tells_of_answers(
    transition: Callable[..., Transition],
) -> None:
    titles = Titles.of([], Settings(worth={"order": 312.5}, currency="EUR"))
    revenue = transition(unit="money_per_minute", value=1_000.0, expected=2_500.0, window_s=300)
    nps = transition(unit="points", touchpoint="feedback", value=-20.0, expected=40.0, exposure=50.0, window_s=3_600)
    money, chinese = (compose(revenue, titles, {}, SHANGHAI).text(language).facts[1] for language in ("en", "zh"))

    assert money == "Impact: about 7,500 EUR affected in the last 5 min"
    assert chinese == "影响：最近 5分钟 内约 7,500 EUR异常"
    assert compose(revenue, TITLES, {}, SHANGHAI).lines[1] == "Impact: about 7,500 in money affected in the last 5 min"
    assert compose(nps, titles, {}, SHANGHAI).lines[1] == "Impact: about 30 answers affected in the last 1 h"


def test_the_time_is_the_one_that_the_shop_had_then(transition: Callable[..., Transition]) -> None:
    summer = transition(started_at="2025-07-01T12:00:00Z")
    since = compose(summer, TITLES, {}, ZoneInfo("America/New_York")).lines[0]
    assert since.startswith("Since 2025-07-01 08:00:00 -04:00")


def test_the_end_says_how_long_and_how_bad_it_was(transition: Callable[..., Transition]) -> None:
    told = compose(
        transition(Change.RESOLVED, state="resolved", value=0.97, affected=1_312, ended_at="2025-11-10T16:10:00.000Z"),
        TITLES,
        {},
        SHANGHAI,
    )
    chinese = told.text("zh")
    assert told.title == (
        "[RESOLVED] Payment success: 97.0%, expected 97.0% (payment_method alipay)"
        "; over after 11 min 30 s, at worst 70.0%"
    )
    assert told.lines[0] == (
        "From 2025-11-10 23:58:30 +08:00 to 2025-11-11 00:10:00 +08:00, 11 min 30 s; at worst 70.0%"
        "; about 1,312 orders affected in total"
    )
    assert chinese.title.endswith("：97.0%，预期 97.0%（支付方式 alipay）；持续 11分钟30秒，最差 70.0%")
    assert chinese.facts[0].endswith("持续 11分钟30秒；最差 70.0%；共约 1,312 笔订单异常")


@pytest.mark.parametrize(
    ("why", "heading", "chinese"),
    [
        (Why.STALE, "[RESOLVED, too little data to judge]", "【已结束，数据不足以判断】"),
        (Why.RETIRED, "[RESOLVED, no longer monitored]", "【已结束，不再监测】"),
    ],
)
def test_what_ends_without_being_normal_does_not_say_that_it_is(
    transition: Callable[..., Transition], why: Why, heading: str, chinese: str
) -> None:
    ended = transition(Change.RESOLVED, why, state="resolved", ended_at="2025-11-10T16:10:00.000Z")
    told = compose(ended, TITLES, {}, SHANGHAI)

    assert told.title.startswith(heading)
    assert told.text("zh").title.startswith(chinese)


@pytest.mark.parametrize(("why", "heading"), [(Why.ESCALATED, "[now CRITICAL]"), (Why.WORSENED, "[worse, CRITICAL]")])
def test_an_update_says_what_changed(transition: Callable[..., Transition], why: Why, heading: str) -> None:
    assert compose(transition(Change.UPDATED, why), TITLES, {}, SHANGHAI).title.startswith(heading)


def test_cause_and_symptoms_are_named_where_they_are_known(transition: Callable[..., Transition]) -> None:
    other = msgspec.structs.replace(transition().anomaly, fingerprint="f2", metric="checkout_failed", scope={})
    told = compose(transition(cause_of=["f2", "f3"], caused_by="f2"), TITLES, {"f2": other}, SHANGHAI)
    assert "Caused by: checkout_failed: 71.0%, expected 97.0% (overall)" in told.lines
    assert "Symptoms: checkout_failed: 71.0%, expected 97.0% (overall); f3" in told.lines


def test_a_digest_of_what_was_not_delivered_names_the_last(notification: Callable[..., Notification]) -> None:
    told = overflow_of(3, notification("n7", "critical"))
    assert told.critical
    assert told.title == "[DIGEST] 3 notifications could not be delivered one by one"
    assert told.lines == ("The last was: [X] n7",)


def test_a_report_lists_what_any_receiver_gets_with_fingerprints_for_the_anomalies(
    transition: Callable[..., Transition],
) -> None:
    told = compose(transition(name="t1"), TITLES, {}, SHANGHAI)
    assert listed(told) == {
        "id": "t1",
        "time": "2025-11-10T16:00:00.000Z",
        "kind": "pharos.anomaly.opened",
        "severity": "critical",
        "fingerprints": ["f1"],
        "title": told.title,
        "lines": list(told.lines),
    }


DUE_SOON = {
    "metric": "collection_due_soon",
    "touchpoint": "logistics",
    "scope": {"warehouse": "hz"},
    "unit": "number",
    "value": 1840.4,
    "expected": 120.0,
    "exposure": 2300.0,
}
WITH_COHORTS = msgspec.structs.replace(TITLES, cohorts={"collection_due_soon": "collection_24h"})


def test_a_forecast_says_how_many_of_the_open_cases_will_miss(transition: Callable[..., Transition]) -> None:
    told = compose(transition(**DUE_SOON), WITH_COHORTS, {}, SHANGHAI)
    english = "Forecast: of 2,300 open parcels due within 2 h about 1,840 will miss their deadline, usually 120"
    assert english in told.text("en").facts
    assert (
        "预测：2 小时内到期、尚未完成的 2,300 个包裹中，约 1,840 个包裹将超时，通常为 120 个包裹"
        in told.text("zh").facts
    )


def test_a_cohort_tells_the_forecast_that_is_open_for_the_same_part(transition: Callable[..., Transition]) -> None:
    forecast = transition(**DUE_SOON).anomaly
    cohort = transition(metric="collection_24h", touchpoint="logistics", scope={"warehouse": "hz"}, unit="ratio")
    elsewhere = msgspec.structs.replace(cohort, anomaly=msgspec.structs.replace(cohort.anomaly, scope={}))

    assert any("about 1,840 will" in line for line in compose(cohort, WITH_COHORTS, {"f": forecast}, SHANGHAI).lines)
    for told in (compose(elsewhere, WITH_COHORTS, {"f": forecast}, SHANGHAI), compose(cohort, TITLES, {}, SHANGHAI)):
        assert not any("miss their deadline" in line for line in told.lines)
        assert any(line.startswith("If it continues") for line in told.lines)


def test_what_recovers_has_no_forecast(transition: Callable[..., Transition]) -> None:
    lines = compose(transition(state="recovering"), TITLES, {}, SHANGHAI).lines
    assert not any(line.startswith("If it continues") for line in lines)
    lines = compose(transition(state="recovering", **DUE_SOON), WITH_COHORTS, {}, SHANGHAI).lines
    assert not any("miss their deadline" in line for line in lines)


def test_links_lead_to_a_page_that_asks_what_to_do_unless_it_is_over(transition: Callable[..., Transition]) -> None:
    titles = msgspec.structs.replace(TITLES, page_url="https://pharos.example/ops/")
    told = compose(transition(), titles, {}, SHANGHAI)
    over = compose(transition(Change.RESOLVED, state="resolved"), titles, {}, SHANGHAI)

    page = "https://pharos.example/ops/anomalies/f1?do="
    assert [(link.label, link.url) for link in told.text("en").links[2:]] == [
        ("Acknowledge", page + "ack"),
        ("Snooze", page + "snooze"),
        ("Silence", page + "silence"),
    ]
    assert [link.label for link in told.text("zh").links[2:]] == ["认领", "暂缓", "静默"]
    assert len(over.text("en").links) == 2


def test_a_receiver_may_speak_chinese(transition: Callable[..., Transition]) -> None:
    other = msgspec.structs.replace(transition().anomaly, fingerprint="f2", metric="checkout_failed", scope={})
    told = compose(transition(cause_of=["f2"]), TITLES, {"f2": other}, SHANGHAI).text("zh")
    assert told.title == "【严重】支付成功率：71.0%，预期 97.0%（支付方式 alipay）"
    assert told.facts == (
        "2025-11-10 23:58:30 +08:00 起，已 1分钟30秒",
        "影响：最近 1分钟 内约 260 笔订单异常",
        "若持续下去：未来 1 小时内约增加 15,600 笔订单",
        "主要来源：地区 b 50%；地区 c 30%；地区 a 10%；其他 5%",
        "由此引发：checkout_failed：71.0%，预期 97.0%（全店）",
    )
    assert [link.label for link in told.links] == ["仪表盘", "处置手册"]
    assert told.name == "编号：f1，事件 i1"


@pytest.mark.parametrize(
    ("why", "heading"), [(Why.ESCALATED, "【升级为严重】"), (Why.WORSENED, "【加重，严重】"), (Why.REFIRED, "【严重】")]
)
def test_an_update_says_in_chinese_what_changed(transition: Callable[..., Transition], why: Why, heading: str) -> None:
    assert compose(transition(Change.UPDATED, why), TITLES, {}, SHANGHAI).text("zh").title.startswith(heading)


def test_the_end_in_chinese(transition: Callable[..., Transition]) -> None:
    resolved = transition(Change.RESOLVED, state="resolved", value=0.97, ended_at="2025-11-10T16:10:00.000Z")
    told = compose(resolved, TITLES, {}, SHANGHAI).text("zh")
    assert told.title.startswith("【已恢复】")
    assert told.facts == (
        "2025-11-10 23:58:30 +08:00 至 2025-11-11 00:10:00 +08:00，持续 11分钟30秒；最差 70.0%",
        "最严重时的主要来源：地区 b 50%；地区 c 30%；地区 a 10%；其他 5%",
    )


def test_both_languages_know_the_same_phrases_and_the_same_words_in_them() -> None:
    for field in ENGLISH.__struct_fields__:
        english, chinese = (getattr(phrases, field) for phrases in (ENGLISH, CHINESE))
        if field != "dimensions":  # English calls them by their names
            assert _filled_in(english) == _filled_in(chinese), field


def _filled_in(phrase: object) -> object:
    """The names in braces, of each phrase by its key."""
    if isinstance(phrase, str):
        return {name for _, name, _, _ in Formatter().parse(phrase) if name}
    if isinstance(phrase, tuple):
        return _filled_in(phrase[1])
    return {key: _filled_in(value) for key, value in phrase.items()} if isinstance(phrase, dict) else None


def test_digests_speak_the_language_of_what_they_hold(transition: Callable[..., Transition]) -> None:
    told = [compose(transition(fingerprint=f"f{n}", name=f"t{n}"), TITLES, {}, SHANGHAI) for n in range(6)]
    bundle, overflow, digest = (
        bundle_of(told),
        overflow_of(2, told[0]),
        digest_of([transition(fingerprint=f"f{n}") for n in range(12)], TITLES),
    )
    assert bundle.text("zh").title == "【汇总】6 条通知，涉及 6 个异常"
    assert bundle.text("zh").facts[0] == "【严重】支付成功率：71.0%，预期 97.0%（支付方式 alipay）"
    assert overflow.text("zh").title == "【汇总】有 2 条通知未能逐条送达"
    assert digest.text("zh").title == "【汇总】有 12 个未恢复的异常尚未通知"
    assert digest.text("zh").facts[-1] == "另有 2 条"


def test_every_metric_of_the_catalogue_has_a_title_in_both_languages() -> None:
    titles = Titles.of(load().metrics, Settings())
    assert set(titles.english) == set(titles.chinese)


@pytest.mark.parametrize(
    ("state", "language", "line"),
    [
        ("firing", "en", "Contributors: payment_method alipay, region b 92%, others 8%"),
        ("resolved", "en", "Contributors at its worst: payment_method alipay, region b 92%, others 8%"),
        ("resolved", "zh", "最严重时的主要来源：支付方式 alipay，地区 b 92%；其他 8%"),
    ],
)
def test_contributors_add_up_and_are_told_after_the_end(
    transition: Callable[..., Transition], state: str, language: str, line: str
) -> None:
    scope = {"payment_method": "alipay"}
    parts = [Contributor(scope | {"region": "b"}, 0.92, 0.92, 0.0), Contributor(scope, 0.08, 0.08, 0.0)]
    told = compose(transition(state=state, scope=scope, contributors=parts), TITLES, {}, SHANGHAI).text(language)
    assert line in told.facts
