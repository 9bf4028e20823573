"""The command `pharos`.

Exit codes (docs/connect.md): 0 done; 1 it did not work (a broker away, a file that cannot be written); 2 what was asked
for cannot be meant (flags, settings, catalogue, events file); 3 a fault of Pharos itself; 130 interrupted.
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from streams.cli import output
from streams.cli.errors import explain
from streams.settings.errors import FAILED

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = (
    "demo",
    "worker",
    "broker",
    "topics",
    "simulate",
    "replay",
    "backtest",
    "map",
    "record",
    "import",
    "score",
    "affected",
    "journey",
    "dead-letters",
    "check",
    "boards",
)
INTERRUPTED = 130


def parser() -> argparse.ArgumentParser:
    """All commands and their flags; what a command needs is imported when it runs."""
    top = argparse.ArgumentParser(
        prog="pharos",
        description="Watches the service of an online shop minute by minute.",
        epilog="exit codes: 0 done, 1 failed, 2 wrong flags, settings or files, 3 a fault of Pharos, 130 interrupted",
    )
    top.add_argument("--debug", action="store_true", help="show where an error came from")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in COMMANDS:
        module = import_module(f"streams.cli.{'import_' if name == 'import' else name.replace('-', '_')}")
        command = commands.add_parser(name, help=module.SUMMARY, description=module.__doc__)
        command.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        module.add_flags(command)
        command.set_defaults(run=module.run)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command; returns the exit code. Raises SystemExit for flags that are none, and after help."""
    output.use_utf8()
    try:
        flags = parser().parse_args(arguments)
    except SystemExit:
        output.finish()
        raise
    try:
        code = int(flags.run(flags))
        output.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # as in `pharos check --markdown | head`: who reads has enough
        output.finish()
        return FAILED
    except Exception as error:
        if flags.debug:
            raise
        code, sentence = explain(error)
        output.finish()
        print(f"pharos: {sentence}", file=sys.stderr)
    return code
