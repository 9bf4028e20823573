"""Public holidays of the zoo's countries, as their calendars have them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    import numpy as np


class Country(NamedTuple):
    """A country without daylight saving; `offset_min` east of Greenwich; days off fall on working days."""

    code: str
    zone: str
    offset_min: int
    days_off: tuple[date, ...]


COUNTRIES: Final = (
    Country(
        "BR", "America/Sao_Paulo", -180, (date(2025, 4, 21), date(2025, 11, 20), date(2026, 9, 7), date(2026, 10, 12))
    ),
    Country("CN", "Asia/Shanghai", 480, (date(2025, 5, 1), date(2025, 10, 1), date(2026, 1, 1), date(2026, 10, 1))),
    Country("JP", "Asia/Tokyo", 540, (date(2025, 2, 11), date(2025, 4, 29), date(2026, 4, 29), date(2026, 11, 3))),
    Country("IN", "Asia/Kolkata", 330, (date(2025, 8, 15), date(2025, 10, 2), date(2026, 1, 26), date(2026, 10, 2))),
    Country("CO", "America/Bogota", -300, (date(2025, 8, 7), date(2025, 12, 8), date(2026, 7, 20), date(2026, 12, 8))),
    Country("KE", "Africa/Nairobi", 180, (date(2025, 5, 1), date(2025, 12, 12), date(2026, 6, 1), date(2026, 10, 20))),
)


def country(rng: np.random.Generator) -> Country:
    """One of them."""
    return COUNTRIES[int(rng.integers(len(COUNTRIES)))]
