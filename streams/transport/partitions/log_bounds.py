"""Whether a log still holds what a worker has to read next. Where it does not, counting on would give wrong numbers."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, NamedTuple

from streams.transport.life.watch import WorkerFailedError

if TYPE_CHECKING:
    from faust.types import TP


class Loss(enum.Enum):
    """How records came to be missing."""

    TRIMMED = "the broker has dropped offsets {position} to {last} unread"
    RECREATED = "the log ends at offset {end}, before {position}: the topic was created again"
    REPLACED = (
        "the committed offset {position} belongs to a topic of this name that was deleted; this one was created again"
    )


class Bounds(NamedTuple):
    """The first offset that the broker still has, and the one that comes next."""

    first: int
    end: int

    def loss(self, position: int) -> Loss | None:
        """What is wrong with reading on from `position`.

        >>> Bounds(5, 9).loss(4), Bounds(5, 9).loss(5), Bounds(5, 9).loss(9), Bounds(5, 9).loss(10)
        (<Loss.TRIMMED: 'the broker has dropped offsets {position} to {last} unread'>, None, None, \
<Loss.RECREATED: 'the log ends at offset {end}, before {position}: the topic was created again'>)
        """
        if position < self.first:
            return Loss.TRIMMED
        return Loss.RECREATED if position > self.end else None


class LostRecordsError(WorkerFailedError):
    """Records were lost before they were read. The message says which, and how to go on without them."""

    def __init__(self, tp: TP, loss: Loss, position: int, bounds: Bounds, remedy: str) -> None:
        what = loss.value.format(position=position, last=bounds.first - 1, end=bounds.end)
        super().__init__(f"{tp.topic}-{tp.partition}: {what}; {remedy}")


def refuse_loss(tp: TP, position: int, bounds: Bounds, remedy: str | None) -> None:
    """Raises LostRecordsError where the log lacks `position`; not where a broker may lose, and there is no remedy."""
    loss = bounds.loss(position)
    if loss is not None and remedy is not None:
        raise LostRecordsError(tp, loss, position, bounds, remedy)


class LostTopicError(WorkerFailedError):
    """A topic was deleted under the worker."""

    def __init__(self, topic: str, remedy: str, *, recreated: bool) -> None:
        what = "deleted and created again" if recreated else "deleted"
        super().__init__(f"{topic}: the topic was {what}, and what was not read of it is lost; {remedy}")


RETENTION = "raise the topic's retention above the longest outage; "
LOG_REMEDY = (
    "to start again from what the logs still hold, with older expectations to be learned again, stop the workers, "
    "delete the topic pharos-snapshots and start them"
)
SOURCE_TOPIC_REMEDY = (
    "see that it is there with as many partitions as before (`pharos topics` tells) and start the worker again: it "
    "counts the new topic from its beginning, or says what else to do"
)


def source_remedy(tp: TP, group: str) -> str:
    """How an operator accepts the loss of events."""
    return (
        f"{RETENTION}to go on without what is lost, stop the workers and "
        f"run kafka-consumer-groups.sh --bootstrap-server ... --group {group} --topic {tp.topic}:{tp.partition} "
        "--reset-offsets --to-earliest --execute"
    )
