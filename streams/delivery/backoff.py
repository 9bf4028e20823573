"""How long to wait before the next attempt."""

from __future__ import annotations

import msgspec


class Backoff(msgspec.Struct, frozen=True):
    """Exponential, with half of it left to chance so that many workers do not retry at the same moment.

    Attributes:
        first_s, longest_s: the wait after the first failure, and the most that doubling leads to.
        deadline_s: a notification that cannot be delivered this long after it was put is given up. It is longer than
            a robot that was sent too much is left alone.

    """

    first_s: float = 1.0
    longest_s: float = 60.0
    deadline_s: float = 900.0

    def wait_s(self, failures: int, chance: float, asked_s: float | None) -> float:
        """`chance` is in [0, 1); what the receiver asked for is the least.

        >>> Backoff().wait_s(3, 0.5, None), Backoff().wait_s(3, 0.5, 20.0), Backoff().wait_s(99, 0.0, None)
        (3.0, 20.0, 30.0)
        """
        whole = min(self.first_s * 2.0 ** min(failures - 1, 30), self.longest_s)
        return max(whole * (0.5 + chance / 2), asked_s or 0.0)
