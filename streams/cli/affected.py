"""Writes the ids of the orders that an anomaly affects, one JSON object a line, as the source topics have them.

Ids of orders lead to people: they go to a file or the terminal of who asks, never into a chat. Who may read the source
topics may ask. Exit code 1: it stopped before everything was read; what was found is written.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import ExitStack
from typing import IO, TYPE_CHECKING

from streams.cli.flag_values import file_path, moments_of, must_be_writable, must_lie
from streams.cli.private_file import private_file
from streams.cli.settings_flags import add_settings, settings_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from streams.affected.question import Question
    from streams.affected.search import Search
    from streams.catalogue.metric import Metric
    from streams.events.vocabulary import Vocabulary
    from streams.records.anomaly import Anomaly
    from streams.settings.settings import Settings

SUMMARY = "write the ids of the orders that an anomaly affects"


def add_flags(command: argparse.ArgumentParser) -> None:
    """The flags of `pharos affected`."""
    command.add_argument("fingerprint", help="of the anomaly, as the board and every message show it")
    command.add_argument("--out", type=file_path, metavar="FILE", help="made for its owner only; absent, the terminal")
    command.add_argument("--from", dest="begins", metavar="TIME", help="RFC 3339; absent, a window before it began")
    command.add_argument("--to", dest="ends", metavar="TIME", help="RFC 3339; absent, its end, or now")
    command.add_argument("--part", choices=("numerator", "denominator", "exposure"), help="only what counts there")
    command.add_argument("--timeout", type=float, default=120.0, metavar="S", help="seconds (%(default)s)")
    command.add_argument("--records", type=int, default=5_000_000, help="records looked at (%(default)s)")
    command.add_argument("--most", type=int, default=100_000, help="orders written (%(default)s)")
    add_settings(command, only=("broker", "security", "app", "catalogue", "mappings_folder"))


def run(flags: argparse.Namespace) -> int:
    """Finds the anomaly, then its orders."""
    from streams.affected.search import Bounds, Search, Stopped, find_anomaly  # noqa: PLC0415 - needs Kafka's client
    from streams.broker.connection import Connection  # noqa: PLC0415 - see above
    from streams.broker.detection import BrokerKind, identify  # noqa: PLC0415 - see above
    from streams.catalogue.load import load  # noqa: PLC0415 - `pharos --help` needs no catalogue
    from streams.cli.errors import UsageError  # noqa: PLC0415 - see above
    from streams.mapping.book import Mappings  # noqa: PLC0415 - see above

    must_lie("--timeout", flags.timeout, 0.1, 86_400)
    must_lie("--records", flags.records, 1, 10**12)
    must_lie("--most", flags.most, 1, 10**12)
    must_be_writable("--out", flags.out)
    moments = moments_of(flags)
    settings = settings_of(flags)
    connection = Connection.of(settings, os.environ)
    catalogue = load(settings.catalogue, settings.scorecards, settings.lean)
    metrics = catalogue.by_name
    anomaly = find_anomaly(connection, flags.fingerprint, settings.app, flags.timeout)
    if anomaly.metric not in metrics:
        raise UsageError(f"the catalogue has no metric {anomaly.metric}: name the one that was in use by --catalogue")
    question = _asked(moments, anomaly, metrics[anomaly.metric], catalogue.vocabulary, settings)
    bounds = Bounds(flags.timeout, flags.records, flags.most)
    by_time = identify(connection).kind is not BrokerKind.EMBEDDED
    mappers = Mappings.of(settings.mappings, catalogue.vocabulary, timezone=settings.timezone).by_topic
    search = Search(connection, settings.app, question, bounds, by_time=by_time, mappers=mappers)
    with ExitStack() as stack:
        out = sys.stdout.buffer if flags.out is None else stack.enter_context(private_file(flags.out))
        written = _write(search, out, flags.part)
    words = f"{written:,} events about orders, {search.without_order:,} about none, {search.read:,} records read"
    print(f"{words}: {search.stopped.value}", file=sys.stderr)
    return 0 if search.stopped is Stopped.COMPLETE else 1


def _write(search: Search, out: IO[bytes], part: str | None) -> int:
    import orjson  # noqa: PLC0415 - see above

    written = 0
    for affected in search.run():
        if part is None or part in affected.parts:
            out.write(orjson.dumps(affected._asdict(), option=orjson.OPT_APPEND_NEWLINE))
            written += 1
    out.flush()
    return written


def _asked(
    moments: Mapping[str, int], anomaly: Anomaly, metric: Metric, vocabulary: Vocabulary, settings: Settings
) -> Question:
    from streams.affected.question import question_about  # noqa: PLC0415 - see above
    from streams.cli.errors import UsageError  # noqa: PLC0415 - see above
    from streams.register.service_time import ServiceTime  # noqa: PLC0415 - see above

    service = ServiceTime.of(settings).after
    question = question_about(anomaly, metric, round(time.time() * 1000), vocabulary, service)
    question = question._replace(begins=moments.get("from", question.begins), ends=moments.get("to", question.ends))
    if question.begins >= question.ends:
        raise UsageError("--from must be before --to")
    return question
