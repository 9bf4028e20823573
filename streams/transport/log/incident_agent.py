"""The incident side of a worker: verdicts in, transitions out, with the desk's state and the offset in one piece."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Protocol

import msgspec

from streams.records.decoding import decoder_of
from streams.records.score_event import encode as encode_score
from streams.records.verdicts import TickVerdicts
from streams.topics.names import ANOMALIES_TOPIC, ANOMALY_STATE_TOPIC, SCORES_TOPIC
from streams.transport.flush.flush import OutRecord
from streams.transport.log.keeper import Save

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from streams.records.anomaly import Transition
    from streams.records.batch import RecordBatch
    from streams.records.score import Score
    from streams.transport.log.keeper import Saved

QUIET_SAVE_S = 5.0
_CHUNK_BYTES = 512 * 1024

logger = logging.getLogger(__name__)
_decode = decoder_of(TickVerdicts)


class Desk(Protocol):
    """The pure life-cycle of anomalies (`streams.incidents`)."""

    def deliver(self, record: TickVerdicts) -> list[Transition]: ...
    def take_scores(self) -> list[Score]: ...
    def to_bytes(self) -> bytes: ...
    def restore(self, payload: bytes) -> None: ...


class IncidentState:
    """The one partition of pharos-verdicts between its log and pharos-anomalies.

    Args:
        desk: fresh; restored here from `saved`.
        encode: a transition as (key, value) of its record.
        on_transitions: called after the transaction that published them.
        on_tick: called for each record, for whoever draws pulses.

    Attributes:
        start: see `LogState`.

    """

    def __init__(
        self,
        desk: Desk,
        saved: Saved | None,
        *,
        encode: Callable[[Transition], tuple[bytes, bytes]],
        on_transitions: Callable[[Sequence[Transition]], None],
        on_tick: Callable[[TickVerdicts], None],
        now_s: float,
    ) -> None:
        self.desk = desk
        self.undecodable = 0
        self._encode = encode
        self._on_transitions = on_transitions
        self._on_tick = on_tick
        self._saved_at = now_s
        self.start = None if saved is None else saved.offset
        self._saved_offset = -1 if saved is None else saved.offset
        self._pending: list[Transition] = []
        self._saving: list[Transition] = []
        self._scores: list[Score] = []
        if saved is not None:
            desk.restore(b"".join(value for _, value in sorted(saved.items.items())))

    @property
    def progress(self) -> None:
        """A batch takes no time to speak of."""

    async def apply(self, batch: RecordBatch) -> None:
        for value in batch.values:
            try:
                record = _decode(value or b"")
            except msgspec.DecodeError:
                self.undecodable += 1
                logger.exception("pharos-verdicts undecodable record")
                continue
            self._pending += self.desk.deliver(record)
            self._scores += self.desk.take_scores()
            self._on_tick(record)

    def take_save(self, offset: int, now_s: float, *, last: bool = False) -> Save | None:
        """Transitions and scores at once; without any, the state now and then."""
        quiet = now_s - self._saved_at < QUIET_SAVE_S and not last
        if not self._pending and not self._scores and (quiet or offset == self._saved_offset):
            return None
        self._saving, self._pending = self._pending, []
        scores, self._scores = self._scores, []
        self._saved_at = now_s
        state = self.desk.to_bytes()
        items = [
            (f"desk-{begin // _CHUNK_BYTES:06d}", state[begin : begin + _CHUNK_BYTES])
            for begin in range(0, len(state), _CHUNK_BYTES)
        ]
        records = [record for transition in self._saving for record in self._records(transition)]
        records += [OutRecord(SCORES_TOPIC, encode_score(score), key=score.key.encode()) for score in scores]
        return Save(offset, items, frozenset(name for name, _ in items), records)

    def on_saved(self, save: Save) -> None:
        self._saved_offset = save.offset
        published, self._saving = self._saving, []
        if published:
            self._on_transitions(published)

    def _records(self, transition: Transition) -> tuple[OutRecord, OutRecord]:
        key, value = self._encode(transition)
        return OutRecord(ANOMALIES_TOPIC, value, key=key), OutRecord(ANOMALY_STATE_TOPIC, value, key=key)
