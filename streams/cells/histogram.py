"""The bins of histograms of durations."""

from __future__ import annotations

BINS = 32


def edges(lowest_s: float, highest_s: float) -> tuple[float, ...]:
    """The 31 borders between the 32 bins, in seconds: from `lowest_s` to `highest_s`, each by the same factor.

    Below the lowest and from the highest on there is one bin each. A duration on a border belongs above it. Borders are
    rounded to six digits, so that they are the same on every machine.

    >>> borders = edges(0.1, 100)
    >>> len(borders), borders[0], borders[10], borders[30]
    (31, 0.1, 1.0, 100.0)
    """
    factor = highest_s / lowest_s
    return tuple(float(f"{lowest_s * factor ** (number / (BINS - 2)):.6g}") for number in range(BINS - 1))
