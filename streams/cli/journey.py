"""Shows the journey of an order or a customer: its events on one time line, with its deadlines and promises.

It reads the source topics on demand, the newest days first, and keeps nothing. Ids of orders lead to people: the answer
goes to the terminal of who asks, never into a chat. Who may read the source topics may ask. Exit code 1: it stopped
before everything was read; what was found is shown.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from streams.cli.flag_values import must_lie
from streams.cli.settings_flags import add_settings, settings_of

if TYPE_CHECKING:
    import argparse

    from streams.events.customer import CustomerKey
    from streams.journey.reading import JourneyReading
    from streams.journey.subject import Subject
    from streams.settings.settings import Settings

SUMMARY = "show the events of an order or a customer on one time line, with deadlines and promises"
STANDARD_INPUT: Final = "-"
_SETTINGS: Final = (
    "broker",
    "security",
    "app",
    "catalogue",
    "mappings_folder",
    "timezone",
    "state_dir",
    "customer_key_env",
    "customer_key_file",
)


def add_flags(command: argparse.ArgumentParser) -> None:
    """The flags of `pharos journey`."""
    command.add_argument("order", nargs="?", metavar="ORDER_ID", help="as the events have it")
    command.add_argument(
        "--customer",
        metavar="ID",
        help="instead of an order: all that a customer did, by the id that the events name, which is hashed at once; "
        "`-` reads it from the standard input, so that no history of a shell keeps it",
    )
    command.add_argument(
        "--hash",
        action="store_true",
        help="read nothing, only print the hash: of a customer the one that the page takes, of an order the one that "
        "the audit log has",
    )
    command.add_argument("--json", action="store_true", help="as JSON, as /api/v1/journey answers it")
    command.add_argument("--at", metavar="TIME", help="RFC 3339; as it stood then; absent, now")
    command.add_argument("--days", type=int, default=45, help="how far back to read (%(default)s, the most)")
    command.add_argument("--timeout", type=float, default=120.0, metavar="S", help="seconds (%(default)s)")
    command.add_argument("--records", type=int, default=50_000_000, help="records looked at (%(default)s)")
    command.add_argument("--most", type=int, default=1_000, help="events shown (%(default)s)")
    add_settings(command, only=_SETTINGS)


def run(flags: argparse.Namespace) -> int:
    """Reads the topics, then prints."""
    from streams.affected.journey_search import LONGEST_DAYS  # noqa: PLC0415 - needs Kafka's client
    from streams.cli.errors import UsageError  # noqa: PLC0415 - `pharos --help` needs no settings

    must_lie("--days", flags.days, 1, LONGEST_DAYS)
    must_lie("--timeout", flags.timeout, 0.1, 86_400)
    must_lie("--records", flags.records, 1, 10**12)
    must_lie("--most", flags.most, 1, 100_000)
    now = _now(flags)
    if (flags.order is None) == (flags.customer is None):
        raise UsageError("name one: an order, or a customer by --customer")
    settings = settings_of(flags)
    key = _key(settings)
    subject = _subject(flags, key)
    if flags.hash:
        print(_hash_of(subject, key))
        return 0
    reading = _read(flags, settings, key, subject, now)
    _show(flags, settings, subject, reading, now)
    count = len(reading.events)
    words = f"{count:,} event{'' if count == 1 else 's'}, {reading.records:,} records read"
    print(f"{words}: {reading.stopped.value}", file=sys.stderr)
    return 1 if reading.stopped.cut_short else 0


def _now(flags: argparse.Namespace) -> int:
    from streams.cli.errors import UsageError  # noqa: PLC0415 - see above
    from streams.events.event_time import event_time_ms  # noqa: PLC0415 - see above

    moment = round(time.time() * 1000) if flags.at is None else event_time_ms(flags.at)
    if moment is None:
        raise UsageError("--at: write RFC 3339 with an offset, as 2026-11-11T00:00:00+08:00")
    return moment


def _key(settings: Settings) -> CustomerKey:
    """The key that is set, or on the embedded broker the one that its worker has made."""
    from streams.app.customer_key import FILE, given_key, own_key  # noqa: PLC0415 - see above

    key = given_key(settings, os.environ)
    made = Path(settings.state_dir) / FILE
    return own_key(settings.state_dir) if not key.fingerprint and made.is_file() else key


def _subject(flags: argparse.Namespace, key: CustomerKey) -> Subject:
    from streams.cli.errors import UsageError  # noqa: PLC0415 - see above
    from streams.journey.subject import Subject, SubjectFault, SubjectKind, read_subject  # noqa: PLC0415 - see above

    if flags.customer is None:
        subject = read_subject(SubjectKind.ORDER, flags.order)
        if isinstance(subject, SubjectFault):
            raise UsageError(subject.value)
        return subject
    text = sys.stdin.readline().rstrip("\r\n") if flags.customer == STANDARD_INPUT else flags.customer
    if not text:
        raise UsageError("--customer: the id is empty; write the one that the events name")
    if not key.fingerprint:
        raise UsageError(
            "no customer is known without the key that hashes them: set customer_key_file to the one of the workers"
        )
    return Subject(SubjectKind.CUSTOMER, str(key.hashed(text)))


def _hash_of(subject: Subject, key: CustomerKey) -> str:
    from streams.cli.errors import UsageError  # noqa: PLC0415 - see above
    from streams.journey.subject import SubjectKind, mark_of  # noqa: PLC0415 - see above

    if subject.kind is SubjectKind.CUSTOMER:
        return subject.id
    if not key.fingerprint:
        raise UsageError("without the key of customers the audit log has no hash: set customer_key_file")
    return mark_of(subject, key)


def _read(
    flags: argparse.Namespace, settings: Settings, key: CustomerKey, subject: Subject, now: int
) -> JourneyReading:
    from streams.affected.journey_search import JourneyBounds, JourneySearch, JourneySources  # noqa: PLC0415 - see above
    from streams.broker.connection import Connection  # noqa: PLC0415 - see above
    from streams.broker.detection import BrokerKind, identify  # noqa: PLC0415 - see above
    from streams.catalogue.load import load  # noqa: PLC0415 - see above
    from streams.mapping.book import Mappings  # noqa: PLC0415 - see above

    connection = Connection.of(settings, os.environ)
    vocabulary = load(settings.catalogue, settings.scorecards).vocabulary
    mappers = Mappings.of(settings.mappings, vocabulary, key, settings.timezone).by_topic
    by_time = identify(connection).kind is not BrokerKind.EMBEDDED
    sources = JourneySources(connection, settings.app, vocabulary, key, mappers, by_time)
    bounds = JourneyBounds(flags.days, flags.timeout, flags.records, events=flags.most)
    return JourneySearch(sources, subject, bounds, now).run()


def _show(flags: argparse.Namespace, settings: Settings, subject: Subject, reading: JourneyReading, now: int) -> None:
    from streams.journey.journey import journey_of  # noqa: PLC0415 - see above
    from streams.journey.text import journey_lines  # noqa: PLC0415 - see above
    from streams.journey.view import journey_view  # noqa: PLC0415 - see above

    journey = journey_of(reading.events, now)
    if flags.json:
        import orjson  # noqa: PLC0415 - see above

        sys.stdout.buffer.write(orjson.dumps(journey_view(subject, journey, reading), option=orjson.OPT_APPEND_NEWLINE))
        sys.stdout.buffer.flush()
        return
    for line in journey_lines(journey, ZoneInfo(settings.timezone)):
        print(line)
