"""Reads settings and catalogue as a worker would, and says what it found, mistakes with place and remedy.

A maintenance window that is over is a note. With --broker, or --live, it also looks at the cluster: a line for each
thing, ok, note or wrong, and what to do. Exit code 1: something is wrong there.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from streams.cli.settings_flags import add_settings, ready_to_bind, settings_of, settings_with_secrets

if TYPE_CHECKING:
    import argparse

    from dashboards.rules.rule import Group
    from streams.catalogue.load import Catalogue
    from streams.events.vocabulary import Vocabulary
    from streams.settings.settings import Settings

SUMMARY = "check settings and catalogue"


def add_flags(command: argparse.ArgumentParser) -> None:
    """The flags of `pharos check`."""
    command.add_argument("--markdown", action="store_true", help="print the page of the metrics (docs/metrics.md)")
    command.add_argument("--asyncapi", action="store_true", help="print the AsyncAPI document (docs/asyncapi.yaml)")
    command.add_argument("--rules", action="store_true", help="print the Prometheus rules (deploy/prometheus)")
    command.add_argument("--runbook", action="store_true", help="print the runbook (docs/runbook.md)")
    command.add_argument(
        "--language", choices=("en", "zh"), default="en", help="of the runbook (docs/runbook.zh.md is the Chinese one)"
    )
    command.add_argument("--live", action="store_true", help="look at the brokers too (always so with --broker)")
    add_settings(command)


def run(flags: argparse.Namespace) -> int:
    """Says what is set and what is watched."""
    from streams.catalogue.load import load  # noqa: PLC0415 - `pharos --help` needs no catalogue
    from streams.catalogue.page import page  # noqa: PLC0415 - see above

    if flags.asyncapi:
        from streams.topics.asyncapi import text  # noqa: PLC0415 - see above

        print(text(load(settings_of(flags).catalogue).vocabulary), end="")
        return 0
    settings = settings_with_secrets(flags)
    tokens = ready_to_bind(settings)
    catalogue = load(settings.catalogue, settings.scorecards, settings.lean)
    if flags.markdown:
        print(page(catalogue), end="")
        return 0
    if flags.rules or flags.runbook:
        made = _rules(settings, catalogue) if flags.rules else _runbook(settings, catalogue, flags.language)
        print(made, end="")
        return 0
    names = ", ".join(metric.name for metric in catalogue.metrics)
    print(f"settings are valid: broker {settings.broker}, page on {settings.host}:{settings.port}")
    print(f"catalogue is valid: {len(catalogue.metrics)} metrics ({names}), hash {catalogue.hash}")
    for card in catalogue.scorecards:
        of = f" of each {card.of}" if card.of else ""
        example = ", an example" if card.example else ""
        print(f"scorecard {card.name} is valid from {card.valid_from}{of}: {len(card.indicators)} indicators{example}")
    _say_lean(settings, catalogue)
    if tokens:
        in_part = sum(not token.data_scope.whole for token in tokens)
        print(f"tokens are valid: {len(tokens)}, {in_part} of them for a part of the data")
    _say_mappings(settings, catalogue)
    _say_what_is_over(settings)
    if not (flags.live or flags.broker):
        return 0
    return _live(settings, catalogue.vocabulary)


def _say_lean(settings: Settings, catalogue: Catalogue) -> None:
    from streams.catalogue.load import load  # noqa: PLC0415 - see above

    if settings.lean:
        before = load(settings.catalogue).by_name
        lean = [metric.name for metric in catalogue.metrics if metric.lean]
        without = [metric.name for metric in catalogue.metrics if metric.scopes != before[metric.name].scopes]
        print(f"lean by {', '.join(settings.lean)}: {len(lean)} metrics ({', '.join(lean)})")
        print(f"not counted by {', '.join(settings.lean)}, as they cannot be lean: {', '.join(without) or 'none'}")


def _say_mappings(settings: Settings, catalogue: Catalogue) -> None:
    from streams.mapping.book import Mappings  # noqa: PLC0415 - see above

    for name, entry in Mappings.of(settings.mappings, catalogue.vocabulary).by_name.items():
        topics = ", ".join(entry.topics) or "no topic"
        print(f"mapping {name} is valid: from {topics} to {', '.join(sorted(entry.mapper.types)) or 'nothing'}")


def _say_what_is_over(settings: Settings) -> None:
    from streams.register.maintenance_rules import windows_over  # noqa: PLC0415 - `pharos --help` needs no settings

    for index, what in windows_over(settings.maintenance, int(time.time() * 1000)):
        print(f"note   maintenance[{index}]: {what}")


def _rules(settings: Settings, catalogue: Catalogue) -> str:
    from dashboards.rules.rule_file import text  # noqa: PLC0415 - `pharos --help` needs no rules

    host = next(iter(settings.allowed_hosts), settings.host)
    board_url = settings.board_url or f"http://{host}:{settings.port}/"
    return text(_groups(settings, catalogue), board_url, settings.runbook_base_url)


def _runbook(settings: Settings, catalogue: Catalogue, language: str) -> str:
    from dashboards.rules.runbook import runbook, runbook_zh  # noqa: PLC0415 - see above

    if language == "zh":
        return runbook_zh(catalogue)
    return runbook(catalogue, _groups(settings, catalogue))


def _groups(settings: Settings, catalogue: Catalogue) -> list[Group]:
    from dashboards.rules.rule_file import groups  # noqa: PLC0415 - see above
    from streams.cli.rule_thresholds import thresholds_of  # noqa: PLC0415 - see above

    return groups(catalogue, thresholds_of(settings, catalogue))


def _live(settings: Settings, vocabulary: Vocabulary) -> int:
    from streams.broker.checkup import check_up  # noqa: PLC0415 - needs Kafka's clients, the rest does not
    from streams.broker.connection import Connection  # noqa: PLC0415 - see above
    from streams.cli.topics import say  # noqa: PLC0415 - see above
    from streams.topics.check_result import Level  # noqa: PLC0415 - see above

    findings = check_up(settings, Connection.of(settings, os.environ), vocabulary)
    say(findings)
    return 1 if any(finding.level is Level.WRONG for finding in findings) else 0
