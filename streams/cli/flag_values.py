"""What flags may hold beyond their types."""

from __future__ import annotations

import argparse
from pathlib import Path

from streams.cli.errors import UsageError
from streams.settings.limits import MOST_PARTITIONS

SLOWEST, FASTEST = 0.001, 1_000_000.0
LARGEST_SEED = 2**53 - 1  # the first line of an events file holds it, and not every reader of JSON knows more


def file_path(text: str) -> Path:
    """A path, `~` written out: a shell leaves it in `--config=~/pharos.yaml`. Raises argparse.ArgumentTypeError."""
    from streams.settings.file_paths import at_home  # noqa: PLC0415 - `pharos --help` needs no settings

    if not text or "\0" in text:
        raise argparse.ArgumentTypeError("is not a path; name a file or a folder")
    return Path(at_home(text))


def must_lie(flag: str, value: float | None, least: float, most: float, remedy: str = "") -> None:
    """Raises UsageError where a number is given and does not lie between the two, or is not a number.

    >>> must_lie("--speed", float("nan"), 0, 10)
    Traceback (most recent call last):
    streams.cli.errors.UsageError: --speed must be a number from 0 to 10
    """
    if value is not None and not least <= value <= most:
        shown = [f"{int(number):,}" if number == int(number) else f"{number:g}" for number in (least, most)]
        raise UsageError(f"{flag} must be a number from {shown[0]} to {shown[1]}" + (f"; {remedy}" if remedy else ""))


def must_be_partitions(flag: str, value: int) -> None:
    """Raises UsageError."""
    if value < 1:
        raise UsageError(f"{flag} must be at least 1: a topic has at least one partition")
    must_lie(flag, value, 1, MOST_PARTITIONS)


def must_be_seed(value: int) -> None:
    """Raises UsageError."""
    must_lie("--seed", value, 0, LARGEST_SEED)


def must_be_writable(flag: str, file: Path | None) -> None:
    """Raises UsageError where a file cannot be made, before the work that it is for."""
    if file is None:
        return
    if file.is_dir():
        raise UsageError(f"{flag}: {file} is a folder; name a file in it")
    if not file.resolve().parent.is_dir():
        raise UsageError(f"{flag}: there is no folder {file.parent}; create it first")


def moments_of(flags: argparse.Namespace) -> dict[str, int]:
    """What --from and --to (`begins` and `ends`) give, in ms; what is not given is left out. Raises UsageError."""
    from streams.events.event_time import event_time_ms  # noqa: PLC0415 - `pharos --help` needs no NumPy

    moments = {}
    for flag, text in (("from", flags.begins), ("to", flags.ends)):
        moment = None if text is None else event_time_ms(text)
        if text is not None and moment is None:
            raise UsageError(f"--{flag}: write RFC 3339 with an offset, as 2026-11-11T00:00:00+08:00")
        if moment is not None:
            moments[flag] = moment
    return moments
