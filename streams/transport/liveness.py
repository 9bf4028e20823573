"""Whether the reading side of a worker is alive: a process that is up and reads nothing must end."""

from __future__ import annotations

SILENT_LIMIT_S = 120.0  # longer than any broker restart
UNOWNED_LIMIT_S = 300.0  # longer than any rebalance


class Liveness:
    """Looks at the worker as a whole: under load one partition may wait long for its turn, but not all.

    >>> liveness = Liveness(0.0)
    >>> liveness.look(owns=True, waiting=True, progressed=False, heard=True, now_s=60.0) is None
    True
    >>> liveness.look(owns=True, waiting=True, progressed=False, heard=True, now_s=121.0)
    'records are waiting, and none has been taken for 120 s'
    """

    def __init__(self, now_s: float) -> None:
        self._alive_at = now_s
        self._owned_at = now_s

    def look(self, *, owns: bool, waiting: bool, progressed: bool, heard: bool, now_s: float) -> str | None:
        """Call about once a second. Returns why the worker must end, or None.

        Args:
            owns: partitions are assigned and taken over (none at all counts as well).
            waiting: some partition has records that were not taken yet.
            progressed: some batch was taken since the last look.
            heard: some partition's fetch was answered lately.
            now_s: a monotonic clock.

        """
        if not owns:
            self._alive_at = now_s
            if now_s - self._owned_at > UNOWNED_LIMIT_S:
                return f"the group has not come together for {UNOWNED_LIMIT_S:.0f} s"
            return None
        self._owned_at = now_s
        if progressed or (heard and not waiting):
            self._alive_at = now_s
        if now_s - self._alive_at <= SILENT_LIMIT_S:
            return None
        if heard:
            return f"records are waiting, and none has been taken for {SILENT_LIMIT_S:.0f} s"
        return f"the broker has answered no fetch for {SILENT_LIMIT_S:.0f} s"
