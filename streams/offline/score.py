"""`pharos score`: plain series from files, point by point."""

from __future__ import annotations

import csv
import gzip
import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple, TextIO

from detectors.plain_series import PlainSeriesDetector
from streams.offline.damage import UNREADABLE, damage
from streams.settings.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_LAST_MS = 253_402_300_800_000  # the end of the year 9999
_SUFFIXES = (".csv", ".csv.gz")


class ScoredFile(NamedTuple):
    """What was done with one file."""

    name: str
    points: int
    missing: int


class ScoreError(InputError):
    """A file that cannot be scored; the message says which and why."""


def score_directory(
    source: Path, target: Path, progress: Callable[[ScoredFile], None] = lambda _: None
) -> list[ScoredFile]:
    """Scores every series below `source` into the same relative name, ending in .csv, below `target`.

    Files need the columns timestamp and value; others, such as an index, are skipped. Memory does not grow with
    their length. `progress` is called after each file.

    Raises ScoreError where there is no series, where `target` lies within `source` or where a row cannot be read.
    """
    if not source.is_dir():
        raise ScoreError(f"{source} is not a directory")
    if target.resolve().is_relative_to(source.resolve()):
        raise ScoreError(f"{target} lies within {source}: the next run would score the scores")
    done = []
    for path in sorted(path for path in source.rglob("*") if path.name.endswith(_SUFFIXES) and path.is_file()):
        name = path.relative_to(source).as_posix().removesuffix(".gz")
        scored = _score_file(path, target / name, name)
        if scored is not None:
            progress(scored)
            done.append(scored)
    if not done:
        raise ScoreError(f"no file with the columns timestamp and value below {source}")
    return done


def _score_file(path: Path, target: Path, name: str) -> ScoredFile | None:
    try:
        return _scored(path, target, name)
    except UnicodeDecodeError as error:
        raise ScoreError(f"{path} {damage(error)}") from None
    except UNREADABLE as error:
        if isinstance(error, OSError) and error.filename == str(target):
            raise
        raise ScoreError(f"{path} {damage(error)}") from None


def _scored(path: Path, target: Path, name: str) -> ScoredFile | None:
    with _opened(path) as lines:
        rows = csv.reader(lines)
        header = [column.strip().lower() for column in next(rows, [])]
        if "timestamp" not in header or "value" not in header:
            return None
        at, of = header.index("timestamp"), header.index("value")
        target.parent.mkdir(parents=True, exist_ok=True)
        detector = PlainSeriesDetector()
        points = missing = 0
        with target.open("w", newline="", encoding="utf-8") as out:
            out.write("timestamp,anomaly_score\n")
            for row in rows:
                if not row:
                    continue
                try:
                    time_s, value = _seconds(row[at]), _number(row[of] if of < len(row) else "")
                except (ValueError, IndexError) as error:
                    remedy = "correct it or leave the row out"
                    raise ScoreError(f"{path}, line {rows.line_num}: {error}; {remedy}") from None
                points += 1
                missing += math.isnan(value)
                out.write(f"{row[at]},{detector.update(time_s, value):.6g}\n")
    return ScoredFile(name, points, missing)


def _opened(path: Path) -> TextIO:
    if path.name.endswith(".gz"):
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _number(text: str) -> float:
    """A blank or infinite value is missing."""
    value = float(text) if text.strip() else math.nan
    return value if math.isfinite(value) else math.nan


def _seconds(text: str) -> float:
    """Unix seconds (or ms), or ISO 8601; a time without zone is taken as UTC, which keeps the hour of the day."""
    try:
        number = float(text)
    except ValueError:
        return _iso_seconds(text.strip())
    if not abs(number) < _LAST_MS:
        raise ValueError(f"{text[:40]!r} is not a time")
    return number / 1000 if abs(number) > 1e11 else number


def _iso_seconds(text: str) -> float:
    try:
        time = datetime.fromisoformat(text)
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise ValueError(f"{text[:40]!r} is not a time such as 2026-11-11 00:00:00") from None
