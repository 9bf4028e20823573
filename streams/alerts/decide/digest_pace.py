"""When a digest is due: what is read bit by bit while a worker catches up is sent in one."""

from __future__ import annotations

from typing import Final

QUIET_LOOKS: Final = 10  # 5 s, where nothing is read
MOST_LOOKS: Final = 120


class DigestPace:
    """Counts looks since something was held last; however often that happens, a digest is due after `MOST_LOOKS`."""

    def __init__(self) -> None:
        self._quiet = 0
        self._left = MOST_LOOKS

    def held(self) -> None:
        """Something was held for the digest."""
        self._quiet = 0

    def is_due(self, *, caught_up: bool) -> bool:
        """Call it with each look. `caught_up`: whether the worker has caught up, and something is held."""
        if not caught_up:
            self._left = MOST_LOOKS
            return False
        self._quiet += 1
        self._left -= 1
        if self._quiet < QUIET_LOOKS and self._left > 0:
            return False
        self._left = MOST_LOOKS
        return True
