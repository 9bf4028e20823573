"""Reads settings and catalogue as a worker would, and says what it found, mistakes with place and remedy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from streams.cli.settings_flags import add_settings, ready_to_bind, settings_of

if TYPE_CHECKING:
    import argparse

SUMMARY = "check settings and catalogue"


def add_flags(command: argparse.ArgumentParser) -> None:
    """The flags of `pharos check`."""
    command.add_argument("--markdown", action="store_true", help="print the page of the metrics (docs/metrics.md)")
    add_settings(command)


def run(flags: argparse.Namespace) -> int:
    """Says what is set and what is watched."""
    from streams.catalogue.load import load  # noqa: PLC0415 - `pharos --help` needs no catalogue
    from streams.catalogue.page import page  # noqa: PLC0415 - see above

    settings = settings_of(flags)
    ready_to_bind(settings)
    catalogue = load(Path(settings.catalogue) if settings.catalogue else None)
    if flags.markdown:
        print(page(catalogue), end="")
        return 0
    names = ", ".join(metric.name for metric in catalogue.metrics)
    print(f"settings are right: broker {settings.broker}, page on {settings.host}:{settings.port}")
    print(f"catalogue is right: {len(catalogue.metrics)} metrics ({names}), hash {catalogue.hash}")
    return 0
