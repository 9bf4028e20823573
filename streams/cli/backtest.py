"""Runs an events file through ingest, merge, detectors and incidents without a broker, and writes report.json."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from streams.cli.flag_values import file_path, must_be_partitions, must_be_writable
from streams.cli.settings_flags import add_settings, settings_with_names

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping
    from typing import Any

SUMMARY = "find the anomalies of an events file, without a broker"


def add_flags(command: argparse.ArgumentParser) -> None:
    """The flags of `pharos backtest`."""
    command.add_argument("file", type=file_path, metavar="FILE", help="events.jsonl, or .gz")
    command.add_argument("--report", type=file_path, required=True, metavar="FILE", help="report.json to write")
    command.add_argument(
        "--truth", type=file_path, metavar="FILE", help="truth.json: adds recall, precision, time to detect"
    )
    command.add_argument("--partitions", type=int, help="of each source topic; absent, as recorded, or 4")
    live = ("broker", "time", "app", "host", "port", "allowed_hosts", "tokens_file", "state_dir")
    add_settings(command, leave_out=live)


def run(flags: argparse.Namespace) -> int:
    """Writes the report."""
    import orjson  # noqa: PLC0415 - `pharos --help` needs no NumPy

    from streams.catalogue.load import load  # noqa: PLC0415 - see above
    from streams.offline.backtest import backtest  # noqa: PLC0415 - see above
    from streams.offline.dead_letter_reasons import in_words  # noqa: PLC0415 - see above
    from streams.offline.events_file import read  # noqa: PLC0415 - see above
    from streams.offline.scenario import check_scenario, partitions_of  # noqa: PLC0415 - see above
    from streams.offline.truth import read_truth  # noqa: PLC0415 - see above
    from streams.topics.names import ACTIONS_TOPIC  # noqa: PLC0415 - see above
    from streams.topics.sources import sources_of  # noqa: PLC0415 - see above

    if flags.partitions is not None:
        must_be_partitions("--partitions", flags.partitions)
    must_be_writable("--report", flags.report)
    settings = settings_with_names(flags)
    catalogue = load(settings.catalogue)
    truth = None if flags.truth is None else read_truth(flags.truth)
    topics = [source.name for source in sources_of(settings, catalogue.vocabulary)]
    scenario, lines = read(flags.file, [*topics, ACTIONS_TOPIC])
    check_scenario(settings, scenario, str(flags.file))
    partitions = partitions_of(scenario, topics, flags.partitions, str(flags.file))
    report = backtest(lines, scenario, settings, catalogue, partitions=partitions, truth=truth, progress=sys.stderr)
    flags.report.write_bytes(orjson.dumps(report, option=orjson.OPT_INDENT_2) + b"\n")
    for words in in_words(report["dead_letter_reasons"]):
        print(words, file=sys.stderr)
    print(_summary(report), file=sys.stderr)
    return 0


def _summary(report: Mapping[str, Any]) -> str:
    text = f"{report['events_read']:,} records, {len(report['anomalies'])} anomalies in {report['wall_seconds']:.1f} s"
    if report.get("recall") is None:
        return text
    precision = report["precision"]
    shown = "none" if precision is None else f"{precision:.2f}"
    return f"{text}; recall {report['recall']:.2f}, precision {shown}"
