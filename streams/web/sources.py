"""How far the events of each source topic have been read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from streams.web.touchpoints import SourceState, source_state

if TYPE_CHECKING:
    from collections.abc import Iterable


class _Source(msgspec.Struct):
    watermark: int
    moved_at: int


class Sources:
    """The newest watermark of each topic, and when it moved.

    Args:
        topics: those that are shown, in this order.
        pace: how many times faster than life the records' clock runs.
        live: whether what is old is late, and never a replay.

    """

    def __init__(self, topics: Iterable[str], pace: float, *, live: bool) -> None:
        self._topics = tuple(topics)
        self._pace = pace
        self._live = live
        self._known: dict[str, _Source] = {}

    def moved(self, topic: str, watermark: int, now: int) -> bool:
        """Takes a watermark (ms) at `now`, the worker's clock; False where it did not rise."""
        known = self._known.get(topic)
        if known is None:
            self._known[topic] = _Source(watermark, now)
        elif watermark > known.watermark:
            known.watermark, known.moved_at = watermark, now
        else:
            return False
        return True

    def states(self, now: int) -> list[SourceState]:
        """How fresh each topic is at `now`."""
        return [self._state(topic, now) for topic in self._topics]

    def _state(self, topic: str, now: int) -> SourceState:
        known = self._known.get(topic)
        watermark, moved_at = (known.watermark, known.moved_at) if known else (None, 0)
        return source_state(topic, watermark, moved_at, now, self._pace, live=self._live)
