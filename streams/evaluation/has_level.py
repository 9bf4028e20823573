"""What earlier entries of the calendar ask of the judge of a count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@runtime_checkable
class HasLevel(Protocol):
    """A judge that knows how much there usually is."""

    def level(self) -> Array:
        """float64[n]: events of a usual day, 0 where that is not known."""
        ...
