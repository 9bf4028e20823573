"""A shop in a sale, on the embedded broker, with a worker and its page: one command, nothing else needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.cli.flag_values import FASTEST, SLOWEST, file_path, must_be_seed, must_be_writable, must_lie
from streams.cli.interrupt import leave_at_once
from streams.cli.settings_flags import add_settings, ready_to_bind, settings_with_names

if TYPE_CHECKING:
    import argparse

SUMMARY = "show a simulated shop in a sale"


def add_flags(command: argparse.ArgumentParser) -> None:
    """The flags of `pharos demo`."""
    command.add_argument("--scenario", default="double11", help="which one (%(default)s)")
    command.add_argument("--seed", type=int, default=2, help="the same seed gives the same events (%(default)s)")
    command.add_argument("--duration", type=float, metavar="S", help="end after so many seconds; absent, at Ctrl-C")
    command.add_argument("--speed", type=float, default=60.0, help="event seconds per second (%(default)s)")
    command.add_argument("--headless", action="store_true", help="open no browser")
    command.add_argument("--report", type=file_path, metavar="FILE", help="write report.json at the end")
    add_settings(command, leave_out=("broker", "time", "source_partitions", "evaluate_from", "timezone"))


def run(flags: argparse.Namespace) -> int:
    """Runs until the duration is over, or Ctrl-C."""
    from streams.cli.errors import UsageError  # noqa: PLC0415 - `pharos --help` needs no settings

    must_lie("--duration", flags.duration, 1, 30 * 86_400)
    must_lie("--speed", flags.speed, SLOWEST, FASTEST, "a demo is watched")
    must_be_seed(flags.seed)
    must_be_writable("--report", flags.report)
    settings = settings_with_names(flags)
    ready_to_bind(settings)
    from streams.scenarios.named import SCENARIOS  # noqa: PLC0415 - `pharos --help` needs no NumPy

    if flags.scenario not in SCENARIOS:
        raise UsageError(f'no scenario is named "{flags.scenario}"; known are {", ".join(SCENARIOS)}')
    with leave_at_once():
        from streams.demo.show import DemoOptions, run_demo  # noqa: PLC0415 - wrong settings are said before Faust is loaded

        run_demo(
            settings,
            DemoOptions(flags.scenario, flags.seed, flags.speed, flags.duration, flags.headless, flags.report),
        )
    return 0
