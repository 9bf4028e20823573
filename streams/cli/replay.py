"""Sends the records of an events file to a broker, each to its partition and with its time of ingest."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from streams.cli.flag_values import FASTEST, SLOWEST, file_path, must_be_partitions, must_lie
from streams.cli.settings_flags import add_settings, settings_of

if TYPE_CHECKING:
    import argparse

    from streams.offline.replay import Progress

SUMMARY = "send an events file to a broker"


def add_flags(command: argparse.ArgumentParser) -> None:
    """The flags of `pharos replay`."""
    command.add_argument("file", type=file_path, metavar="FILE", help="events.jsonl, or .gz")
    command.add_argument("--speed", type=float, default=0.0, help="event seconds per second; 0: as fast as it goes")
    command.add_argument("--partitions", type=int, help="of topics that are made; absent, as recorded, or 4")
    add_settings(command, only=("broker", "security", "app", "catalogue", "mappings_folder"))


def run(flags: argparse.Namespace) -> int:
    """Sends everything, or what was sent until Ctrl-C."""
    from streams.broker.connection import Connection  # noqa: PLC0415 - see above
    from streams.broker.detection import BrokerKind, identify  # noqa: PLC0415 - `pharos --help` needs no Kafka client
    from streams.broker.make_topics import ensure_topics  # noqa: PLC0415 - see above
    from streams.catalogue.load import load  # noqa: PLC0415 - see above
    from streams.cli.interrupt import stop_on_signals  # noqa: PLC0415 - see above
    from streams.cli.progress import ProgressLine  # noqa: PLC0415 - see above
    from streams.events.event_time import event_time_ms  # noqa: PLC0415 - see above
    from streams.offline.events_file import read  # noqa: PLC0415 - see above
    from streams.offline.headway import Headway  # noqa: PLC0415 - see above
    from streams.offline.replay import replay  # noqa: PLC0415 - see above
    from streams.offline.scenario import check_scenario, partitions_of  # noqa: PLC0415 - see above
    from streams.topics.names import ACTIONS_TOPIC  # noqa: PLC0415 - see above
    from streams.topics.sources import sources_of  # noqa: PLC0415 - see above

    if flags.speed != 0:
        must_lie("--speed", flags.speed, SLOWEST, FASTEST, "0 is as fast as it goes")
    if flags.partitions is not None:
        must_be_partitions("--partitions", flags.partitions)
    settings = settings_of(flags)
    topics = [source.name for source in sources_of(settings, load(settings.catalogue, settings.scorecards).vocabulary)]
    scenario, lines = read(flags.file, [*topics, ACTIONS_TOPIC])
    check_scenario(settings, scenario, str(flags.file))
    connection = Connection.of(settings, os.environ)
    wanted = partitions_of(scenario, topics, flags.partitions, str(flags.file)) | {ACTIONS_TOPIC: 1}
    partitions = ensure_topics(connection, wanted)
    # Eight days of history at speed 60 would take three hours; only what is judged is paced.
    paced_from_ms = event_time_ms(str(scenario.get("evaluate_from", ""))) or 0
    headway = None
    if identify(connection).kind is BrokerKind.EMBEDDED:
        headway = Headway(connection, settings.app)
        headway.begin(partitions)
    line = ProgressLine()
    started = time.monotonic()
    with stop_on_signals() as stop:
        done = replay(
            lines,
            connection,
            partitions,
            speed=flags.speed,
            paced_from_ms=paced_from_ms,
            stop=stop,
            report=lambda progress: line.tell(_text(progress, started)),
            headway=headway,
        )
        interrupted = stop.is_set()
    if headway is not None:
        headway.close()
    line.end(("stopped: " if interrupted else "done: ") + _text(done, started))
    return 130 if interrupted else 0


def _text(progress: Progress, started: float) -> str:
    moment = datetime.fromtimestamp(progress.at_ms / 1000, UTC)
    rate = progress.sent / max(time.monotonic() - started, 1e-3)
    return f"{progress.sent:,} records sent, up to {moment:%Y-%m-%d %H:%M:%S} UTC, {rate:,.0f} a second"
