"""Shows what a mapping makes of payloads: the events on standard output, what is wrong on standard error.

FILE holds JSON lines, one JSON document, or a JSON array of payloads. Standard output is an events file (pharos
backtest, pharos replay). Exit code 1: at least one payload would be a dead letter.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from streams.cli.flag_values import file_path
from streams.cli.settings_flags import add_settings, settings_with_names

if TYPE_CHECKING:
    import argparse

    from streams.mapping.trial import MappingTrial

SUMMARY = "try a mapping on a file of payloads"
_MOST_SHOWN = 200


def add_flags(command: argparse.ArgumentParser) -> None:
    """The flags of `pharos map`."""
    command.add_argument("file", type=file_path, metavar="FILE", help="payloads as JSON, also .gz")
    command.add_argument("--mapping", required=True, metavar="NAME", help="one of the settings, or one that is shipped")
    add_settings(command, only=("mappings_folder", "catalogue", "timezone"))


def run(flags: argparse.Namespace) -> int:
    """Writes the events, and says what is wrong."""
    from streams.catalogue.load import load  # noqa: PLC0415 - `pharos --help` needs no mapping
    from streams.cli.errors import UsageError  # noqa: PLC0415 - see above
    from streams.mapping.book import Mappings  # noqa: PLC0415 - see above
    from streams.mapping.failure import MappingError  # noqa: PLC0415 - see above
    from streams.mapping.shipped import shipped_names  # noqa: PLC0415 - see above
    from streams.mapping.trial import MappingTrial  # noqa: PLC0415 - see above
    from streams.offline.payloads_file import read_payloads  # noqa: PLC0415 - see above
    from streams.settings.located_yaml import suggestion  # noqa: PLC0415 - see above
    from streams.settings.mapping import MappingSettings  # noqa: PLC0415 - see above

    settings = settings_with_names(flags)
    vocabulary = load(settings.catalogue, settings.scorecards).vocabulary
    known = {name: MappingSettings() for name in shipped_names()} | settings.mappings
    if flags.mapping not in known:
        raise UsageError(f'--mapping: no mapping is named "{flags.mapping}"{suggestion(flags.mapping, known)}')
    mappings = Mappings.of({flags.mapping: known[flags.mapping]}, vocabulary, timezone=settings.timezone)
    trial = MappingTrial(mappings.by_name[flags.mapping].mapper, vocabulary)
    for payload in read_payloads(flags.file):
        try:
            for line in trial.lines(payload.body):
                print(line.decode())
        except MappingError as error:
            _say(f"{flags.file}: {payload.where}: {error.rejection.reason}: {error.rejection.detail}")
    _say_what_is_unread(trial)
    _say(trial.summary)
    return 1 if trial.dead_letters else 0


def _say_what_is_unread(trial: MappingTrial) -> None:
    found = sorted(trial.unread.payloads.items())
    if found:
        _say("never read by the mapping:")
    for path, count in found[:_MOST_SHOWN]:
        _say(f"  {path}  in {count:,} of {trial.payloads:,}")
    if len(found) > _MOST_SHOWN:
        _say(f"  and {len(found) - _MOST_SHOWN:,} more")


def _say(text: str) -> None:
    print(text, file=sys.stderr)
