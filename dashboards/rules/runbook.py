"""The runbook: docs/runbook.md, a section for every alert and for every `runbook` key of the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.rules.metric_sections import CHINESE, ENGLISH, metric_sections, steps
from dashboards.rules.rule import Alert

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dashboards.rules.rule import Group
    from streams.catalogue.load import Catalogue

_HEAD = """\
# Runbook

One section for each alert of Prometheus (deploy/prometheus) and for each metric: what it means, who owns it, and the
first three checks. The words are in the [glossary](glossary.md).

`pharos check --runbook > docs/runbook.md` writes this page; a test compares. To make alerts and anomalies link to their
section, set `runbook_base_url` to the address of this page, with `#` at its end. The commands read the addresses of a
worker, of Prometheus and of a broker from the environment. If the worker needs tokens, add
`-H "Authorization: Bearer $TOKEN"` to curl.

    export PHAROS=http://127.0.0.1:6066 PROMETHEUS=http://127.0.0.1:9090 BROKER=localhost:19092

# Alerts of Prometheus
"""
_LEVELS = """\
## Scorecard level

A scorecard ([scorecards](scorecards.md)) loses a level tonight as today goes, or lost it at midnight. The message says
the figure of 30 days, the level, and the figure at which it is lost; `chance` of the API says how likely that is. What
can be scored is listed in [the metrics](metrics.md#scorecard-level). If an anomaly of the indicator itself is open, it
is the cause: work on that one.

- owner: whoever answers for the indicator; for the score itself, the shop's management

1. The scores, what loses a level first.

       curl -s "$PHAROS/api/v1/scorecards" | python3 -m json.tool

2. How far the figure is from its limit: (limit - tonight) x cases more good ones before midnight would keep the level.

       curl -s "$PHAROS/metrics" | grep '^pharos_rolling'

3. What today did to it: the anomalies that are open at the same touchpoint.

       curl -s "$PHAROS/api/v1/anomalies" | python3 -m json.tool
"""
_HEAD_ZH = """\
# 处置手册

目录中的每个指标一节：含义、负责人、一线处置建议与最初三步排查。Prometheus 自身告警的章节见[英文版](runbook.md)。

本页由 `pharos check --runbook --language zh > docs/runbook.zh.md` 生成，测试会核对。
将 `runbook_base_url_zh` 设为本页地址（以 `#` 结尾），中文通知即链接到对应章节。
命令从环境变量读取 worker、Prometheus 与 broker 的地址；若 worker 需要令牌，请在 curl 中加上
`-H "Authorization: Bearer $TOKEN"`。

    export PHAROS=http://127.0.0.1:6066 PROMETHEUS=http://127.0.0.1:9090 BROKER=localhost:19092
"""
_LEVELS_ZH = """\
<a id="scorecard-level"></a>

## 评分等级

评分卡将在今晚失去一个等级，或已在零点失去（[评分卡，英文](scorecards.md)）。若该指标本身有未恢复的异常，请先处理该异常。

- 负责人：该指标的负责人；总分由店铺管理层负责

1. 评分，最先失去等级的在前。

       curl -s "$PHAROS/api/v1/scorecards" | python3 -m json.tool

2. 距离界限还有多远。

       curl -s "$PHAROS/metrics" | grep '^pharos_rolling'

3. 今天的影响：同一触点未恢复的异常。

       curl -s "$PHAROS/api/v1/anomalies" | python3 -m json.tool
"""


def runbook(catalogue: Catalogue, groups: list[Group]) -> str:
    """Markdown, in English."""
    alerts: dict[str, list[Alert]] = {}
    for group in groups:
        for rule in group.rules:
            if isinstance(rule, Alert):
                alerts.setdefault(rule.name, []).append(rule)
    parts = [_HEAD, *("\n".join(_alert(name, rules)) for name, rules in alerts.items()), "# Metrics\n"]
    return "\n".join([*parts, *metric_sections(catalogue, ENGLISH), _LEVELS])


def runbook_zh(catalogue: Catalogue) -> str:
    """Markdown, in Chinese: what Chinese messages link to, which are about metrics."""
    return "\n".join([_HEAD_ZH, *metric_sections(catalogue, CHINESE), _LEVELS_ZH])


def _alert(name: str, rules: list[Alert]) -> Iterator[str]:
    section = rules[0].section
    yield f"## {name}\n"
    yield f"{section.meaning}\n"
    yield "- fires: " + ", ".join(f"{rule.severity} {_after(rule.for_s)}" for rule in rules)
    yield f"- owner: {section.owner}\n"
    yield from steps(section.checks)


def _after(seconds: int) -> str:
    return f"after {seconds} s" if seconds else "immediately"
