"""What the judge of a lean scope may read of its series at one tick."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from streams.cells.record import SLOT_MS

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

QUARTER_S: Final = 900
POSITIONS: Final = QUARTER_S * 1000 // SLOT_MS
"""Ticks of a quarter of an hour: at one of them a series is judged."""

WINDOWS: Final = (1, 4, 96)
"""Quarters of an hour: of one, of an hour, of a day."""


class SeriesNames(Protocol):
    """The series of a lean scope by number. There may be more than a tick knows of: those have no event yet."""

    @property
    def dimensions(self) -> tuple[str, ...]: ...

    def __len__(self) -> int: ...

    def values(self, number: int) -> tuple[str, ...]:
        """Of the dimensions."""
        ...

    def ordered(self, numbers: Iterable[int]) -> list[int]:
        """These numbers in the order of their values, which no log depends on."""
        ...

    def at(self, first: int, last: int) -> NDArray[np.int64]:
        """Those judged at the positions from `first` up to `last`, each modulo a quarter of an hour."""
        ...


class UsualDays(Protocol):
    """Thirty days that ended a day ago or more."""

    def sums(self, count: int) -> NDArray[np.int64]:
        """int64[components, count]."""
        ...

    def usual(self, count: int) -> NDArray[np.float64]:
        """float64[count]: of the first component, as if each series had been there on all of these days."""
        ...

    @property
    def today(self) -> int:
        """The day that was gone on to last."""
        ...

    def known_days(self) -> int:
        """On how many of them something could have been counted."""
        ...


class LeanReader(Protocol):
    """Whole quarters of an hour, on-time plane."""

    @property
    def names(self) -> SeriesNames: ...

    @property
    def month(self) -> UsualDays: ...

    @property
    def following(self) -> int:
        """The first quarter that is not over."""
        ...

    @property
    def end_ms(self) -> int:
        """Where the windows end."""
        ...

    def window(self, quarters: int) -> NDArray[np.int32]:
        """int32[components, n]: sums of the last 1, 4 or 96 quarters. Not to be written to."""
        ...

    def course(self, number: int, count: int) -> NDArray[np.int64]:
        """int64[components, count]: one series by quarter, oldest first."""
        ...

    def totals(self, count: int) -> NDArray[np.int64]:
        """int64[components, count]: of all series together, likewise."""
        ...
