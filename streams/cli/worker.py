"""Runs a worker: reads the topics, watches the metrics, publishes anomalies, serves the page and the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.cli.settings_flags import add_settings, settings_of

if TYPE_CHECKING:
    import argparse

SUMMARY = "run a worker on a broker"


def add_flags(command: argparse.ArgumentParser) -> None:
    """The flags of `pharos worker`."""
    add_settings(command)


def run(flags: argparse.Namespace) -> int:
    """Runs until Ctrl-C."""
    settings = settings_of(flags)
    from streams.app import run_worker  # noqa: PLC0415 - wrong settings are said before Faust is loaded
    from streams.configuration import refuse_open_binding  # noqa: PLC0415 - `pharos --help` needs no settings

    refuse_open_binding(settings)
    run_worker(settings)
    return 0
