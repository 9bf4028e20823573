"""The memory by which a copy of an event is recognised."""

from __future__ import annotations

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

    def _drop_before(self, first: int) -> None:
        for source in list(self._ids):
            ids = self._ids[source]
            expired = []
            for event_id, offset in ids.items():
                if offset >= first:
                    break
                expired.append(event_id)
            for event_id in expired:
                del ids[event_id]
            if not ids:
                del self._ids[source]
