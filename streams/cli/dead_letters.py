"""Shows why records could not be counted: dead letters by reason, field, topic and producer.

The records themselves may hold personal data: they are shown with --values only. Needs the right to read
pharos-dead-letters, which a worker does not need. Exit code 1: it stopped before everything was read.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC
from typing import TYPE_CHECKING

from streams.cli.flag_values import moments_of, must_lie
from streams.cli.settings_flags import add_settings, settings_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping

    from streams.broker.span_reader import SpanReader
    from streams.records.dead_letter_copy import DeadLetterCopy
    from streams.records.dead_letter_summary import DeadLetterRow, DeadLetterSummary

SUMMARY = "show why records could not be counted"
_COLUMNS = ("count", "reason", "field and what is wrong", "topic", "producer", "since", "last", "latest at")
_LONGEST_VALUE = 2_000


def add_flags(command: argparse.ArgumentParser) -> None:
    """The flags of `pharos dead-letters`."""
    command.add_argument("--from", dest="begins", metavar="TIME", help="RFC 3339, when they were refused")
    command.add_argument("--to", dest="ends", metavar="TIME", help="RFC 3339; absent, now")
    command.add_argument("--topic", metavar="X", help="only of this source topic")
    command.add_argument("--reason", metavar="X", help="only for this reason, as not_json")
    command.add_argument("--show", type=int, default=0, metavar="N", help="the latest N one by one (%(default)s)")
    command.add_argument("--values", action="store_true", help="with --show: the records, which may hold personal data")
    command.add_argument("--timeout", type=float, default=60.0, metavar="S", help="seconds (%(default)s)")
    add_settings(command, only=("broker", "security", "app"))


def run(flags: argparse.Namespace) -> int:
    """Prints a table, the most frequent first, then the latest ones."""
    from collections import deque  # noqa: PLC0415 - `pharos --help` needs no Kafka client

    from streams.broker.connection import Connection  # noqa: PLC0415 - see above
    from streams.broker.detection import BrokerKind, identify  # noqa: PLC0415 - see above
    from streams.broker.span_reader import SpanReader  # noqa: PLC0415 - see above
    from streams.cli.errors import UsageError  # noqa: PLC0415 - see above
    from streams.records.dead_letter_summary import DeadLetterSummary  # noqa: PLC0415 - see above
    from streams.topics.names import DEAD_LETTERS_TOPIC  # noqa: PLC0415 - see above

    must_lie("--show", flags.show, 0, 10_000)
    must_lie("--timeout", flags.timeout, 0.1, 86_400)
    if flags.values and not flags.show:
        raise UsageError("--values shows nothing by itself; add --show 5")
    moments = moments_of(flags)
    settings = settings_of(flags)
    connection = Connection.of(settings, os.environ)
    by_time = identify(connection).kind is not BrokerKind.EMBEDDED
    summary = DeadLetterSummary()
    latest: deque[DeadLetterCopy] = deque(maxlen=flags.show)
    with SpanReader(connection, settings.app) as reader:
        begins, ends = (moments.get("from"), moments.get("to")) if by_time else (None, None)
        reader.assign([DEAD_LETTERS_TOPIC], begins, ends)
        for copy in _copies(reader, flags, moments):
            if summary.take(copy):
                latest.append(copy)
        late = reader.late
    _print(summary)
    for copy in sorted(latest, key=lambda copy: copy.at_ms):
        _print_one(copy, values=flags.values)
    if late:
        print("stopped before everything was read: raise --timeout, or narrow the time by --from", file=sys.stderr)
    return 1 if late else 0


def _copies(reader: SpanReader, flags: argparse.Namespace, moments: Mapping[str, int]) -> Iterator[DeadLetterCopy]:
    from streams.records.dead_letter_copy import read_copy  # noqa: PLC0415 - see above

    begins, ends = moments.get("from", 0), moments.get("to", sys.maxsize)
    for message in reader.messages(flags.timeout):
        copy = read_copy(message.headers() or (), message.value(), message.timestamp()[1])
        if copy is None or not begins <= copy.at_ms < ends:
            continue
        if flags.topic in (None, copy.topic) and flags.reason in (None, copy.reason):
            yield copy


def _print(summary: DeadLetterSummary) -> None:
    rows = summary.rows()
    if not rows:
        print("no dead letters")
        return
    table = [_COLUMNS, *(_row(row) for row in rows)]
    widths = [max(len(line[column]) for line in table) for column in range(len(_COLUMNS))]
    for line in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    print(f"{summary.total:,} dead letters", file=sys.stderr)


def _row(row: DeadLetterRow) -> tuple[str, ...]:
    kind = row.kind
    place = f"{kind.topic}-{row.partition} offset {row.offset}"
    return (
        str(row.count),
        *(_plain(text) or "-" for text in (kind.reason, kind.detail, kind.topic, kind.source)),
        _moment(row.first_ms),
        _moment(row.last_ms),
        _plain(place),
    )


def _print_one(copy: DeadLetterCopy, *, values: bool) -> None:
    place = f"{copy.topic}-{copy.partition} offset {copy.offset}"
    print(_plain(f"\n{_moment(copy.at_ms)}  {place}: {copy.reason}, {copy.detail or 'no detail'}").strip())
    if values:
        text = copy.value[:_LONGEST_VALUE].decode("utf-8", "backslashreplace")
        more = f" … {len(copy.value):,} bytes" if len(copy.value) > _LONGEST_VALUE else ""
        print(f"    {_plain(text)}{more}")


def _plain(text: str) -> str:
    """On one line, and without what would steer a terminal."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _moment(ms: int) -> str:
    from streams.records.instant import clock_time  # noqa: PLC0415 - see above

    return clock_time(ms, UTC)[:19]
