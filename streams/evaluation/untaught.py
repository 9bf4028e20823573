"""Spans of time that teach nothing, series by series."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from streams.evaluation.episodes import Episodes

    Rows = NDArray[np.intp]

LONGEST_MS: Final = 7 * 86_400_000
_CLOSED_MS = 4 * 3_600_000  # quarters close two hours after they end, those of cohorts hardly later
_NAMES = ("series", "host", "begin", "until", "cap")
_OPEN = 0


class Untaught:
    """What somebody called a trouble, or expected, is not what is usual. Part of the state.

    A span that is still on ends with the deviation of the series that was spoken of, and after a week at the latest:
    what lasts longer is what is usual now. Quarters of an hour that were learned before anybody spoke stay learned.
    """

    def __init__(self) -> None:
        self.series: Rows = np.zeros(0, dtype=np.intp)
        self.host: Rows = np.zeros(0, dtype=np.intp)  # the series that was spoken of
        self.begin: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self.until: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self.cap: NDArray[np.int64] = np.zeros(0, dtype=np.int64)

    def add(self, host: int, rows: Rows, begin: int, until: int | None, now_ms: int) -> None:
        """What these rows hold of [begin, until) is not to be learned; None: as long as `host` deviates."""
        added: tuple[Any, ...] = (rows, host, begin, _OPEN if until is None else until, now_ms + LONGEST_MS)
        for name, values in zip(_NAMES, added, strict=True):
            known: NDArray[Any] = getattr(self, name)
            fresh = np.broadcast_to(np.asarray(values, dtype=known.dtype), rows.shape)
            setattr(self, name, np.concatenate([known, fresh]))

    def settle(self, now_ms: int, episodes: Episodes) -> None:
        """Ends the spans of what is over, and forgets those whose quarters have closed."""
        if not self.series.size:
            return
        over = (self.until == _OPEN) & ~episodes.on(now_ms)[self.host]
        self.until[over] = np.maximum(episodes.last[self.host[over]], self.begin[over])
        self.until[(self.until == _OPEN) & (self.cap <= now_ms)] = now_ms
        kept = (self.until == _OPEN) | (self.until > now_ms - _CLOSED_MS)
        if not kept.all():
            for name in _NAMES:
                setattr(self, name, getattr(self, name)[kept])

    def within(self, start_ms: int, end_ms: int, size: int) -> NDArray[np.bool_] | None:
        """bool[size]: the series that [start, end) must teach nothing; None where that is none."""
        if not self.series.size:
            return None
        touched = (self.begin < end_ms) & ((self.until == _OPEN) | (start_ms < self.until))
        rows = self.series[touched]
        if not rows.size:
            return None
        found = np.zeros(size, dtype=np.bool_)
        found[rows[rows < size]] = True
        return found

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The state as named arrays."""
        return {f"untaught.{name}": getattr(self, name) for name in _NAMES}

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Takes over what `arrays` described; other names are skipped."""
        for name in _NAMES:
            setattr(self, name, arrays[f"untaught.{name}"])
