"""Shows what a mapping makes of payloads: the events on standard output, what is wrong on standard error.

FILE holds JSON lines, one JSON document, or a JSON array of payloads. Standard output is an events file (pharos
backtest, pharos replay). Exit code 1: at least one payload would be a dead letter.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from streams.cli.flag_values import file_path
from streams.cli.settings_flags import add_settings, settings_with_names

if TYPE_CHECKING:
    import argparse

    from streams.events.fields import Event
    from streams.mapping.unread import UnreadFields

SUMMARY = "try a mapping on a file of payloads"
_MOST_SHOWN = 200


def add_flags(command: argparse.ArgumentParser) -> None:
    """The flags of `pharos map`."""
    command.add_argument("file", type=file_path, metavar="FILE", help="payloads as JSON, also .gz")
    command.add_argument("--mapping", required=True, metavar="NAME", help="one of the settings, or one that is shipped")
    add_settings(command, only=("mappings_folder", "catalogue"))


def run(flags: argparse.Namespace) -> int:
    """Writes the events, and says what is wrong."""
    import msgspec  # noqa: PLC0415 - `pharos --help` needs no mapping

    from streams.catalogue.load import load  # noqa: PLC0415 - see above
    from streams.cli.errors import UsageError  # noqa: PLC0415 - see above
    from streams.mapping.book import Mappings  # noqa: PLC0415 - see above
    from streams.mapping.failure import MappingError  # noqa: PLC0415 - see above
    from streams.mapping.shipped import shipped_names  # noqa: PLC0415 - see above
    from streams.mapping.unread import UnreadFields  # noqa: PLC0415 - see above
    from streams.offline.payloads_file import read_payloads  # noqa: PLC0415 - see above
    from streams.settings.located_yaml import suggestion  # noqa: PLC0415 - see above
    from streams.settings.mapping import MappingSettings  # noqa: PLC0415 - see above

    settings = settings_with_names(flags)
    vocabulary = load(settings.catalogue).vocabulary
    known = {name: MappingSettings() for name in shipped_names()} | settings.mappings
    if flags.mapping not in known:
        raise UsageError(f'--mapping: no mapping is named "{flags.mapping}"{suggestion(flags.mapping, known)}')
    mapper = Mappings.of({flags.mapping: known[flags.mapping]}, vocabulary).by_name[flags.mapping].mapper
    unread = UnreadFields(mapper.reads)
    payloads = made = ignored = dead = 0
    for payload in read_payloads(flags.file):
        payloads += 1
        try:
            events = mapper.events(payload.body)
        except MappingError as error:
            dead += 1
            _say(f"{flags.file}: {payload.where}: {error.rejection.reason}: {error.rejection.detail}")
        else:
            for event in events:
                print(_line(vocabulary.topic_of[event.__struct_config__.tag], event))  # type: ignore[index]
            made += len(events)
            ignored += not events
        try:
            unread.add(msgspec.json.decode(payload.body))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            pass  # a dead letter, as was said
    _say_what_is_unread(unread, payloads)
    _say(f"{payloads:,} payloads: {made:,} events, {ignored:,} ignored, {dead:,} dead letters")
    return 1 if dead else 0


def _line(topic: str, event: Event) -> str:
    import msgspec  # noqa: PLC0415 - see above

    written: dict[str, Any] = msgspec.to_builtins(event)
    data = {name: value for name, value in written.pop("data").items() if value is not None and value != ""}
    whole = {name: value for name, value in written.items() if value is not None} | {"data": data}
    return msgspec.json.encode({"topic": topic, "event": whole}).decode()


def _say_what_is_unread(unread: UnreadFields, payloads: int) -> None:
    found = sorted(unread.payloads.items())
    if found:
        _say("never read:")
    for path, count in found[:_MOST_SHOWN]:
        _say(f"  {path}  in {count:,} of {payloads:,}")
    if len(found) > _MOST_SHOWN:
        _say(f"  and {len(found) - _MOST_SHOWN:,} more")


def _say(text: str) -> None:
    print(text, file=sys.stderr)
