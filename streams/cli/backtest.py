"""Runs an events file through ingest, merge, detectors and incidents without a broker, and writes report.json."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from streams.cli.flag_values import file_path, must_be_partitions, must_be_writable
from streams.cli.settings_flags import add_settings, given, settings_with_names

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping
    from contextlib import AbstractContextManager
    from typing import IO, Any

    from streams.offline.run_story import Side
    from streams.settings.settings import Settings

SUMMARY = "find the anomalies of an events file, without a broker"


def add_flags(command: argparse.ArgumentParser) -> None:
    """The flags of `pharos backtest`."""
    command.add_argument("file", type=file_path, metavar="FILE", help="events.jsonl, or .gz")
    command.add_argument("--report", type=file_path, required=True, metavar="FILE", help="report.json to write")
    command.add_argument(
        "--truth", type=file_path, metavar="FILE", help="truth.json: adds recall, precision, time to detect"
    )
    command.add_argument(
        "--against",
        type=file_path,
        metavar="FILE",
        help="settings or a catalogue to hold the run against: prints both side by side, and adds it to the report",
    )
    command.add_argument(
        "--html", type=file_path, metavar="FILE", help="page to write: courses, anomalies, truth and messages"
    )
    command.add_argument(
        "--openmetrics", type=file_path, metavar="FILE", help="what /metrics says each minute, for promtool and Grafana"
    )
    command.add_argument("--partitions", type=int, help="of each source topic; absent, as recorded, or 4")
    live = ("broker", "time", "app", "host", "port", "allowed_hosts", "tokens_file", "state_dir")
    add_settings(command, leave_out=live)


def run(flags: argparse.Namespace) -> int:
    """Writes the report, and what else is asked for."""
    import orjson  # noqa: PLC0415 - `pharos --help` needs no NumPy

    from streams.offline.comparison import compared  # noqa: PLC0415 - see above
    from streams.offline.comparison_words import in_words as compared_in_words  # noqa: PLC0415 - see above
    from streams.offline.dead_letter_reasons import in_words  # noqa: PLC0415 - see above
    from streams.offline.other_side import other_side  # noqa: PLC0415 - see above
    from streams.offline.truth import read_truth  # noqa: PLC0415 - see above

    if flags.partitions is not None:
        must_be_partitions("--partitions", flags.partitions)
    for name in ("report", "html", "openmetrics"):
        must_be_writable(f"--{name}", getattr(flags, name))
    settings = settings_with_names(flags)
    other = None if flags.against is None else other_side(flags.against, settings, os.environ, given(flags))
    truth = None if flags.truth is None else read_truth(flags.truth)
    with _minutes(flags.openmetrics or flags.html) as own_minutes, _minutes(flags.html) as other_minutes:
        sides = [_side(flags, settings, _own_name(flags), truth, own_minutes)]
        report = sides[0].played.report
        if other is not None:
            sides.append(_side(flags, other.settings, flags.against.name, truth, other_minutes))
            report["against"] = compared(sides[0].played, sides[1].played, str(flags.against), other.kind)
        flags.report.write_bytes(orjson.dumps(report, option=orjson.OPT_INDENT_2) + b"\n")
        if own_minutes is not None:
            _write_further(flags, sides, truth)
    for words in in_words(report["dead_letter_reasons"]):
        print(words, file=sys.stderr)
    print(_summary(report), file=sys.stderr)
    if other is not None:
        print(compared_in_words(report["against"], (sides[0].name, sides[1].name)))
    return 0


def _minutes(out: Path | None) -> AbstractContextManager[IO[bytes] | None]:
    """A file for what is said each minute, where something is written of that: beside it, for there is room."""
    return contextlib.nullcontext() if out is None else tempfile.TemporaryFile(dir=out.resolve().parent)


def _side(
    flags: argparse.Namespace,
    settings: Settings,
    name: str,
    truth: list[dict[str, Any]] | None,
    minutes: IO[bytes] | None,
) -> Side:
    """One run over the file."""
    from streams.catalogue.load import load  # noqa: PLC0415 - `pharos --help` needs no NumPy
    from streams.offline.backtest import play  # noqa: PLC0415 - see above
    from streams.offline.events_file import read  # noqa: PLC0415 - see above
    from streams.offline.run_story import Side  # noqa: PLC0415 - see above
    from streams.offline.scenario import check_scenario, partitions_of  # noqa: PLC0415 - see above
    from streams.topics.names import ACTIONS_TOPIC  # noqa: PLC0415 - see above
    from streams.topics.sources import sources_of  # noqa: PLC0415 - see above

    catalogue = load(settings.catalogue, settings.scorecards, settings.lean)
    topics = [source.name for source in sources_of(settings, catalogue.vocabulary)]
    scenario, lines = read(flags.file, [*topics, ACTIONS_TOPIC])
    check_scenario(settings, scenario, str(flags.file))
    partitions = partitions_of(scenario, topics, flags.partitions, str(flags.file))
    played = play(
        lines,
        scenario,
        settings,
        catalogue,
        partitions=partitions,
        truth=truth,
        progress=sys.stderr,
        minutes=minutes,
    )
    return Side(name, played, catalogue)


def _own_name(flags: argparse.Namespace) -> str:
    """What the run is called beside the one it is held against."""
    file = flags.catalogue or flags.config
    name = "shipped" if file is None else Path(file).name
    return f"{name} (this)" if flags.against is not None and name == flags.against.name else name


def _write_further(flags: argparse.Namespace, sides: list[Side], truth: list[dict[str, Any]] | None) -> None:
    """OpenMetrics and the page."""
    from dashboards.rehearsal import page  # noqa: PLC0415 - `pharos --help` needs no NumPy
    from streams.offline.openmetrics import write_openmetrics  # noqa: PLC0415 - see above
    from streams.offline.run_story import story  # noqa: PLC0415 - see above

    own = sides[0]
    if flags.openmetrics is not None and own.played.run.minutes is not None:
        with flags.openmetrics.open("wb", 1 << 20) as out:
            write_openmetrics(out, own.played.run.minutes, own.played.run.transitions, own.catalogue.metrics)
    if flags.html is not None:
        zone = own.played.run.settings.timezone
        told = story(flags.file.name, zone, sides, truth, own.played.report.get("against"))
        flags.html.write_bytes(page(told))


def _summary(report: Mapping[str, Any]) -> str:
    text = f"{report['events_read']:,} records, {len(report['anomalies'])} anomalies in {report['wall_seconds']:.1f} s"
    if report.get("recall") is None:
        return text
    precision = report["precision"]
    shown = "none" if precision is None else f"{precision:.2f}"
    return f"{text}; recall {report['recall']:.2f}, precision {shown}"
