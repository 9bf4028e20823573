"""The most that numbers among the settings may be: beyond it clients refuse, memory ends, or nothing ever happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.settings.located_yaml import Path
    from streams.settings.settings import Settings

DAY_S: Final = 86_400
MOST_PARTITIONS: Final = 1_000
_MONTH_S: Final = 30 * DAY_S
_MOST: Final = {
    "cells_partitions": MOST_PARTITIONS,
    "replication_factor": 100,
    "min_insync_replicas": 100,
    "dedup_records": 10_000_000,
    "max_series": 10_000_000,
    "lateness_s": _MONTH_S,
    "late_limit_s": _MONTH_S,
    "future_limit_s": _MONTH_S,
    "flush_interval_s": 3_600,
    "idle_after_s": DAY_S,
    "snapshot_interval_s": DAY_S,
    "full_snapshot_interval_s": 7 * DAY_S,
    "session_timeout_s": 1_800,  # brokers allow no more, unless they are told to
    "heartbeat_interval_s": 600,
    "repeat_critical_s": _MONTH_S,
    "repeat_s": _MONTH_S,
}
_LONGEST_ATTEMPT_S: Final = 300


def check_limits(settings: Settings) -> Iterator[tuple[Path, str]]:
    """All faults: where, and what to do about it."""
    for path, value, most in _numbers(settings):
        if not value <= most:  # no number at all is not above it either
            yield path, f"must not be above {most:,}"


def _numbers(settings: Settings) -> Iterator[tuple[Path, float, int]]:
    for field, most in _MOST.items():
        yield (field,), getattr(settings, field), most
    for topic, partitions in settings.source_partitions.items():
        yield ("source_partitions", topic), partitions, MOST_PARTITIONS
    for index, receiver in enumerate(settings.receivers):
        yield ("receivers", index, "timeout_s"), receiver.timeout_s, _LONGEST_ATTEMPT_S
    for index, chain in enumerate(settings.escalations):
        for number, step in enumerate(chain.steps):
            yield ("escalations", index, "steps", number, "after_s"), step.after_s, _MONTH_S
