"""Writes the records of the source topics of a cluster as an events file, in the order in which they came.

Feedback of pharos-actions stands between them at its own time, for it changes what is found.
`pharos backtest` of it, with the same settings, finds what a worker found. The file holds what the records hold, people
too: it is made for its owner only. With --mask ids and customers are replaced by pseudonyms, each the same throughout
the file, and only the fields that the types of events list are kept; dimensions, times and amounts stay.
"""

from __future__ import annotations

import os
import secrets
import sys
import time
from datetime import UTC
from typing import TYPE_CHECKING

from streams.cli.flag_values import file_path, moments_of, must_be_writable, must_lie
from streams.cli.settings_flags import add_settings, settings_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path
    from typing import Any

    from streams.offline.mask import Mask
    from streams.offline.record_line import LineMaker
    from streams.offline.recorder import Recorded, Recorder

SUMMARY = "write the source topics of a cluster as an events file"


def add_flags(command: argparse.ArgumentParser) -> None:
    """The flags of `pharos record`."""
    command.add_argument("--out", type=file_path, required=True, metavar="FILE", help="events.jsonl, or .gz")
    command.add_argument("--from", dest="begins", metavar="TIME", help="RFC 3339; absent, all that the topics keep")
    command.add_argument("--to", dest="ends", metavar="TIME", help="RFC 3339; absent, as far as the topics reach")
    command.add_argument("--topics", metavar="X", help="some of the source topics only, separated by commas")
    command.add_argument("--mask", action="store_true", help="pseudonyms instead of ids and customers")
    command.add_argument("--patience", type=float, default=60.0, metavar="S", help="seconds without an answer, at most")
    add_settings(command, only=("broker", "security", "app", "catalogue", "evaluate_from"))


def run(flags: argparse.Namespace) -> int:
    """Writes the file, or what was read until Ctrl-C."""
    from streams.broker.connection import Connection  # noqa: PLC0415 - `pharos --help` needs no Kafka client
    from streams.broker.detection import BrokerKind, identify  # noqa: PLC0415 - see above
    from streams.catalogue.load import load  # noqa: PLC0415 - see above
    from streams.cli.errors import UsageError  # noqa: PLC0415 - see above
    from streams.cli.interrupt import stop_on_signals  # noqa: PLC0415 - see above
    from streams.offline.mask import KEY_BYTES, Mask  # noqa: PLC0415 - see above
    from streams.offline.record_line import LineMaker  # noqa: PLC0415 - see above
    from streams.offline.recorder import Recorder  # noqa: PLC0415 - see above
    from streams.topics.names import ACTIONS_TOPIC  # noqa: PLC0415 - see above
    from streams.topics.sources import sources_of  # noqa: PLC0415 - see above

    must_be_writable("--out", flags.out)
    must_lie("--patience", flags.patience, 1, 3_600)
    moments = moments_of(flags)
    begins, ends = moments.get("from"), moments.get("to")
    if begins is not None and ends is not None and begins >= ends:
        raise UsageError("--from must be before --to")
    settings = settings_of(flags)
    vocabulary = load(settings.catalogue, settings.scorecards).vocabulary
    sources = sources_of(settings, vocabulary)
    topics = _chosen(flags.topics, [*(source.name for source in sources), ACTIONS_TOPIC])
    mapped = {source.name for source in sources if source.mapping}
    if flags.mask and (raw := [topic for topic in topics if topic in mapped]):
        chosen = ",".join(topic for topic in topics if topic not in raw)
        raise UsageError(f"--mask cannot mask the raw records of {', '.join(raw)}; leave them out: --topics {chosen}")
    connection = Connection.of(settings, os.environ)
    by_time = identify(connection).kind is not BrokerKind.EMBEDDED
    recorder = Recorder(connection, settings.app, topics, begins, ends, by_time=by_time, patience_s=flags.patience)
    with recorder, stop_on_signals() as stop:
        maker = LineMaker([*vocabulary.topics, ACTIONS_TOPIC], recorder.partitions)
        mask = Mask(secrets.token_bytes(KEY_BYTES), vocabulary.kinds) if flags.mask else None
        _write(recorder, maker, mask, flags.out, settings.evaluate_from, stop)
        interrupted = stop.is_set()
    for (topic, number), first_ms in sorted(recorder.recorded.begun_late.items()):
        print(f"note: {topic}-{number} has nothing left before {_moment(first_ms)}", file=sys.stderr)
    return 130 if interrupted else 0


def _write(recorder: Recorder, maker: LineMaker, mask: Mask | None, out: Path, evaluate_from: str, stop: Any) -> None:
    from streams.cli.private_file import private_file  # noqa: PLC0415 - see above
    from streams.cli.progress import ProgressLine  # noqa: PLC0415 - see above
    from streams.offline.events_file import EventsWriter  # noqa: PLC0415 - see above
    from streams.offline.recorded_feedback import is_feedback, masked_feedback  # noqa: PLC0415 - see above
    from streams.topics.names import ACTIONS_TOPIC  # noqa: PLC0415 - see above

    scenario: dict[str, Any] = {"partitions": recorder.partitions}
    if evaluate_from:
        scenario["evaluate_from"] = evaluate_from
    told, started = ProgressLine(), time.monotonic()
    private_file(out).close()
    with EventsWriter(out, scenario) as writer:
        for record, at_ms in recorder.turns(stop, lambda recorded: told.tell(_text(recorded, started))):
            if record.topic == ACTIONS_TOPIC:
                if is_feedback(record):
                    kept = record if mask is None else masked_feedback(record, mask.pseudonym)
                    writer.write_line(maker.line(kept, at_ms))
                continue
            writer.write_line(maker.line(record if mask is None else mask.masked(record), at_ms))
    told.end(("stopped: " if stop.is_set() else "done: ") + _text(recorder.recorded, started))


def _chosen(asked: str | None, known: Sequence[str]) -> Sequence[str]:
    from streams.cli.errors import UsageError  # noqa: PLC0415 - see above
    from streams.settings.located_yaml import suggestion  # noqa: PLC0415 - see above

    if asked is None:
        return known
    wanted = [name.strip() for name in asked.split(",") if name.strip()]
    for name in wanted:
        if name not in known:
            raise UsageError(f"--topics: {name} is no source topic{suggestion(name, known)}")
    if not wanted:
        raise UsageError(f"--topics names nothing; name some of {', '.join(known)}")
    return list(dict.fromkeys(wanted))


def _text(recorded: Recorded, started: float) -> str:
    rate = recorded.records / max(time.monotonic() - started, 1e-3)
    reached = f", up to {_moment(recorded.at_ms)}" if recorded.records else ""
    moved = f"; {recorded.moved:,} with a time stamp far ahead got the time of their neighbours"
    return f"{recorded.records:,} records{reached}, {rate:,.0f} a second" + (moved if recorded.moved else "")


def _moment(ms: int) -> str:
    from streams.records.instant import clock_time  # noqa: PLC0415 - see above

    return clock_time(ms, UTC)
