"""Shows the topics that Pharos needs as the brokers have them, says what does not fit and how to put it right.

Exit code 0: all are there and fit (notes may stand beside them); 1: something is missing or wrong.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from streams.cli.flag_values import must_be_partitions
from streams.cli.settings_flags import add_settings, settings_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Mapping

    from streams.broker.survey import Survey
    from streams.topics.check_result import CheckResult
    from streams.topics.wanted import WantedTopic

SUMMARY = "show, create and verify all topics"
SETTINGS = (
    "broker",
    "security",
    "app",
    "source_partitions",
    "cells_partitions",
    "replication_factor",
    "min_insync_replicas",
)
_COLUMNS = (
    ("min.insync.replicas", "in sync"),
    ("cleanup.policy", "policy"),
    ("retention.ms", "kept"),
    ("max.message.bytes", "largest"),
    ("compression.type", "codec"),
    ("message.timestamp.type", "time"),
)


def add_flags(command: argparse.ArgumentParser) -> None:
    """The flags of `pharos topics`."""
    command.add_argument("--create", action="store_true", help="make the topics that are missing, sources included")
    command.add_argument(
        "--partitions", type=int, default=4, help="of source topics that are made and have no number of their own"
    )
    add_settings(command, only=SETTINGS)


def run(flags: argparse.Namespace) -> int:
    """Shows a line for each topic, then the findings."""
    from streams.broker.admin import Admin  # noqa: PLC0415 - `pharos --help` needs no Kafka client
    from streams.broker.connection import Connection  # noqa: PLC0415 - see above
    from streams.broker.detection import BrokerKind, identity_of  # noqa: PLC0415 - see above
    from streams.broker.make_topics import TopicsError, make_topics  # noqa: PLC0415 - see above
    from streams.broker.survey import missing_topics, survey_made, survey_topics  # noqa: PLC0415 - see above
    from streams.catalogue.load import load  # noqa: PLC0415 - see above
    from streams.topics.check_result import Level  # noqa: PLC0415 - see above
    from streams.topics.wanted import wanted_topics  # noqa: PLC0415 - see above

    must_be_partitions("--partitions", flags.partitions)
    settings = settings_of(flags)
    admin = Admin(Connection.of(settings, os.environ))
    metadata = admin.metadata()
    if identity_of(metadata).kind is BrokerKind.EMBEDDED:
        raise TopicsError(
            f"{settings.broker} is an embedded broker, which tells nothing of its topics and makes none: "
            "start it with what is wanted, pharos broker --partitions --cells-partitions"
        )
    vocabulary = load(settings.catalogue, settings.scorecards).vocabulary
    survey = survey_topics(admin, settings, len(metadata.brokers), vocabulary)
    if flags.create and survey.missing:
        wanted = [topic._replace(partitions=topic.partitions or flags.partitions) for topic in survey.missing]
        make_topics(admin, wanted, settings.replication_factor)
        survey = survey_made(admin, settings, len(metadata.brokers), vocabulary)
        print(f"made {', '.join(topic.name for topic in wanted)}", file=sys.stderr)
    _show(wanted_topics(settings, vocabulary), survey)
    findings = [*missing_topics(survey.missing), *survey.findings]
    say(findings)
    return 1 if any(finding.level is Level.WRONG for finding in findings) else 0


def say(findings: Iterable[CheckResult]) -> None:
    """One line for each finding, its level first."""
    for finding in findings:
        print(f"{finding.level.value:5}  {finding}")


def _show(wanted: Iterable[WantedTopic], survey: Survey) -> None:
    rows = [("topic", "partitions", "copies", *(title for _, title in _COLUMNS))]
    for topic in wanted:
        found = survey.found.get(topic.name)
        if found is None:
            rows.append((topic.name, "-", "-", *("" for _ in _COLUMNS)))
            continue
        values = (_shown(key, found.config) for key, _ in _COLUMNS)
        rows.append((topic.name, str(found.partitions), str(found.copies), *values))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _shown(key: str, config: Mapping[str, str] | None) -> str:
    value = (config or {}).get(key, "?")
    if key != "retention.ms" or config is None:
        return value
    if "delete" not in config.get("cleanup.policy", ""):
        return "-"
    return "for ever" if int(value) < 0 else f"{int(value) / 86_400_000:g} d"
