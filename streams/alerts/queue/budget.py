"""How much a robot may be sent, and when: a sliding window for each of its limits."""

from __future__ import annotations

import enum
import math
from collections import deque

import msgspec

_ROUND_S = 300.0  # everybody's jobs start at whole hours, halves and fives
_BEFORE_S, _AFTER_S, _JITTER_S = 0.5, 1.5, 2.0  # 4 s at most: whoever is on call hears of it within 5


class Limit(msgspec.Struct, frozen=True):
    """At most `count` messages in any `window_s` seconds."""

    count: int
    window_s: float


class Allowance(msgspec.Struct, frozen=True):
    """What one kind of robot bears, and wants.

    Attributes:
        limits: all of them hold; the first is the one that counts for criticals; none: as fast as it answers.
        kept: so many of the first limit are left free for criticals.
        digest_above: a backlog of more becomes one digest, and half of what others than criticals may use is spread
            over the window, for digests; None: every notification is sent by itself.
        off_round_times: keeps away from times such as 10:00:00, when everybody sends.
        hears_acks: is notified that somebody has acknowledged; nobody wants to read that in a chat.
        apart: a system that keeps each anomaly by itself: gets the news of a trouble one by one, and no announcements.

    """

    limits: tuple[Limit, ...] = ()
    kept: int = 0
    digest_above: int | None = None
    off_round_times: bool = False
    hears_acks: bool = False
    apart: bool = False


class Hold(enum.StrEnum):
    """Why a message cannot be sent yet."""

    NOTHING = "nothing"  # it can
    LIMIT = "limit"  # the window is full
    KEPT = "kept"  # what is free is for criticals
    SPREAD = "spread"  # see `Allowance.digest_above`
    ROUND_TIME = "round_time"
    RESTING = "resting"  # the robot failed or asked to be left alone


class Budget:
    """Remembers when one robot was sent something. `now` is in seconds that only grow.

    >>> budget = Budget(Allowance((Limit(2, 60.0),)))
    >>> for second in (0.0, 1.0):
    ...     budget.spend(second, critical=True)
    >>> budget.hold(2.0, 0.0, critical=True)
    (58.0, <Hold.LIMIT: 'limit'>)
    """

    def __init__(self, allowance: Allowance) -> None:
        self._allowance = allowance
        self._spent: deque[float] = deque(maxlen=max((limit.count for limit in allowance.limits), default=1))
        self._last_other = -math.inf
        self._last_critical = False

    def hold(self, now: float, chance: float, *, critical: bool, wall: float = math.nan) -> tuple[float, Hold]:
        """Seconds until a message may be sent, 0 for now, and what it waits for.

        `chance` is in [0, 1); `wall` is the time of day, in seconds since the epoch, where round times matter.
        """
        holds = [(self._free_in_s(now, limit, limit.count), Hold.LIMIT) for limit in self._allowance.limits]
        if not critical and self._allowance.limits:
            holds += self._hold_others(now, self._allowance.limits[0])
        if self._allowance.off_round_times and not math.isnan(wall):
            holds.append((_round_time_s(wall, chance), Hold.ROUND_TIME))
        longest = max(holds, default=(0.0, Hold.NOTHING))
        return longest if longest[0] > 0 else (0.0, Hold.NOTHING)

    def room(self, now: float, within_s: float) -> float:
        """How many criticals could be sent within so many seconds, by a careful count; infinite without a limit."""
        return min((self._room(now, within_s, limit) for limit in self._allowance.limits), default=math.inf)

    def spend(self, now: float, *, critical: bool) -> None:
        """An attempt begins: it counts whether it succeeds or not, because the other side may count it."""
        self._spent.append(now)
        self._last_critical = critical
        self.settle(now)

    def settle(self, now: float) -> None:
        """The last attempt has ended: it may have arrived as late as that, and counts from then."""
        self._spent[-1] = now
        if not self._last_critical:
            self._last_other = now

    def _hold_others(self, now: float, limit: Limit) -> list[tuple[float, Hold]]:
        """One in a window goes in any case, or many criticals would silence all else."""
        longest_s = self._last_other + limit.window_s - now
        share = limit.count - self._allowance.kept
        holds = [(self._free_in_s(now, limit, share), Hold.KEPT)]
        at_once = share // 2
        if self._allowance.digest_above is not None and self._used(now, limit) >= at_once:
            gap_s = limit.window_s / (share - at_once)
            holds.append((self._last_other + gap_s - now, Hold.SPREAD))
        return [(min(seconds, longest_s), why) for seconds, why in holds]

    def _free_in_s(self, now: float, limit: Limit, count: int) -> float:
        """Until fewer than `count` messages lie in the window that ends then."""
        if len(self._spent) < count:
            return 0.0
        return self._spent[-count] + limit.window_s - now

    def _used(self, now: float, limit: Limit) -> int:
        return sum(1 for at in self._spent if now - at < limit.window_s)

    def _room(self, now: float, within_s: float, limit: Limit) -> float:
        if limit.window_s <= within_s:
            return limit.count * (within_s // limit.window_s)
        return limit.count - self._used(now + within_s, limit)


def _round_time_s(wall: float, chance: float) -> float:
    """Seconds until it is 1.5 past a round time, and up to 2 more by chance; 0 where none is near."""
    past = (wall + _BEFORE_S) % _ROUND_S - _BEFORE_S
    return _AFTER_S + chance * _JITTER_S - past if past < _AFTER_S else 0.0
