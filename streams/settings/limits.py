"""The greatest numbers that settings and flags may be."""

from __future__ import annotations

from typing import Final

DAY_S: Final = 86_400
MONTH_S: Final = 30 * DAY_S
LONGEST_WAIT_S: Final = 15 * 60
MOST_PARTITIONS: Final = 1_000
