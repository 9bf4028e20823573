"""Many RFC 3339 texts at once: those of neighbours mostly differ in the second and its fraction only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streams.events.event_time import event_time_ms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_SECONDS = 17  # where the seconds stand
_FRACTION = 20  # where the fraction begins, after its point
_ZERO = np.uint8(ord("0"))
_POINT = (ord(".") - ord("0")) % 256
# Seconds, point, fraction; leap seconds are rare enough to be read one by one.
_LARGEST = np.array([5, 9, _POINT, *[9] * 40], np.uint8)
_WORTH = np.array([10_000, 1_000, 0, 100, 10, 1], np.int64)  # in ms; finer digits are cut off
_WORTH_IT = 16  # fewer texts are read one by one in less time


class NotATimeError(ValueError):
    """One of the texts is no RFC 3339 time."""


def event_times_ms(texts: Sequence[str]) -> NDArray[np.int64]:
    """Milliseconds since the epoch of each text, as `event_time_ms` reads it. Raises NotATimeError for anything else.

    >>> event_times_ms(["1970-01-01T08:00:01.250+08:00", "1970-01-01T00:00:02Z"]).tolist()
    [1250, 2000]
    """
    times = _of_one_minute(texts) if len(texts) >= _WORTH_IT else None
    if times is not None:
        return times
    one_by_one = [event_time_ms(text) for text in texts]
    if None in one_by_one:
        raise NotATimeError(texts[one_by_one.index(None)])
    return np.array(one_by_one, np.int64)


def _of_one_minute(texts: Sequence[str]) -> NDArray[np.int64] | None:
    """None where the texts are not all of one minute, offset and layout, or might not be times."""
    first = texts[0]
    first_ms = event_time_ms(first)
    joined = "".join(texts)
    if first_ms is None or len(joined) != len(first) * len(texts) or not joined.isascii():
        return None
    letters = np.frombuffer(joined.encode("ascii"), np.uint8).reshape(len(texts), len(first))
    begin = end = _FRACTION if first[_FRACTION - 1] == "." else _FRACTION - 1
    while first[end].isdigit():
        end += 1
    if end - _SECONDS > len(_LARGEST):
        return None
    digits = letters[:, _SECONDS:end] - _ZERO  # wraps below "0": beyond 9 all the same
    differ = letters ^ letters[0]
    differ[:, _SECONDS : _SECONDS + 2] = 0
    differ[:, begin:end] = 0
    if differ.any() or (digits > _LARGEST[: end - _SECONDS]).any():
        return None
    of_minute = digits[:, : len(_WORTH)].astype(np.int64) @ _WORTH[: digits.shape[1]]
    times: NDArray[np.int64] = of_minute + (first_ms - int(of_minute[0]))
    return times
