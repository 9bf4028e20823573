"""Stands for pharos-actions in the tests of those who write there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.delivery.written import Delivery
from streams.records.action import ActionRecord
from streams.records.action_event import read_action

if TYPE_CHECKING:
    from streams.web.board import Board


class ActionsTopic:
    """Says how it goes, and puts what it takes before the board as a reader would: at once, or when it is told to."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.delivery = Delivery.TAKEN
        self.held_back = False
        self.keys: list[bytes] = []
        self.taken: list[ActionRecord] = []

    async def write(self, key: bytes, value: bytes) -> Delivery:
        taken = read_action(value)
        assert isinstance(taken, ActionRecord)
        if self.delivery is Delivery.TAKEN:
            self.keys.append(key)
            self.taken.append(taken)
            if not self.held_back:
                self.board.register.action(taken)
        return self.delivery
