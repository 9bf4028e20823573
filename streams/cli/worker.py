"""Runs a worker: reads the topics, watches the metrics, publishes anomalies, serves the page and the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.cli.interrupt import leave_at_once
from streams.cli.settings_flags import add_settings, ready_to_bind, settings_with_names

if TYPE_CHECKING:
    import argparse

SUMMARY = "run a worker on a broker"


def add_flags(command: argparse.ArgumentParser) -> None:
    """The flags of `pharos worker`."""
    add_settings(command)


def run(flags: argparse.Namespace) -> int:
    """Runs until Ctrl-C."""
    settings = settings_with_names(flags)
    ready_to_bind(settings)
    with leave_at_once():
        from streams.app.process import run_worker  # noqa: PLC0415 - wrong settings are said before Faust is loaded

        run_worker(settings)
    return 0
