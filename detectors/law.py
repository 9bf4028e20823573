"""How values spread around what is expected of them."""

from __future__ import annotations

import enum


class Law(enum.Enum):
    """The distribution that a value is held against."""

    COUNT = "count"  # events in a time: Poisson, or wider
    RATIO = "ratio"  # successes among trials: binomial, or wider
    MEAN = "mean"  # a mean of durations
