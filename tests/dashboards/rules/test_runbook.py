"""The runbook has a section for whatever leads to it, and its commands are of things that exist."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from dashboards.rules.rule_file import anchor
from streams.catalogue.load import load
from streams.catalogue.runbook import runbook_url
from streams.cli import parser
from tests.dashboards.rules.support.rule_expressions import metric_names

if TYPE_CHECKING:
    from _pytest.fixtures import SubRequest

Rules = list[dict[str, Any]]


@pytest.fixture(scope="module")
def runbook(request: SubRequest) -> str:
    return (request.config.rootpath / "docs" / "runbook.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def anchors(runbook: str) -> list[str]:
    headings = re.findall(r"^#+ (.+)$", runbook, re.MULTILINE)
    return [re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings]


@pytest.fixture(scope="module")
def commands(runbook: str) -> list[str]:
    return re.findall(r"^ {7}(\S.*)$", runbook, re.MULTILINE)


def test_every_alert_has_its_section(rules: Rules, anchors: list[str]) -> None:
    names = {rule["alert"] for group in rules for rule in group["rules"] if "alert" in rule}

    assert names
    assert {anchor(name) for name in names} - set(anchors) == set()


def test_every_metric_of_the_catalogue_has_its_section_once(anchors: list[str]) -> None:
    for metric in load().metrics:
        url = runbook_url(metric.runbook, "https://wiki.example/runbook#")
        assert anchors.count(url.partition("#")[2]) == 1
    assert len(anchors) == len(set(anchors))


def test_the_chinese_runbook_has_a_section_for_every_metric_with_what_is_done_and_the_same_commands(
    runbook: str, commands: list[str], request: SubRequest
) -> None:
    chinese = (request.config.rootpath / "docs" / "runbook.zh.md").read_text(encoding="utf-8")

    for metric in load().judged:
        assert chinese.count(f'<a id="{metric.runbook}"></a>') == 1
        assert f"`{metric.name}`：{metric.title_zh}。" in chinese
    assert set(re.findall(r"^ {7}(\S.*)$", chinese, re.MULTILINE)) <= set(commands)
    assert chinese.count("处置建议：") == runbook.count("To do: ") == len(load().judged)
    assert not re.search(r"\{(where|count)\}|\[[^]]*\|", chinese)


def test_every_link_inside_the_runbook_leads_to_a_heading(
    runbook: str, anchors: list[str], request: SubRequest
) -> None:
    metrics = (request.config.rootpath / "docs" / "metrics.md").read_text(encoding="utf-8").lower()

    assert set(re.findall(r"\]\(#([^)]+)\)", runbook)) <= set(anchors)
    for link in re.findall(r"\]\(metrics\.md#([^)]+)\)", runbook):
        assert f"\n## {link.replace('-', ' ')}\n" in metrics


def test_every_section_says_what_it_means_and_has_an_owner_and_three_checks(runbook: str) -> None:
    sections = re.split(r"^## ", runbook, flags=re.MULTILINE)[1:]

    assert sections
    for section in sections:
        meaning = section.split("\n\n")[1]
        assert re.match(r"[A-Z`].{30,}\.", meaning, re.DOTALL), section[:60]
        assert section.count("- owner: ") == 1
        assert re.findall(r"^(\d)\. ", section, re.MULTILINE) == ["1", "2", "3"]


def test_commands_of_the_runbook_exist(commands: list[str], app_paths: set[str]) -> None:
    for command in commands:
        if found := re.search(r'\$PHAROS(/[^"]*)"', command):
            assert found[1] in app_paths, command
        if command.startswith("pharos ") and "--help" not in command:
            words = command.partition(" | ")[0].split()[1:]
            assert callable(parser().parse_args(words).run)


def test_queries_of_the_runbook_name_what_exists(commands: list[str], declared: set[str]) -> None:
    queries = [found[1] for command in commands if (found := re.search(r"promtool query instant \S+ '(.*)'", command))]
    shown = [found[1] for command in commands if (found := re.search(r"grep \^(\w+)", command))]

    assert queries
    for query in queries:
        assert metric_names(query) <= declared, query
    assert [name for name in shown if not any(real.startswith(name) for real in declared)] == []
