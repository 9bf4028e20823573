"""What evaluation may read of the windows of one metric at one tick, and which windows are due at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

TICK_MS = 10_000
QUARTER_MS = 900_000
LONG_S = 86_400  # a longer window is compared with those before it, not with the usual day
EARLIER_WINDOWS = 8  # of the same length: of a week two months, in which a shop changes little
SPARED_WINDOWS = 1  # between them and the present one: a shift in its second week is not compared with its first


def due(window_s: int, now_ms: int) -> bool:
    """Whether a window is evaluated at the tick `now_ms`.

    A window of w seconds steps every max(10 s, w / 60), rounded up to 10 s (docs/semantics.md).

    >>> [due(60, 70_000), due(900, 70_000), due(900, 80_000), due(3600, 120_000), due(86_400, 1_440_000)]
    [True, False, True, True, True]
    """
    return now_ms % step_of(window_s) == 0


def step_of(window_s: int) -> int:
    """How far apart the ticks are at which a window is evaluated, ms."""
    return max(1, -(-window_s // 600)) * TICK_MS


class WindowReader(Protocol):
    """The windows of one metric as they stand at a tick. Arrays are in series order; the caller must not write to them.

    A series is one (scope set, dimension values). Ids are given in log order and never change; `series_count` only
    grows. An array is valid until the next tick.
    """

    @property
    def scopes(self) -> Sequence[tuple[int, tuple[str, ...]]]:
        """Series id -> (index into `scope_sets(metric)`, values in that set's order)."""
        ...

    @property
    def series_count(self) -> int:
        """Number of series, n below."""
        ...

    def partner(self, component: int) -> NDArray[np.int32]:
        """int32[n]: the series that supplies this component for each series.

        Itself where both are counted by the same scope set; -1 if that series has not been seen.
        """
        ...

    def sums(self, component: int, window_s: int) -> NDArray[np.int64]:
        """int64[n]: sums of the window that ends at the tick less `settle_s`, on-time plane, not mapped to partners.

        Raises ValueError for a window that is not kept: it is neither in `windows` nor `trailing_s`, nor one tick.
        """
        ...

    def recent(self, component: int, slots: int) -> NDArray[np.int64]:
        """int64[n]: sums of the last slots of 10 s up to the tick less `settle_s`, as `sums` gives those of windows.

        Beyond the slots that are kept it begins at the last whole minute, or quarter of an hour, before.
        """
        ...

    def earlier(self, component: int, window_s: int) -> NDArray[np.int64]:
        """int64[EARLIER_WINDOWS, n]: sums of windows before that of `sums`, oldest first, not mapped to partners.

        Each is as long as its name says and ends where the next begins, the last one SPARED_WINDOWS before the present
        one. Raises ValueError for a window of up to LONG_S.
        """
        ...

    def latest(self, component: int, window_s: int) -> NDArray[np.int64]:
        """int64[n_series]: of a gauge, what was reported last within the window; -1 where nothing was."""
        ...

    def minutes(self, component: int, series: int, count: int) -> NDArray[np.int64]:
        """int64[count]: sums of the last `count` (up to 120) whole minutes of one series, oldest first, on-time plane.

        The last minute ends at the last whole minute at or before the tick less `settle_s`.
        """
        ...

    def slots(self, component: int, series: int, count: int) -> NDArray[np.int64]:
        """int64[m]: the last `count` slots of 10 s of one series up to the tick less `settle_s`, oldest first.

        Fewer where the windows of the metric do not reach back so far.
        """
        ...

    def overdue(self) -> NDArray[np.int64]:
        """int64[n]: cohorts: opened - in time - late over deadlines in (t - 7 d, t], never negative; others: 0."""
        ...

    def overdue_known(self) -> bool:
        """Whether that is all: a week after a log that began mid-flow, when what nobody opened has left."""
        ...

    def last_seen(self) -> NDArray[np.int64]:
        """int64[n]: end in ms of the newest non-empty slot before the tick, on-time plane; 0 = never."""
        ...
