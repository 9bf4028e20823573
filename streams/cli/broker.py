"""Runs the embedded broker alone until Ctrl-C: for trying out, it keeps everything in memory and forgets it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from streams.cli.flag_values import must_be_partitions

if TYPE_CHECKING:
    import argparse

SUMMARY = "run the embedded broker alone"


def add_flags(command: argparse.ArgumentParser) -> None:
    """The flags of `pharos broker`."""
    command.add_argument("--port", type=int, default=19092, help="where it listens on loopback; 0: any (%(default)s)")
    command.add_argument("--partitions", type=int, default=4, help="of each source topic (%(default)s)")
    command.add_argument("--cells-partitions", type=int, default=4, help="of pharos-cells (%(default)s)")


def run(flags: argparse.Namespace) -> int:
    """Prints the address and stays."""
    from streams.broker.embedded import EmbeddedBroker  # noqa: PLC0415 - `pharos --help` needs no broker
    from streams.cli.errors import UsageError  # noqa: PLC0415 - see above
    from streams.cli.interrupt import stop_on_signals  # noqa: PLC0415 - see above
    from streams.settings.settings import Settings  # noqa: PLC0415 - see above
    from streams.topics.wanted import embedded_topics  # noqa: PLC0415 - see above

    must_be_partitions("--partitions", flags.partitions)
    must_be_partitions("--cells-partitions", flags.cells_partitions)
    if not 0 <= flags.port < 65_536:
        raise UsageError(f"{flags.port} is not a port; choose one from 0 to 65535")
    made = embedded_topics(Settings(cells_partitions=flags.cells_partitions), flags.partitions)
    with stop_on_signals() as stop, EmbeddedBroker(flags.port, made) as broker:
        print(broker.address, flush=True)
        print("embedded broker: in memory, no transactions, no retention by time; Ctrl-C ends it", file=sys.stderr)
        stop.wait()
    return 0
