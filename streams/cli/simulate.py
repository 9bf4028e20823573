"""Writes the events of a simulated shop, and the truth of what went wrong in it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from streams.cli.flag_values import file_path, must_be_seed, must_be_writable

if TYPE_CHECKING:
    import argparse

SUMMARY = "write the events of a simulated shop"


def add_flags(command: argparse.ArgumentParser) -> None:
    """The flags of `pharos simulate`."""
    command.add_argument("--scenario", default="double11", help="which one (%(default)s)")
    command.add_argument("--seed", type=int, default=7, help="the same seed gives the same events (%(default)s)")
    command.add_argument("--out", type=file_path, metavar="FILE", help="events.jsonl to write")
    command.add_argument("--truth", type=file_path, metavar="FILE", help="truth.json to write")
    command.add_argument("--profile", choices=("full", "demo"), default="full", help="demo: half the history")
    command.add_argument("--list", action="store_true", help="say what happens in each scenario, and write nothing")


def run(flags: argparse.Namespace) -> int:
    """Plays the scenario and writes it."""
    from streams.cli.errors import UsageError  # noqa: PLC0415 - `pharos --help` needs no NumPy
    from streams.scenarios.named import SCENARIOS, described, simulate  # noqa: PLC0415 - see above
    from streams.settings.located_yaml import suggestion  # noqa: PLC0415 - see above

    if flags.list:
        print("\n".join(described()))
        return 0
    if flags.out is None:
        raise UsageError("name the file to write with --out, or see what there is with --list")
    if flags.scenario not in SCENARIOS:
        raise UsageError(f'no scenario is named "{flags.scenario}"{suggestion(flags.scenario, SCENARIOS)}')
    must_be_seed(flags.seed)
    must_be_writable("--out", flags.out)
    must_be_writable("--truth", flags.truth)
    print(f"playing {flags.scenario} with seed {flags.seed} ...", file=sys.stderr)
    played = simulate(flags.scenario, flags.seed, flags.profile)
    print(f"writing {played.events:,} events to {flags.out} ...", file=sys.stderr)
    played.write(flags.out, flags.truth)
    return 0
