"""Too many cells of the future wait in a merge: it says so, and who runs far ahead of the slowest waits for it.

Said on pharos-anomaly-state, which every worker reads; only while it is so, for a backlog is read fastest where nobody
waits for anybody (docs/decisions/0002).
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import msgspec
import orjson
from aiokafka.errors import KafkaError
from faust.types import TP

from streams.records.decoding import decoder_of
from streams.topics.names import ANOMALY_STATE_TOPIC

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from streams.merge.watermark import Watermarks

TYPE = "pharos.merge.congested"
CROWDED = 1_000_000  # cells of one cells partition, 16 bytes each; at eight times as many a metric would drop some
HOLDS_S = 10.0  # longer than the word of a merge that is dead is heeded
_CALM = 2  # it is over at half of what began it
_EVERY_S = 1.0
_SEND_LIMIT_S = 5.0
_KEY = "congestion-"


class Congestion(msgspec.Struct, frozen=True):
    """What a cells partition says.

    Attributes:
        partition: of pharos-cells.
        waiting: cells ahead of its watermark.
        watermarks: of each source partition, (topic, number, ms); -1 before its first.

    """

    partition: int
    waiting: int
    watermarks: list[tuple[str, int, int]]


class _Event(msgspec.Struct, frozen=True):
    type: str
    told_ms: int
    data: Congestion


class CrowdedMerge(Protocol):
    """The pure merge of one cells partition (`streams.merge`), as far as it is asked here."""

    watermarks: Watermarks

    @property
    def waiting(self) -> int: ...


class _Heard(NamedTuple):
    congestion: Congestion
    until_s: float


_decode = decoder_of(_Event)


def key_of(partition: int) -> bytes:
    return f"{_KEY}{partition}".encode()


def encode(congestion: Congestion, told_ms: int) -> bytes:
    """A CloudEvent. `told_ms`: the wall clock; what compaction has kept since yesterday must not be heeded."""
    subject = key_of(congestion.partition).decode()
    head = {"specversion": "1.0", "id": f"{subject}-{told_ms}", "source": "/pharos/merge", "type": TYPE}
    return orjson.dumps({**head, "subject": subject, "told_ms": told_ms, "data": msgspec.to_builtins(congestion)})


class Congestions:
    """What this worker has heard of late, from all cells partitions.

    Args:
        now_s: a monotonic clock.
        wall_ms: the wall clock; workers whose clocks differ by more than `HOLDS_S` do not wait for each other.

    """

    def __init__(self, now_s: Callable[[], float], wall_ms: Callable[[], int]) -> None:
        self._now_s = now_s
        self._wall_ms = wall_ms
        self._heard: dict[int, _Heard] = {}

    def hear(self, key: bytes | None, value: bytes | None) -> None:
        """Any record of pharos-anomaly-state."""
        name = (key or b"").decode(errors="replace")
        number = name.removeprefix(_KEY)
        if number == name or not number.isdecimal():
            return
        self._heard.pop(int(number), None)
        with contextlib.suppress(msgspec.DecodeError):
            event = _decode(value or b"")
            age_s = abs(self._wall_ms() - event.told_ms) / 1000
            if event.type == TYPE and age_s < HOLDS_S:
                self._heard[int(number)] = _Heard(event.data, self._now_s() + HOLDS_S)

    def slowest_of_others(self, own: Collection[TP]) -> int | None:
        """Event time in ms of the source partition that is not ours and lags most; None where nobody need wait."""
        now_s = self._now_s()
        return min(
            (
                watermark
                for heard in self._heard.values()
                if heard.until_s > now_s
                for topic, number, watermark in heard.congestion.watermarks
                if TP(topic, number) not in own
            ),
            default=None,
        )


class CongestionTeller:
    """Says once a second for each merge of this worker that it is crowded, and once that it no longer is.

    Args:
        merges: by cells partition, those that this worker has now.
        send: the `send` of an aiokafka producer.
        wall_ms: the wall clock.
        crowded: cells from which on a merge is.

    """

    def __init__(
        self,
        merges: Callable[[], Mapping[int, CrowdedMerge]],
        send: Callable[..., Any],
        wall_ms: Callable[[], int],
        crowded: int = CROWDED,
    ) -> None:
        self._merges = merges
        self._send = send
        self._wall_ms = wall_ms
        self._crowded = crowded
        self._told: set[int] = set()

    async def run(self) -> None:
        """Never returns; a broker that does not answer is asked again."""
        while True:
            await asyncio.sleep(_EVERY_S)
            with contextlib.suppress(KafkaError, OSError, TimeoutError):
                await asyncio.wait_for(self._tell(), _SEND_LIMIT_S)

    async def _tell(self) -> None:
        merges = self._merges()
        self._told &= merges.keys()
        for number, merge in merges.items():
            waiting = merge.waiting
            if waiting > (self._crowded // _CALM if number in self._told else self._crowded):
                self._told.add(number)
                congestion = Congestion(number, waiting, merge.watermarks.to_rows())
                await self._send(
                    ANOMALY_STATE_TOPIC, encode(congestion, self._wall_ms()), key=key_of(number), partition=0
                )
            elif number in self._told:
                await self._send(ANOMALY_STATE_TOPIC, None, key=key_of(number), partition=0)
                self._told.discard(number)
