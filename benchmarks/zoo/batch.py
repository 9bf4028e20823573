"""Events of one type as columns, and their JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from benchmarks.zoo.dimension import Dimension
    from benchmarks.zoo.table import Column, Table

_IDS: Final = frozenset(
    {"order_id", "parcel_id", "refund_id", "dispute_id", "consultation_id", "session_id", "feedback_id"}
)
_FLAGS: Final = frozenset({"shipped", "notified", "automatic", "resolved", "upheld", "before_collection"})
_TOPICS: Final = {
    "order": "orders",
    "parcel": "logistics",
    "consultation": "consultations",
    "queue": "consultations",
    "refund": "aftersales",
    "dispute": "aftersales",
    "page": "visits",
    "checkout": "visits",
    "survey": "feedback",
    "review": "feedback",
    "mention": "feedback",
}


class Batch(NamedTuple):
    """Events of a type: one a row of the table.

    `fields` are columns of the table, which become the event's data; the first is the id, or a dimension, that is the
    subject. Codes are those of the dimension `refund.reason` (of events refund.*) or, where there is none, `reason`.
    """

    type: str
    time_ms: NDArray[np.int64]
    table: Table
    fields: tuple[str, ...]

    @property
    def topic(self) -> str:
        return _TOPICS[self.type.partition(".")[0]]

    def within(self, begin_ms: int, end_ms: int) -> Batch:
        """Those of a span."""
        rows = (self.time_ms >= begin_ms) & (self.time_ms < end_ms)
        return self._replace(time_ms=self.time_ms[rows], table=self.table.take(rows))

    def texts(self, rows: Column, dimensions: Mapping[str, Dimension], serial: int) -> tuple[list[bytes], list[bytes]]:
        """CloudEvents of these rows, and their subjects; `serial` tells batches of one type apart in ids."""
        family = self.type.partition(".")[0]
        columns = [
            _fragments(name, self.table[name][rows], dimensions.get(f"{family}.{name}") or dimensions.get(name))
            for name in self.fields
        ]
        subjects = [text.partition(":")[2].strip('"') for text in columns[0]]
        times = _instants(self.time_ms[rows])
        head = f'{{"specversion":"1.0","source":"/{self.topic}","type":"{self.type}","id":"{serial}-'
        found = [
            f'{head}{row}","time":"{time}","subject":"{subject}","data":{{{"".join(data)[1:]}}}}}'.encode()
            for row, time, subject, data in zip(rows.tolist(), times, subjects, zip(*columns, strict=True), strict=True)
        ]
        return found, [subject.encode() for subject in subjects]


def _fragments(name: str, column: Column, dimension: Dimension | None) -> list[str]:
    """A field of each event as JSON with a comma before it; nothing where it is missing."""
    if name in _IDS:
        return [f',"{name}":"{name[0]}{number}"' if number >= 0 else "" for number in column.tolist()]
    if name in _FLAGS:
        said = (f',"{name}":false', f',"{name}":true', "")
        return [said[flag] for flag in column.tolist()]
    if column.dtype.kind == "f":
        return [f',"{name}":{number}' if number == number else "" for number in np.round(column, 3).tolist()]  # noqa: PLR0124 - NaN
    if dimension is not None:
        known = [f',"{name}":{orjson.dumps(value).decode()}' for value in dimension.values]
        return [known[code] if code >= 0 else "" for code in column.tolist()]
    if name.endswith(("_at", "eta")):
        return [f',"{name}":"{text}"' if text else "" for text in _instants(column)]
    return [f',"{name}":{number}' if number >= 0 else "" for number in column.tolist()]


def _instants(times_ms: NDArray[np.int64]) -> list[str]:
    """RFC 3339 in UTC; "" where it is missing."""
    texts = np.datetime_as_string(times_ms.astype("datetime64[ms]"), unit="ms", timezone="UTC").tolist()
    if (times_ms < 0).any():
        return [text if time >= 0 else "" for text, time in zip(texts, times_ms.tolist(), strict=True)]
    return list(texts)
