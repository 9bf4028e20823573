"""A table of somebody else: CSV, packed or not, whose columns are checked before anything is read."""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from streams.offline.damage import UNREADABLE, damage
from streams.settings.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import Any


_DAY_S = 86_400
_FIRST_YEAR, _LAST_YEAR = 1970, 2200  # what lies beyond is a mistake of who wrote it, and no calendar likes the ends


class ImportProblem(InputError):  # noqa: N818 - what a person reads is a problem with a remedy, not an error class
    """What is wrong with the data, and what to do about it."""


@dataclass(frozen=True)
class Row:
    """One row and where it stands, for what has to be said about it."""

    file: Path
    number: int
    values: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values[column]

    def seconds(self, column: str) -> float:
        """A number of seconds, a day at most; an empty cell is 0. Raises ImportProblem for anything else."""
        return float(self._parsed(column, _within_a_day, "a number of seconds, 86,400 at most") or 0)

    def time(self, column: str) -> datetime | None:
        """A time without offset as YYYY-MM-DD HH:MM[:SS]; None where the cell is empty. Raises ImportProblem."""
        value: datetime | None = self._parsed(column, _local_time, "a time like 2017-11-24 10:30")
        return value

    def _parsed(self, column: str, parse: Any, expected: str) -> Any:
        text = self.values[column]
        try:
            return parse(text) if text else None
        except ValueError:
            where = f"{self.file.name}, row {self.number}, column {column}"
            raise ImportProblem(f"{where}: {text[:40]!r} is not {expected}; correct it or leave the row out") from None


def _within_a_day(text: str) -> float:
    seconds = float(text)
    if not abs(seconds) <= _DAY_S:
        raise ValueError
    return seconds


def _local_time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    if time.tzinfo is not None or not _FIRST_YEAR <= time.year <= _LAST_YEAR:
        raise ValueError
    return time


def one_file(folder: Path, pattern: str, source: str) -> Path:
    """The only file of a folder that has this name. Raises ImportProblem where there is none, or several."""
    found = sorted(folder.glob(pattern)) if folder.is_dir() else []
    if len(found) != 1:
        what = "none" if not found else f"{len(found)} of them"
        raise ImportProblem(f"{folder}: expected one file {pattern} and found {what}; give the folder of {source}")
    return found[0]


def rows(file: Path, columns: Sequence[str]) -> Iterator[Row]:
    """The rows of a CSV with a header, as text by column. Columns that are not asked for are left alone.

    Raises ImportProblem at the first row when columns are missing, and where the file is no such text.
    """
    try:
        with (
            gzip.open(file, "rt", encoding="utf-8-sig", newline="")
            if file.suffix == ".gz"
            else file.open(encoding="utf-8-sig", newline="") as text
        ):
            table = csv.DictReader(text)
            missing = [name for name in columns if name not in (table.fieldnames or ())]
            if missing:
                raise ImportProblem(
                    f"{file.name} lacks the column{'s' if len(missing) > 1 else ''} {', '.join(missing)} (it has "
                    f"{', '.join(table.fieldnames or ()) or 'none'}); fetch the original file again"
                )
            for number, values in enumerate(table, 2):
                if any(values[name] is None for name in columns):
                    raise ImportProblem(f"{file.name}, row {number} is cut short; fetch the original file again")
                yield Row(file, number, values)
    except UNREADABLE as error:
        raise ImportProblem(f"{file.name} {damage(error)}") from None
