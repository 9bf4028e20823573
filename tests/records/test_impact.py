"""How many events, or how much money, lie beyond what is normal."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from streams.records.figures import amount
from streams.records.impact import beyond_normal


class Window(NamedTuple):
    value: float
    expected: float
    exposure: float
    window_s: int = 300


@pytest.mark.parametrize(
    ("unit", "window", "affected"),
    [
        ("ratio", Window(0.7, 0.97, 1_000), 270),
        ("per_minute", Window(20, 100, 500), 400),
        # 12 requests an hour for each 1,000 of 30,000 orders are 30 in five minutes, where 10 are usual.
        ("per_thousand", Window(12, 4, 30), 20),
        ("per_thousand", Window(4, 12, 30), 20),
        ("per_thousand", Window(0, 0, 0), 0),
        ("points", Window(-20, 40, 50), 30),
        ("money_per_minute", Window(1_000, 2_500, 20), 7_500),
        ("money", Window(100, 250, 20), 0),
        ("seconds", Window(100, 250, 20), 0),
    ],
)
def test_what_is_affected_follows_from_the_unit(unit: str, window: Window, affected: float) -> None:
    assert beyond_normal(window, unit) == pytest.approx(affected)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (249.9, "money", "249.90"),
        (12_345.67, "money", "12,346"),
        (2_500.0, "money_per_minute", "2,500/min"),
        (0.2, "number", "0.20"),
        (-93_600, "seconds", "-26 h"),
        (-5.0, "seconds", "-5.00 s"),
        (12.0, "seconds_per_minute", "12.0 s/min"),
        (3.5, "number_per_minute", "3.50/min"),
    ],
)
def test_amounts_and_differences_are_told_with_their_unit(value: float, unit: str, text: str) -> None:
    assert amount(value, unit) == text
