"""The memory by which a copy of an event is recognised."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_SLICES = 16


class RecentIds:
    """Remembers, exactly, which (source, id) stood at the `reach` preceding offsets of a partition.

    Ids are kept by source, so that neither a pair nor its source is stored once more for every record. Ids beyond the
    reach are dropped a sixteenth of it at a time.
    """

    def __init__(self, reach: int) -> None:
        """`reach`: how many offsets back a copy is still recognised; 0 recognises none."""
        if reach < 0:
            raise ValueError(f"reach must not be negative, got {reach}")
        self._reach = reach
        self._ids: dict[str, dict[str, int]] = {}  # source -> id -> last offset, in the order of offsets
        self._drop_at = 0

    def __len__(self) -> int:
        """How many ids are kept."""
        return sum(map(len, self._ids.values()))

    def seen(self, source: str, event_id: str, offset: int) -> bool:
        """Whether a copy stood at one of the `reach` preceding offsets; remembers this one. Offsets must rise.

        >>> memory = RecentIds(reach=10)
        >>> memory.seen("/oms", "a", 100), memory.seen("/oms", "a", 110), memory.seen("/oms", "a", 121)
        (False, True, False)
        """
        if offset >= self._drop_at:
            self._drop_before(offset - self._reach)
            self._drop_at = offset + self._reach // _SLICES + 1
        ids = self._ids.get(source)
        if ids is None:
            ids = self._ids[source] = {}
        if event_id not in ids:
            ids[event_id] = offset
            return False
        last = ids.pop(event_id)  # popped, so that the order stays that of offsets
        ids[event_id] = offset
        return last >= offset - self._reach

    def seen_among(self, sources: Sequence[str], ids: Sequence[str], offsets: Sequence[int]) -> list[int]:
        """`seen` for many records: the places of the copies among them.

        >>> RecentIds(reach=10).seen_among(["/oms", "/oms", "/crm"], ["a", "a", "a"], [100, 101, 102])
        [1]
        """
        if not ids:
            return []
        if offsets[-1] >= self._drop_at:
            self._drop_before(offsets[0] - self._reach)
            self._drop_at = offsets[0] + self._reach // _SLICES + 1
        if offsets[-1] < self._drop_at and sources.count(sources[0]) == len(sources):
            known = self._ids.get(sources[0])
            fresh = dict(zip(ids, offsets, strict=True))
            if known is not None and len(fresh) == len(ids):
                copies = [] if known.keys().isdisjoint(fresh) else [i for i, each in enumerate(ids) if each in known]
                # Popped, so that the order stays that of offsets.
                copies = [place for place in copies if known.pop(ids[place]) >= offsets[place] - self._reach]
                known.update(fresh)
                return copies
        records = zip(sources, ids, offsets, strict=True)
        return [place for place, record in enumerate(records) if self.seen(*record)]

    def _drop_before(self, first: int) -> None:
        for source in list(self._ids):
            ids = self._ids[source]
            expired = []
            for event_id, offset in ids.items():
                if offset >= first:
                    break
                expired.append(event_id)
            deque(map(ids.__delitem__, expired), maxlen=0)  # deletes, at half of what a loop costs
            if not ids:
                del self._ids[source]
