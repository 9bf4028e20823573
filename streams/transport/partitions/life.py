"""The life of a partition in one worker: its states, and which may follow which."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from faust.types import TP


class State(enum.Enum):
    """Where a partition stands between its first assignment and its end in this worker.

    Kafka Streams' `Task.State` is the model::

                         +---------+
                         | CREATED |---------------+
                         +----+----+               |
                      acquire |                    |
                              v                    |
                        +-----------+              |
                +------>| RESTORING |----------+   |
                |       +-----+-----+          |   |
         failed |    restored |        suspend |   | close
          flush |             v                v   |
                |        +---------+ suspend +-----+-----+
                +--------| RUNNING |-------->| SUSPENDED |
                         |         |<--------|           |
                         +---------+ resume  +-----------+

    `close` leads from every state to CLOSED, which is the end. A partition that is in doubt is never resumed: it is
    closed, and another one is created for it.
    """

    CREATED = "created"  # nothing is fenced, nothing is read
    RESTORING = "restoring"  # the previous owner is fenced, then the last checkpoint is read
    RUNNING = "running"  # takes batches and writes checkpoints
    SUSPENDED = "suspended"  # between two generations of the group: takes nothing, keeps its memory
    CLOSED = "closed"


LEGAL: Final[Mapping[State, frozenset[State]]] = {
    State.CREATED: frozenset({State.RESTORING, State.CLOSED}),
    State.RESTORING: frozenset({State.RUNNING, State.SUSPENDED, State.CLOSED}),
    State.RUNNING: frozenset({State.RESTORING, State.SUSPENDED, State.CLOSED}),
    State.SUSPENDED: frozenset({State.RUNNING, State.CLOSED}),
    State.CLOSED: frozenset(),
}


class IllegalTransitionError(RuntimeError):
    """A partition was to enter a state that must not follow its present one: a fault of ours.

    It is never caught: whatever calls ends with it, and so does the worker, as with every fault that is not foreseen.
    To go on could count a record twice; the next start reads what was committed, and is right.
    """

    def __init__(self, tp: TP, state: State, to: State) -> None:
        super().__init__(f"{tp.topic}-{tp.partition} is {state.value} and cannot become {to.value}")
