"""Records of several partitions in the order of their time, each partition in its own order. Pure."""

from __future__ import annotations

import heapq
from collections import deque
from statistics import median_low
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from streams.offline.record_line import KafkaRecord

AHEAD_MS: Final = 300_000  # as a worker refuses it
LOOK_AHEAD: Final = 64  # records of a partition by which a time stamp is judged
_NEVER: Final = -(1 << 62)


class Turn(NamedTuple):
    """A record whose turn it is, and its time of ingest (ms)."""

    record: KafkaRecord
    at_ms: int


class Lane:
    """The records of one partition that wait for their turn.

    A time stamp far ahead of those before it and of most of those behind it is the work of a wrong clock: the record
    came with its neighbours, and gets their time. So it is refused in a backtest as it was in the worker, and holds
    nothing up.

    Attributes:
        size: bytes that wait.
        ended: whether there will be no more.

    """

    def __init__(self) -> None:
        self.size = 0
        self.ended = False
        self._waiting: deque[KafkaRecord] = deque()
        self._reached = _NEVER

    def add(self, record: KafkaRecord) -> None:
        """One more, in the order of offsets."""
        self._waiting.append(record)
        self.size += _size(record)

    @property
    def ready(self) -> bool:
        """Whether it is known when the first one's turn is."""
        return len(self._waiting) >= LOOK_AHEAD or (self.ended and bool(self._waiting))

    @property
    def exhausted(self) -> bool:
        return self.ended and not self._waiting

    def first_time(self) -> int:
        """The time of ingest of the first one, ms. It must be ready."""
        time = self._waiting[0].at_ms
        if time < 0:
            return max(self._reached, 0)
        if time <= self._reached + AHEAD_MS:
            return time
        near = [record.at_ms for record, _ in zip(self._waiting, range(LOOK_AHEAD), strict=False)]
        if time <= median_low(near) + AHEAD_MS:
            return time
        return max(min((other for other in near if self._reached <= other < time), default=self._reached), 0)

    def turn(self) -> int:
        """When it is the first one's turn: a record that is stamped earlier goes with those before it."""
        return max(self.first_time(), self._reached)

    def pop(self) -> Turn:
        """The first one. It must be ready."""
        time, self._reached = self.first_time(), self.turn()
        record = self._waiting.popleft()
        self.size -= _size(record)
        return Turn(record, time)


class Lanes:
    """All partitions. A record has its turn as soon as no partition can have anything before it."""

    def __init__(self, places: Iterable[tuple[str, int]]) -> None:
        self._lanes = {place: Lane() for place in places}
        self._unknown = set(self._lanes)  # those of which it is not known when their first one's turn is
        self._turns: list[tuple[int, tuple[str, int]]] = []

    def add(self, record: KafkaRecord) -> None:
        """One more of its partition."""
        self._lanes[record.topic, record.partition].add(record)

    def end(self, place: tuple[str, int]) -> None:
        """The partition has no more."""
        self._lanes[place].ended = True

    def sizes(self) -> Iterator[tuple[tuple[str, int], int, bool]]:
        """Each partition, the bytes that wait there, and whether it needs more before its turn is known."""
        for place, lane in self._lanes.items():
            yield place, lane.size, not lane.ready and not lane.ended

    def turns(self) -> Iterator[Turn]:
        """Those whose turn it is by what is known now."""
        while True:
            for place in [place for place in self._unknown if self._lanes[place].ready]:
                self._unknown.discard(place)
                heapq.heappush(self._turns, (self._lanes[place].turn(), place))
            self._unknown -= {place for place in self._unknown if self._lanes[place].exhausted}
            if self._unknown or not self._turns:
                return
            _, place = self._turns[0]
            lane = self._lanes[place]
            turn = lane.pop()
            if lane.ready:
                heapq.heapreplace(self._turns, (lane.turn(), place))
            else:
                heapq.heappop(self._turns)
                self._unknown.add(place)
            yield turn


def _size(record: KafkaRecord) -> int:
    return len(record.value or b"") + len(record.key or b"") + 200
