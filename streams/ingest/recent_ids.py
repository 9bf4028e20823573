"""The memory by which a copy of an event is recognised."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.events.long_text import LONGEST, shortened

if TYPE_CHECKING:
    from collections.abc import Sequence

_NEVER = -(1 << 62)


class RecentIds:
    """Remembers, exactly, which (source, id) stood at the `reach` preceding offsets of a partition.

    Ids are kept by source, so that neither a pair nor its source is stored once more for every record. They are kept in
    two generations, and one is dropped as a whole when the one after it spans the reach: to delete ids one by one costs
    more than to keep up to twice as many. Of a source or an id of more than 256 characters the beginning and a hash are
    kept.
    """

    def __init__(self, reach: int) -> None:
        """`reach`: how many offsets back a copy is still recognised; 0 recognises only those in the same record."""
        if reach < 0:
            raise ValueError(f"reach must not be negative, got {reach}")
        self._reach = reach
        self._younger: dict[str, dict[str, int]] = {}  # source -> id -> last offset
        self._elder: dict[str, dict[str, int]] = {}
        self._turn_at = _NEVER

    def __len__(self) -> int:
        """How many ids are kept."""
        return sum(map(len, (*self._younger.values(), *self._elder.values())))

    def seen(self, source: str, event_id: str, offset: int) -> bool:
        """Whether a copy stood at one of the `reach` preceding offsets; remembers this one. Offsets must not fall.

        A mapped record holds several events at one offset: of two that are the same the second is a copy.

        >>> memory = RecentIds(reach=10)
        >>> memory.seen("/oms", "a", 100), memory.seen("/oms", "a", 110), memory.seen("/oms", "a", 121)
        (False, True, False)
        """
        if offset >= self._turn_at:
            self._turn(offset)
        if len(source) > LONGEST:
            source = shortened(source)
        if len(event_id) > LONGEST:
            event_id = shortened(event_id)
        ids = self._younger.setdefault(source, {})
        last = ids.get(event_id)
        if last is None:
            last = self._elder.get(source, {}).get(event_id, _NEVER)
        ids[event_id] = offset
        return last >= offset - self._reach

    def seen_among(self, sources: Sequence[str], ids: Sequence[str], offsets: Sequence[int]) -> list[int]:
        """`seen` for many records: the places of the copies among them.

        >>> RecentIds(reach=10).seen_among(["/oms", "/oms", "/crm"], ["a", "a", "a"], [100, 101, 102])
        [1]
        """
        if not ids:
            return []
        if offsets[0] >= self._turn_at:
            self._turn(offsets[0])
        short = len(sources[0]) <= LONGEST and len(max(ids, key=len)) <= LONGEST
        if short and offsets[-1] < self._turn_at and sources.count(sources[0]) == len(sources):
            younger = self._younger.setdefault(sources[0], {})
            elder = self._elder.get(sources[0], {})
            fresh = dict(zip(ids, offsets, strict=True))
            if len(fresh) == len(ids) and younger.keys().isdisjoint(fresh) and elder.keys().isdisjoint(fresh):
                younger.update(fresh)
                return []
        records = zip(sources, ids, offsets, strict=True)
        return [place for place, record in enumerate(records) if self.seen(*record)]

    def _turn(self, offset: int) -> None:
        self._elder, self._younger = self._younger, {}
        self._turn_at = offset + max(self._reach, 1)  # never twice at an offset, which several events may share
