"""Up to when a partition that has nothing to say promises to have spoken: one rule, live and in a backtest."""

from __future__ import annotations

from typing import Final

SLACK_MS: Final = 10_000  # other partitions may carry times ahead of their records: promises stay this much behind


def idle_watermark(clock_ms: int, lateness_ms: int) -> int:
    """The watermark (event time, ms) of an idle partition; an event that is on time later is never behind it.

    `clock_ms`: the worker's clock as it was when the partition went idle.

    >>> idle_watermark(100_000, 30_000)
    60000
    """
    return clock_ms - lateness_ms - SLACK_MS
