"""The sections of the runbook about metrics, in the languages of messages."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from dashboards.rules.anomaly_alerts import OWNERS
from dashboards.rules.checks import OPEN, most_surprising, shown
from streams.catalogue.action import by_itself
from streams.telemetry.metrics import prometheus_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dashboards.rules.rule import Check
    from streams.catalogue.load import Catalogue
    from streams.catalogue.metric import Metric


class Words(NamedTuple):
    """One language. Words in braces are filled in.

    Attributes:
        heading: of a section; `key` is its anchor.
        bad: by direction.
        shows: what the three checks show.

    """

    heading: str
    bad: Mapping[str, str]
    metric: str
    to_do: str
    causes: str
    comma: str
    owner: str
    owners: Mapping[str, str]
    shows: tuple[str, str, str]


ENGLISH: Final = Words(
    heading="## {title}\n",
    bad={"up": "rises", "down": "falls", "both": "rises or falls"},
    metric="`{name}`: {title}. It is bad when it {bad}. [What it counts](metrics.md#{key}).\n",
    to_do="To do: {action}\n",
    causes="Check the possible causes first: {causes}.\n",
    comma=", ",
    owner="- owner: {owner}\n",
    owners=OWNERS,
    shows=(OPEN.shows, "The scopes with the highest score.", "Its current value, by scope."),
)
CHINESE: Final = Words(
    heading='<a id="{key}"></a>\n\n## {title}\n',
    bad={"up": "升高", "down": "降低", "both": "升高或降低"},
    metric="`{name}`：{title}。{bad}为异常。[统计口径（英文）](metrics.md#{key})。\n",
    to_do="处置建议：{action}\n",
    causes="请先排查可能的起因：{causes}。\n",
    comma="、",
    owner="- 负责人：{owner}\n",
    owners={
        "page": "店铺页面负责人",
        "consultation": "客服主管",
        "order": "订单与支付负责人",
        "logistics": "仓储与承运负责人",
        "aftersale": "退款审核负责人",
        "dispute": "纠纷处理负责人",
        "feedback": "服务质量负责人",
        "pipeline": "向各主题写入数据的系统负责人",
    },
    shows=("未恢复的异常，含起因、主要来源与摘要。", "异常分最高的范围。", "当前值，按范围。"),
)


def metric_sections(catalogue: Catalogue, words: Words) -> Iterator[str]:
    """A section for every `runbook` key of the catalogue."""
    metrics: dict[str, list[Metric]] = {}
    for metric in catalogue.judged:
        if not metric.runbook.startswith(("https://", "http://")):
            metrics.setdefault(metric.runbook or metric.name, []).append(metric)
    for key, group in metrics.items():
        yield "\n".join(_section(key, group, words))


def steps(checks: tuple[Check, ...]) -> Iterator[str]:
    """Numbered, each with its command."""
    for number, check in enumerate(checks, 1):
        yield f"{number}. {check.shows}\n\n       {check.command}\n"


def _section(key: str, metrics: list[Metric], words: Words) -> Iterator[str]:
    chinese = words is CHINESE
    title = (metrics[0].title_zh or metrics[0].title) if chinese else key.replace("-", " ").capitalize()
    yield words.heading.format(key=key, title=title)
    for metric in metrics:
        called = (metric.title_zh or metric.title) if chinese else metric.title
        yield words.metric.format(name=metric.name, title=called, bad=words.bad[metric.direction], key=key)
        action = (metric.action_zh or metric.action) if chinese else metric.action
        if action:
            yield words.to_do.format(action=by_itself(action))
    causes = list(dict.fromkeys(cause for metric in metrics for cause in metric.symptom_of))
    if causes:
        yield words.causes.format(causes=words.comma.join(f"`{cause}`" for cause in causes))
    yield words.owner.format(owner=words.owners[metrics[0].touchpoint])
    checks = (
        OPEN,
        most_surprising([metric.name for metric in metrics]),
        shown("", prometheus_name(metrics[0])),
    )
    told = zip(checks, words.shows, strict=True)
    yield from steps(tuple(replace(check, shows=shows) for check, shows in told))
