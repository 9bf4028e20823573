"""Events of one type by columns, and how they become lines of an events file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from streams.simulate.rhythm import OFFSET_MS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def moments(times_ms: NDArray[np.int64]) -> list[str]:
    """RFC 3339 with milliseconds and the shop's offset."""
    local = (times_ms + OFFSET_MS).astype("datetime64[ms]")
    return [f"{text}+08:00" for text in np.datetime_as_string(local, unit="ms").tolist()]


class Column(Protocol):
    """A field of `data`."""

    def fragments(self, rows: NDArray[np.int64]) -> list[str]:
        """JSON of the field in these rows, with a leading comma; empty where it is absent."""


class Named:
    """A dimension: codes into values, negative where absent."""

    def __init__(self, name: str, values: Sequence[str], codes: NDArray[np.integer]) -> None:
        """Values need no escaping in JSON."""
        self._fragments = np.array([f',"{name}":"{value}"' for value in values] + [""], dtype=object)
        self._codes = codes

    def fragments(self, rows: NDArray[np.int64]) -> list[str]:
        """JSON of the rows."""
        codes = self._codes[rows]
        result: list[str] = self._fragments[np.where(codes < 0, len(self._fragments) - 1, codes)].tolist()
        return result


class Label:
    """A name made of a prefix and a number, negative where absent."""

    def __init__(self, name: str, prefix: str, numbers: NDArray[np.int64]) -> None:
        """Set the name of the field."""
        self._head = f',"{name}":"{prefix}'
        self._numbers = numbers

    def fragments(self, rows: NDArray[np.int64]) -> list[str]:
        """JSON of the rows."""
        head = self._head
        return [f'{head}{number}"' if number >= 0 else "" for number in self._numbers[rows].tolist()]


class Amount:
    """A number, NaN where absent."""

    def __init__(self, name: str, values: NDArray[np.float64]) -> None:
        """Set the name of the field."""
        self._head = f',"{name}":'
        self._values = values

    def fragments(self, rows: NDArray[np.int64]) -> list[str]:
        """JSON of the rows."""
        head = self._head
        values = np.round(self._values[rows], 3)
        texts = [f"{head}{value}" for value in values.tolist()]
        for absent in np.flatnonzero(np.isnan(values)).tolist():
            texts[absent] = ""
        return texts


class Count:
    """A whole number, negative where absent."""

    def __init__(self, name: str, values: NDArray[np.integer]) -> None:
        """Set the name of the field."""
        self._head = f',"{name}":'
        self._values = values

    def fragments(self, rows: NDArray[np.int64]) -> list[str]:
        """JSON of the rows."""
        head = self._head
        return [f"{head}{value}" if value >= 0 else "" for value in self._values[rows].tolist()]


class Moment:
    """A time in ms, not positive where absent."""

    def __init__(self, name: str, times_ms: NDArray[np.int64]) -> None:
        """Set the name of the field."""
        self._head = f',"{name}":"'
        self._times = times_ms

    def fragments(self, rows: NDArray[np.int64]) -> list[str]:
        """JSON of the rows."""
        head = self._head
        times = self._times[rows]
        texts = moments(times)
        return [f'{head}{text}"' if time > 0 else "" for text, time in zip(texts, times.tolist(), strict=True)]


class Flag:
    """True (1), false (0) or absent (negative)."""

    def __init__(self, name: str, values: NDArray[np.int8] | NDArray[np.bool_]) -> None:
        """Set the name of the field."""
        self._fragments = np.array([f',"{name}":false', f',"{name}":true', ""], dtype=object)
        self._values = values.astype(np.int8)

    def fragments(self, rows: NDArray[np.int64]) -> list[str]:
        """JSON of the rows."""
        values = self._values[rows]
        result: list[str] = self._fragments[np.where(values < 0, 2, values)].tolist()
        return result


@dataclass(frozen=True)
class Block:
    """Events of one type.

    Attributes:
        time_ms: event time of each row.
        rows: the rows that happen; several blocks share the columns of one journey and differ in this.
        subject: prefix and number of each event's subject, which is the first field of `data` too.
        id_prefix: event ids are the prefix and the row.

    """

    topic: str
    kind: str
    source: str
    time_ms: NDArray[np.int64]
    subject: tuple[str, NDArray[np.int64]]
    columns: tuple[Column, ...]
    id_prefix: str
    rows: NDArray[np.int64]

    def with_fields(self, *columns: Column) -> Block:
        """The same events, which say more."""
        return replace(self, columns=(*self.columns, *columns))

    def render(self, rows: NDArray[np.int64], at_ms: NDArray[np.int64]) -> list[str]:
        """Lines of the given rows, which reach the broker at `at_ms`."""
        prefix, numbers = self.subject
        head = f'{{"topic":"{self.topic}","event":{{"specversion":"1.0","id":"{self.id_prefix}'
        middle = f'","source":"{self.source}","type":"{self.kind}","time":"'
        times, ats = moments(self.time_ms[rows]), moments(at_ms)
        names = [f"{prefix}{number}" for number in numbers[rows].tolist()]
        fields = ["".join(parts) for parts in zip(*(column.fragments(rows) for column in self.columns), strict=True)]
        return [
            f'{head}{row}{middle}{time}","subject":"{name}","data":{{{data[1:]}}}}},"at":"{at}"}}'
            for row, time, name, data, at in zip(rows.tolist(), times, names, fields, ats, strict=True)
        ]
