"""Takes what every worker reads for itself: all anomalies, actions and verdicts, whichever worker wrote them."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import msgspec

from streams.records.decoding import decoder_of
from streams.records.verdicts import TickVerdicts
from streams.topics.names import ACTIONS_TOPIC, ANOMALY_STATE_TOPIC, SCORES_TOPIC
from streams.web.anomaly_record import read_transition

if TYPE_CHECKING:
    from streams.app.action_intake import ActionIntake
    from streams.transport.flush.congestion import Congestions
    from streams.web.board import Board
    from streams.web.scores import ScoreBook

_decode_tick = decoder_of(TickVerdicts)


class TopicIntake:
    """Hands each record to whom it concerns.

    Attributes:
        handled_ms: the last tick whose anomalies were handled, by any worker; -1 before the first.

    """

    def __init__(self, board: Board, actions: ActionIntake, congestions: Congestions, scores: ScoreBook) -> None:
        self._board = board
        self._scores = scores
        self._actions = actions
        self._congestions = congestions
        self.handled_ms = -1

    def take(self, topic: str, key: bytes | None, value: bytes | None) -> None:
        """One record of pharos-anomaly-state, pharos-actions, pharos-scores or pharos-verdicts."""
        if topic == ANOMALY_STATE_TOPIC:
            self._congestions.hear(key, value)
            transition = read_transition(value)
            if transition is not None:
                self._board.transition(transition)
        elif topic == ACTIONS_TOPIC:
            self._actions.take(value)
        elif topic == SCORES_TOPIC:
            self._scores.take(value)
        else:
            with contextlib.suppress(msgspec.DecodeError):
                tick = _decode_tick(value or b"")
                self.handled(tick)
                self._board.tick(tick)

    def handled(self, tick: TickVerdicts) -> None:
        """The anomalies of a tick have been handled."""
        self.handled_ms = max(self.handled_ms, tick.time)
