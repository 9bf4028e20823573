"""How far ahead a deadline lies, in whole steps: where open cases are forecast, it stands in place of the component."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

STEP_MS: Final = 300_000
FURTHEST: Final = (1 << 14) - 1  # steps, nearly 57 days: what is further ahead is not forecast
PLACES: Final = 2 * (FURTHEST + 1)


def places_of(deadline_ms: NDArray[np.int64], event_ms: NDArray[np.int64], component: int) -> NDArray[np.int64]:
    """The places of events that open (component 1) or close (0) cases with these deadlines.

    A deadline that has passed counts as one in the event's own step, a far one as FURTHEST.

    >>> places_of(np.array([5_400_000, 0]), np.array([0, 5_400_000]), 1).tolist()
    [37, 1]
    """
    ahead: NDArray[np.int64] = np.clip(deadline_ms // STEP_MS - event_ms // STEP_MS, 0, FURTHEST)
    return 2 * ahead + component
