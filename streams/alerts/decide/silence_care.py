"""What the worker that notifies does about silences: keeps them on the topic, and ends what has served."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from streams.records.action import NOTIFY_SOURCE, PHAROS, ActionRecord, SilenceDeed
from streams.register.silence import SUBJECT, has_served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from streams.records.anomaly import Anomaly
    from streams.register.silences import SilenceBook


class SilenceCare:
    """Decides which records of pharos-actions to write.

    Args:
        silences: filled by whoever reads the topic.
        ended: when (ms) and what was resolved within a day.
        new_id: an id for each record.

    """

    def __init__(
        self, silences: SilenceBook, ended: Callable[[], Iterable[tuple[int, Anomaly]]], new_id: Callable[[], str]
    ) -> None:
        self._silences = silences
        self._ended = ended
        self._new_id = new_id
        self._served: set[str] = set()

    def due(self, open_anomalies: Iterable[Anomaly], now: int) -> list[ActionRecord]:
        """Each once; after a restart what is not on the topic yet comes again, and changes nothing more."""
        again = [msgspec.structs.replace(taken, id=self._new_id()) for taken in self._silences.to_renew(now)]
        known, ended = list(open_anomalies), list(self._ended())
        in_force = self._silences.in_force(now)
        served = [s for s in in_force if s.id not in self._served and has_served(s, known, ended)]
        self._served = {s.id for s in in_force if s.id in self._served} | {s.id for s in served}
        return [*again, *(self._end(silence.id, now) for silence in served)]

    def _end(self, name: str, now: int) -> ActionRecord:
        return ActionRecord(
            source=NOTIFY_SOURCE,
            id=self._new_id(),
            fingerprint=SUBJECT + name,
            time=now,
            action=SilenceDeed.EXPIRE.value,
            actor=PHAROS,
            note="what it kept quiet is resolved",
        )
