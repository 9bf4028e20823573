"""`pharos score`: plain series from files, point by point."""

from __future__ import annotations

import csv
import gzip
import math
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

import numpy as np

from detectors.plain_series import PlainSeriesDetector
from streams.offline.damage import UNREADABLE, damage
from streams.settings.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_LAST_MS = 253_402_300_800_000  # the end of the year 9999
_SUFFIXES = (".csv", ".csv.gz")
_SIDE_BY_SIDE = 32  # files that are open at once


class ScoredFile(NamedTuple):
    """What was done with one file."""

    name: str
    points: int
    missing: int


class ScoreError(InputError):
    """A file that cannot be scored; the message says which and why."""


class _Point(NamedTuple):
    stamp: str
    time_s: float
    value: float


def score_directory(
    source: Path, target: Path, progress: Callable[[ScoredFile], None] = lambda _: None
) -> list[ScoredFile]:
    """Scores every series below `source` into the same relative name, ending in .csv, below `target`.

    Files need the columns timestamp and value; others, such as an index, are skipped. Memory does not grow with
    their length. `progress` is called after each file. Files are read side by side, which changes no score.

    Raises ScoreError where there is no series, where `target` lies within `source` or where a row cannot be read.
    """
    if not source.is_dir():
        raise ScoreError(f"{source} is not a directory")
    if target.resolve().is_relative_to(source.resolve()):
        raise ScoreError(f"{target} lies within {source}: the next run would score the scores")
    done = []
    paths = sorted(path for path in source.rglob("*") if path.name.endswith(_SUFFIXES) and path.is_file())
    names = {path: path.relative_to(source).as_posix().removesuffix(".gz") for path in paths}
    for before, path in pairwise(paths):
        if names[before] == names[path]:
            raise ScoreError(f"{before} and {path} would be scored into one file; keep one of them")
    for begin in range(0, len(paths), _SIDE_BY_SIDE):
        with ExitStack() as files:
            group = paths[begin : begin + _SIDE_BY_SIDE]
            series = [one for path in group if (one := _series(path, names[path], target, files)) is not None]
            _score(series)
        for one in series:
            progress(one.scored())
            done.append(one.scored())
    if not done:
        raise ScoreError(f"no file with the columns timestamp and value below {source}")
    return done


def _score(series: list[_Series]) -> None:
    detector = PlainSeriesDetector()
    times = np.zeros(len(series))
    while points := [(place, point) for place, one in enumerate(series) if (point := one.next()) is not None]:
        values = np.full(len(series), math.nan)
        for place, point in points:
            times[place], values[place] = point.time_s, point.value
        scores = detector.update(times, values)
        for place, point in points:
            series[place].write(point, float(scores[place]))


class _Series:
    """A file that is read and the one that is written, row by row."""

    def __init__(self, path: Path, name: str, rows: Iterator[_Point], out: TextIO) -> None:
        self._path = path
        self._name = name
        self._rows = rows
        self._out = out
        self._points = self._missing = 0

    def next(self) -> _Point | None:
        with _named(self._path):
            return next(self._rows, None)

    def write(self, point: _Point, score: float) -> None:
        self._points += 1
        self._missing += math.isnan(point.value)
        self._out.write(f"{point.stamp},{score:.6g}\n")

    def scored(self) -> ScoredFile:
        return ScoredFile(self._name, self._points, self._missing)


def _series(path: Path, name: str, target: Path, files: ExitStack) -> _Series | None:
    """None where the file is no series."""
    with _named(path):
        rows = csv.reader(files.enter_context(_opened(path)))
        header = [column.strip().lower() for column in next(rows, [])]
    if "timestamp" not in header or "value" not in header:
        return None
    (target / name).parent.mkdir(parents=True, exist_ok=True)
    out = files.enter_context((target / name).open("w", newline="", encoding="utf-8"))
    out.write("timestamp,anomaly_score\n")
    return _Series(path, name, _points(path, rows, header.index("timestamp"), header.index("value")), out)


def _points(path: Path, rows: Any, at: int, of: int) -> Iterator[_Point]:
    for row in rows:
        if not row:
            continue
        try:
            yield _Point(row[at], _seconds(row[at]), _number(row[of] if of < len(row) else ""))
        except (ValueError, IndexError) as error:
            remedy = "correct it or leave the row out"
            raise ScoreError(f"{path}, line {rows.line_num}: {error}; {remedy}") from None


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """A file that is damaged is named."""
    try:
        yield
    except UNREADABLE as error:
        raise ScoreError(f"{path} {damage(error)}") from None


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
