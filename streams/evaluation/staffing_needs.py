"""What queues need and have at a tick, by columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


class Needs(NamedTuple):
    """By queue, float64[n] each, NaN where it is not known; see `StaffingNeed`. Rates are per second."""

    needed: Array
    staffed: Array
    level: Array
    abandoned: Array
    level_at_least: Array  # if fewer are offered than it seems
    handle_s: Array
    patience_s: Array
    waiting: Array
    offered: Array  # [len(AHEAD_S), n]
    needed_ahead: Array  # [len(AHEAD_S) - 1, n]
    level_ahead: Array
    unknown: NDArray[np.int8]  # a `Reason` why nothing is judged; NORMAL where it is
