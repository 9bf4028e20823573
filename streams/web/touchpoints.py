"""One word for the state of a touchpoint, and of a source of events; what is unknown never looks like health."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from streams.records.anomaly import Anomaly

SILENT_MS: Final = 120_000
BEHIND_MS: Final = 300_000
REPLAY_MS: Final = 3_600_000
HEARD_MS: Final = 600_000
PIPELINE: Final = "pipeline"


class SourceCondition(enum.StrEnum):
    """How fresh the events of a topic are."""

    LIVE = "live"
    BEHIND = "behind"  # moving, but minutes late
    REPLAY = "replay"  # moving through another time than now
    SILENT = "silent"  # stands still
    NONE = "none"  # has never spoken


class TouchpointCondition(enum.StrEnum):
    """What the page says of a touchpoint, gravest first."""

    CRITICAL = "critical"
    WARNING = "warning"
    STALE = "stale"
    NO_DATA = "no_data"
    RECOVERING = "recovering"
    INFO = "info"
    REPLAY = "replay"
    NORMAL = "normal"
    UNWATCHED = "unwatched"


class SourceState(msgspec.Struct, frozen=True):
    """A topic's freshness: times in ms, `watermark` and `moved_at` None before its first event."""

    topic: str
    state: SourceCondition
    watermark: int | None
    moved_at: int | None


class TouchpointState(msgspec.Struct, frozen=True):
    """A touchpoint and its open anomalies; `heard` is when one of its metrics last had a value (ms)."""

    name: str
    state: TouchpointCondition
    open: int
    heard: int | None


def source_state(
    topic: str, watermark: int | None, moved_at: int, now: int, pace: float = 1.0, *, live: bool = False
) -> SourceState:
    """`moved_at` is when the watermark last rose, on the same clock as `now`.

    `pace` is how many times faster than life that clock runs: in a replay at speed 60 a pause of two minutes is two
    seconds, and says nothing. With `live` what is old is behind, and never a replay.

    >>> source_state("orders", 1_000, 2_000, 3_000).state.value
    'live'
    >>> source_state("orders", None, 0, 3_000).state.value
    'none'
    """
    if watermark is None:
        return SourceState(topic, SourceCondition.NONE, None, None)
    away = abs(now - watermark)
    if now - moved_at > SILENT_MS * pace:
        state = SourceCondition.SILENT
    elif away > REPLAY_MS * pace and not live:
        state = SourceCondition.REPLAY
    elif away > BEHIND_MS * pace:
        state = SourceCondition.BEHIND
    else:
        state = SourceCondition.LIVE
    return SourceState(topic, state, watermark, moved_at)


def touchpoint_state(
    name: str,
    anomalies: Iterable[Anomaly],
    heard: int | None,
    sources: Collection[SourceState],
    time: int,
) -> TouchpointState:
    """Open anomalies decide first; without one, whether anything was heard within ten minutes of `time`.

    Args:
        name: the touchpoint.
        anomalies: all that are open.
        heard: when a metric of this touchpoint last had a value: 0 never, None if no metric watches it.
        sources: the feeds, which are what "pipeline" is about.
        time: event time of the newest tick, ms.

    """
    mine = [anomaly for anomaly in anomalies if anomaly.touchpoint == name]
    if mine:
        state = _of_anomalies(mine)
    elif name == PIPELINE:
        state = _of_sources({source.state for source in sources})
    elif heard is None:
        state = TouchpointCondition.UNWATCHED
    elif not heard or time - heard > HEARD_MS:
        state = TouchpointCondition.NO_DATA
    else:
        state = TouchpointCondition.NORMAL
    return TouchpointState(name, state, len(mine), heard or None)


def _of_anomalies(anomalies: Iterable[Anomaly]) -> TouchpointCondition:
    firing = {anomaly.severity for anomaly in anomalies if anomaly.state == "firing"}
    for severity in (TouchpointCondition.CRITICAL, TouchpointCondition.WARNING):
        if severity.value in firing:
            return severity
    graver = any(anomaly.severity != "info" for anomaly in anomalies)
    return TouchpointCondition.RECOVERING if graver else TouchpointCondition.INFO


def _of_sources(conditions: set[SourceCondition]) -> TouchpointCondition:
    if conditions <= {SourceCondition.NONE}:
        return TouchpointCondition.NO_DATA
    if conditions & {SourceCondition.SILENT, SourceCondition.BEHIND}:
        return TouchpointCondition.STALE
    if SourceCondition.REPLAY in conditions:
        return TouchpointCondition.REPLAY
    return TouchpointCondition.NORMAL
