"""Turns public data into an events file: the orders of Olist, or the calls of a bank's call centre."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from streams.cli.flag_values import file_path, must_be_writable

if TYPE_CHECKING:
    import argparse

SUMMARY = "turn public data into an events file"


def add_flags(command: argparse.ArgumentParser) -> None:
    """The flags of `pharos import`."""
    command.add_argument("kind", choices=("olist", "calls"), help="what the data is")
    command.add_argument("folder", type=file_path, metavar="DIR", help="with orders.csv.gz, or calls_*.csv.gz")
    command.add_argument("--out", type=file_path, required=True, metavar="FILE", help="events.jsonl to write")


def run(flags: argparse.Namespace) -> int:
    """Writes the events file."""
    from streams.cli.errors import UsageError  # noqa: PLC0415 - `pharos --help` needs no readers

    must_be_writable("--out", flags.out)
    if not flags.folder.is_dir():
        raise UsageError(f"there is no folder {flags.folder}; name the one that holds the data")
    if flags.kind == "olist":
        from streams.imports.olist import import_olist as read  # noqa: PLC0415 - see above
    else:
        from streams.imports.calls import import_calls as read  # noqa: PLC0415 - see above
    print(f"reading {flags.folder} ...", file=sys.stderr)
    imported = read(flags.folder)
    print(f"writing {len(imported.events):,} events to {flags.out} ...", file=sys.stderr)
    imported.write(flags.out)
    return 0
