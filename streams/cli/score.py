"""Scores plain series: every CSV of timestamp,value below a folder, point by point, in one pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.cli.flag_values import file_path

if TYPE_CHECKING:
    import argparse

SUMMARY = "score plain series of timestamp,value"


def add_flags(command: argparse.ArgumentParser) -> None:
    """The flags of `pharos score`."""
    command.add_argument("source", type=file_path, metavar="DIR", help="its CSV files, also .csv.gz, are read")
    command.add_argument(
        "--out", type=file_path, required=True, metavar="DIR", help="where the scores go, by the same names"
    )


def run(flags: argparse.Namespace) -> int:
    """Writes timestamp,anomaly_score of every file."""
    from streams.cli.errors import UsageError  # noqa: PLC0415 - `pharos --help` needs no NumPy
    from streams.cli.progress import ProgressLine  # noqa: PLC0415 - see above

    if not flags.source.is_dir():
        raise UsageError(f"there is no folder {flags.source}; name the one that holds the series")
    from streams.offline.score import score_directory  # noqa: PLC0415 - see above

    line = ProgressLine()
    done = score_directory(flags.source, flags.out, lambda file: line.tell(f"{file.name}: {file.points:,} points"))
    line.end(f"done: {len(done)} files, {sum(file.points for file in done):,} points")
    return 0
