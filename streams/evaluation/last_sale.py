"""What the whole of a metric was at the same time of an earlier entry of the calendar, for people to see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from streams.evaluation.likes import Earlier, Like
    from streams.records.verdicts import Pulse

_MINUTE_MS = 60_000
_MOST_STEPS = 2_880  # minutes of two days; of what lasts longer, longer ones
_DAY_MS = 86_400_000


class LastSale:
    """Keeps the values of the whole of any metric, minute by minute, while an entry runs that a later one is like.

    In the later one it says what was seen then; nothing is judged by it. Forgotten a day after the last entry that is
    like it. Part of the state.
    """

    def __init__(self, likes: Sequence[Like]) -> None:
        self._likes = likes
        self._values: dict[Earlier, NDArray[np.float32]] = {}

    def note(self, now_ms: int, pulse: Pulse) -> None:
        """Keeps what is seen now, if an entry runs that a later one is like."""
        for earlier in {like.earlier: None for like in self._likes}:
            place = _place(earlier, now_ms - earlier.begins_ms)
            if place is None or pulse.missing or not any((pulse.value, pulse.expected, pulse.lower, pulse.upper)):
                continue
            if earlier not in self._values:
                self._values[earlier] = np.full(_steps(earlier), np.nan, np.float32)
            self._values[earlier][place] = pulse.value
        if self._values:
            needed = {like.earlier for like in self._likes if now_ms < like.ends_ms + _DAY_MS}
            self._values = {earlier: values for earlier, values in self._values.items() if earlier in needed}

    def at(self, now_ms: int) -> float | None:
        """What was seen at the same time of the earlier entry; None where none is running, or nothing was seen."""
        for like in self._likes:
            place = _place(like.earlier, now_ms - like.begins_ms)
            if place is not None and like.earlier in self._values:
                value = float(self._values[like.earlier][place])
                return None if np.isnan(value) else value
        return None

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The state as named arrays."""
        return {_name(earlier): values for earlier, values in self._values.items()}

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Takes over what `arrays` described, of entries that the calendar still names."""
        names = {like.earlier: _name(like.earlier) for like in self._likes}
        self._values = {earlier: arrays[name] for earlier, name in names.items() if name in arrays}


def _step_ms(earlier: Earlier) -> int:
    return _MINUTE_MS * -(-earlier.length_s * 1000 // (_MOST_STEPS * _MINUTE_MS))


def _steps(earlier: Earlier) -> int:
    return -(-earlier.length_s * 1000 // _step_ms(earlier))


def _place(earlier: Earlier, offset_ms: int) -> int | None:
    """Which step an offset from the beginning lies in; windows end at a tick, so its first moment belongs to before."""
    return (offset_ms - 1) // _step_ms(earlier) if 0 < offset_ms <= earlier.length_s * 1000 else None


def _name(earlier: Earlier) -> str:
    return f"last_sale.{earlier.begins_ms}.{earlier.length_s}"
