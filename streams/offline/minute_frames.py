"""What every series said at each minute of a backtest, kept in a file: a day of a thousand series is 60 MB."""

from __future__ import annotations

import os
from typing import IO, TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from streams.catalogue.metric import Metric
    from streams.web.exposition import Labelled

COLUMNS: Final = ("value", "expected", "lower", "upper", "score", "low", "high", "last_sale")
_NUMBERS_AT_ONCE: Final = 4_000_000  # 32 MB


class _Frame(NamedTuple):
    minute: int
    offset: int
    series: int


class Span(NamedTuple):
    """Some series of one metric.

    Attributes:
        first: the number of the first of them.
        minutes: int64[m], ms.
        numbers: float64[m, series, columns], in their order; NaN for what was not judged, or not there yet.

    """

    first: int
    minutes: NDArray[np.int64]
    numbers: NDArray[np.float64]


class MinuteFrames:
    """Takes the readings minute by minute, gives them back series by series. Series only ever join.

    Args:
        file: to write and read, which others may write to as well; who made it closes it.
        columns: the attributes of readings that are kept.

    Attributes:
        columns: as given.

    """

    def __init__(self, file: IO[bytes], columns: tuple[str, ...] = COLUMNS) -> None:
        self._file = file
        self.columns = columns
        self._frames: dict[str, list[_Frame]] = {}
        self._metrics: dict[str, Metric] = {}
        self._scopes: dict[str, Sequence[tuple[int, tuple[str, ...]]]] = {}

    def add(self, minute: int, reading: Labelled) -> None:
        """One metric at one minute (ms); nothing where it has no series yet."""
        name = reading.metric.name
        table = np.stack([getattr(reading, column) for column in self.columns], axis=1)
        if not len(table):
            return
        offset = self._file.seek(0, os.SEEK_END)
        self._file.write(table.astype(np.float64, copy=False).tobytes())
        self._metrics[name] = reading.metric
        self._scopes[name] = reading.scopes
        self._frames.setdefault(name, []).append(_Frame(minute, offset, len(table)))

    def again(self, minute: int, name: str) -> None:
        """The metric says what it said last."""
        frames = self._frames.get(name)
        if frames:
            frames.append(frames[-1]._replace(minute=minute))

    @property
    def metrics(self) -> list[Metric]:
        """Those that had a reading, in the order of the first."""
        return list(self._metrics.values())

    def scopes(self, name: str) -> Sequence[tuple[int, tuple[str, ...]]]:
        """Of each series of a metric: see `streams.web.exposition.Reading`."""
        return self._scopes[name]

    def spans(self, name: str) -> Iterator[Span]:
        """All series of a metric, as many at once as 32 MB hold."""
        frames = self._frames.get(name, [])
        width = len(self.columns)
        count = max((frame.series for frame in frames), default=0)
        at_once = max(1, _NUMBERS_AT_ONCE // max(1, len(frames) * width))
        for first in range(0, count, at_once):
            yield self.span(name, first, min(count, first + at_once))

    def span(self, name: str, first: int, last: int) -> Span:
        """Series `first` up to, and without, `last`."""
        frames, width = self._frames[name], len(self.columns)
        numbers = np.full((len(frames), last - first, width), np.nan)
        for row, frame in enumerate(frames):
            there = min(last, frame.series) - first
            if there > 0:
                self._file.seek(frame.offset + first * width * 8)
                read = self._file.read(there * width * 8)
                numbers[row, :there] = np.frombuffer(read).reshape(there, width)
        return Span(first, np.array([frame.minute for frame in frames], np.int64), numbers)
