"""What a notification is made of, in the languages that receivers speak. The words are the page's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from streams.alerts.words.dimension_words import CHINESE_DIMENSIONS
from streams.records.figures import amount, duration
from streams.records.staffing_words import MISSING, SENTENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_LONG_S = 600  # seconds beyond it are shown as a time span
_SUFFIXES = {
    " s/min": "秒/分钟",
    "/min": "/分钟",
    " per 1,000": "/千单",
    " per 10,000": "/万",
    " a day": "/天",
    " s": "秒",
}


class Phrases(msgspec.Struct, frozen=True, kw_only=True):
    """One language. Words in braces are filled in; the functions say a value with its unit, and a time span.

    Attributes:
        dimensions: what they are called, where that is not their name.
        everywhere, nothing: a scope without dimensions, and a dimension without a value.

    """

    dimensions: Mapping[str, str]
    everywhere: str
    nothing: str
    place: str
    places: str
    amount: Callable[[float, str], str]
    duration: Callable[[int], str]
    severity: Mapping[str, str]
    news: Mapping[str, str]
    title: str
    headline: str
    limit: str
    level_at_risk: str
    level_lost: str
    since: str
    span: str
    over: str
    toll: str
    impact: str
    forecast: str
    due_soon: str
    staffing: str
    agents_missing: tuple[str, str]
    agents_ahead: str
    agents_to_spare: str
    spare: str
    action: str
    worth: str
    events: Mapping[str, str]
    contributors: str
    contributors_then: str
    contributor: str
    others: str
    cause: str
    symptoms: str
    also: str
    board: str
    runbook: str
    acts: Mapping[str, str]
    link: str
    name: str
    comma: str
    semicolon: str
    more: str
    digest: str
    untold: tuple[str, str]
    bundle: tuple[str, str]
    overflow: tuple[str, str]
    last: str
    acked: str
    maintenance_begins: str
    maintenance_over: tuple[str, str]
    quiet: str


def duration_zh(ms: int) -> str:
    """A time span in its two largest units, in Chinese.

    >>> duration_zh(45_000), duration_zh(750_000), duration_zh(7_500_000)
    ('45秒', '12分钟30秒', '2小时5分钟')
    """
    text = duration(ms)
    for english, chinese in ((" min", "分钟"), (" h", "小时"), (" s", "秒")):
        text = text.replace(english, chinese)
    return text.replace(" ", "")


def amount_zh(value: float, unit: str) -> str:
    """A value with its unit, in Chinese.

    >>> amount_zh(0.7104, "ratio"), amount_zh(1234.5, "per_minute"), amount_zh(93_600, "seconds")
    ('71.0%', '1,234/分钟', '26小时')
    """
    if unit == "seconds" and _LONG_S <= abs(value) < float("inf"):
        return ("-" if value < 0 else "") + duration_zh(round(abs(value)) * 1000)
    text = amount(value, unit)
    if text == "unknown":
        return "未知"
    for english, chinese in _SUFFIXES.items():
        if text.endswith(english):
            return text.removesuffix(english) + chinese
    return text


ENGLISH = Phrases(
    dimensions={},
    everywhere="overall",
    nothing="(none)",
    place="{dimension} {value}",
    places=", ",
    amount=amount,
    duration=duration,
    severity={"critical": "CRITICAL", "warning": "WARNING", "info": "INFO"},
    news={
        "": "{severity}",
        "resolved": "RESOLVED",
        "stale": "RESOLVED, too little data to judge",
        "retired": "RESOLVED, no longer monitored",
        "escalated": "now {severity}",
        "worsened": "worse, {severity}",
        "snooze over": "snooze over, {severity}",
        "silence over": "silence over, {severity}",
        "maintenance over": "maintenance over, {severity}",
        "inhibition over": "{severity}",
        "unacked": "not acknowledged, {severity}",
        "still open": "still open, {severity}",
    },
    title="[{news}] {headline}",
    headline="{title}: {value}, expected {expected}{limit} ({where})",
    limit=", limit {limit}",
    level_at_risk="{title}: {value} tonight, level {level} is lost at {limit} ({where})",
    level_lost="{title}: {value}, level {level} was lost at {limit} ({where})",
    since="Since {start}, for {lasts}",
    span="From {start} to {end}, {lasts}; at worst {peak}",
    over="; over after {lasts}, at worst {peak}",
    toll="; about {affected} {what} affected in total",
    impact="Impact: about {affected} {what} affected in the last {window}",
    forecast="If it continues: about {affected} more {what} in the next hour",
    due_soon="Forecast: of {open} open {what} due within 2 h about {missed} will miss their deadline, usually {usual}",
    staffing=f"Staffing: {SENTENCE}",
    agents_missing=MISSING,
    agents_ahead="Agents needed in 15 min: {soon}, in 30 min: {later}",
    agents_to_spare="Agents to spare: {named}. Consider moving some of them.",
    spare="queue {queue} {count}",
    action="To do: {what}",
    worth=", worth about {currency} {money}",
    events={
        "": "events",
        "page": "page views",
        "consultation": "contacts",
        "order": "orders",
        "logistics": "parcels",
        "aftersale": "requests",
        "dispute": "disputes",
        "feedback": "answers",
        "money": "in money",
    },
    contributors="Contributors: {named}",
    contributors_then="Contributors at its worst: {named}",
    contributor="{where} {share}",
    others="others {share}",
    cause="Caused by: {named}",
    symptoms="Symptoms: {named}",
    also="Symptoms, not notified separately: {named}",
    board="Board",
    runbook="Runbook",
    acts={"ack": "Acknowledge", "snooze": "Snooze", "silence": "Silence"},
    link="{label}: {url}",
    name="Id: {fingerprint}, incident {incident}",
    comma=", ",
    semicolon="; ",
    more="+{count} more",
    digest="DIGEST",
    untold=("1 open anomaly that nobody was notified of", "{count} open anomalies that nobody was notified of"),
    bundle=(
        "{count} notifications at once, all of one anomaly",
        "{count} notifications at once, of {anomalies} anomalies",
    ),
    overflow=("1 notification could not be delivered", "{count} notifications could not be delivered one by one"),
    last="The last was: {title}",
    acked="Acknowledged by {actor}",
    maintenance_begins="Maintenance begins: {name}, until {ends}",
    maintenance_over=("Maintenance is over: {name}", "Maintenance is over: {name}; still open: {count}"),
    quiet="No notifications for what matches {matchers}",
)
CHINESE = Phrases(
    dimensions=CHINESE_DIMENSIONS,
    everywhere="全店",
    nothing="（无）",
    place="{dimension} {value}",
    places="，",
    amount=amount_zh,
    duration=duration_zh,
    severity={"critical": "严重", "warning": "警告", "info": "提示"},
    news={
        "": "{severity}",
        "resolved": "已恢复",
        "stale": "已结束，数据不足以判断",
        "retired": "已结束，不再监测",
        "escalated": "升级为{severity}",
        "worsened": "加重，{severity}",
        "snooze over": "暂缓到期，{severity}",
        "silence over": "静默到期，{severity}",
        "maintenance over": "维护结束，{severity}",
        "inhibition over": "{severity}",
        "unacked": "无人认领，{severity}",
        "still open": "仍未恢复，{severity}",
    },
    title="【{news}】{headline}",
    headline="{title}：{value}，预期 {expected}{limit}（{where}）",
    limit="，限值 {limit}",
    level_at_risk="{title}：预计今晚 {value}，跌破 {limit} 将失去 {level} 级（{where}）",
    level_lost="{title}：{value}，已跌破 {limit}，失去 {level} 级（{where}）",
    since="{start} 起，已 {lasts}",
    span="{start} 至 {end}，持续 {lasts}；最差 {peak}",
    over="；持续 {lasts}，最差 {peak}",
    toll="；共约 {affected} {what}异常",
    impact="影响：最近 {window} 内约 {affected} {what}异常",
    forecast="若持续下去：未来 1 小时内约增加 {affected} {what}",
    due_soon="预测：2 小时内到期、尚未完成的 {open} {what}中，约 {missed} {what}将超时，通常为 {usual} {what}",
    staffing=(
        "人力：队列 {queue} 还需 {missing}（现有 {staffed}，需要 {needed}），才能在 {within}内接起 {target}；"
        "照此下去，15 分钟后仅 {level} 能及时接起"
    ),
    agents_missing=("1 名客服", "{count} 名客服"),
    agents_ahead="15 分钟后需要客服 {soon} 名，30 分钟后 {later} 名",
    agents_to_spare="有富余客服的队列：{named}。可考虑调配。",
    spare="{queue} {count} 名",
    action="处置建议：{what}",
    worth="，金额约 {currency} {money}",
    events={
        "": "个事件",
        "page": "次访问",
        "consultation": "次咨询",
        "order": "笔订单",
        "logistics": "个包裹",
        "aftersale": "个申请",
        "dispute": "起纠纷",
        "feedback": "条反馈",
        "money": "金额",
    },
    contributors="主要来源：{named}",
    contributors_then="最严重时的主要来源：{named}",
    contributor="{where} {share}",
    others="其他 {share}",
    cause="起因：{named}",
    symptoms="由此引发：{named}",
    also="不再单独通知：{named}",
    board="仪表盘",
    runbook="处置手册",
    acts={"ack": "认领", "snooze": "暂缓", "silence": "静默"},
    link="{label}：{url}",
    name="编号：{fingerprint}，事件 {incident}",
    comma="；",
    semicolon="；",
    more="另有 {count} 条",
    digest="汇总",
    untold=("有 1 个未恢复的异常尚未通知", "有 {count} 个未恢复的异常尚未通知"),
    bundle=("{count} 条通知，涉及 1 个异常", "{count} 条通知，涉及 {anomalies} 个异常"),
    overflow=("有 1 条通知未能送达", "有 {count} 条通知未能逐条送达"),
    last="最后一条：{title}",
    acked="{actor} 已认领",
    maintenance_begins="维护开始：{name}，至 {ends}",
    maintenance_over=("维护结束：{name}", "维护结束：{name}；仍有 {count} 个异常未恢复"),
    quiet="匹配 {matchers} 的异常暂不通知",
)
LANGUAGES: dict[str, Phrases] = {"en": ENGLISH, "zh": CHINESE}
