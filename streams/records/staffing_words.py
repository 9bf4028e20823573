"""What an anomaly says of the agents that a queue needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streams.records.figures import duration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from streams.records.anomaly import Anomaly
    from streams.records.staffing import StaffingNeed

SENTENCE: Final = (
    "queue {queue} needs {missing} ({staffed} of {needed}) for {target} within {within}; "
    "at this rate {level} will be answered in time in 15 min"
)
MISSING: Final = ("1 more agent", "{count} more agents")


def sentence(
    need: StaffingNeed,
    template: str = SENTENCE,
    missing: tuple[str, str] = MISSING,
    queue: str | None = None,
    lasts: Callable[[int], str] = duration,
) -> str:
    """What a queue needs, in words; `queue`: what to call it, where that is not its name; `lasts` says a time span.

    >>> from streams.records.staffing import StaffingNeed
    >>> need = StaffingNeed("refund", 24, 18, 25, 26, 0.8, 20.0, 0.52, 0.41, 0.2, 9.0, 9.4, 9.8, 150.0, 120.0, 4)
    >>> print(sentence(need))
    queue refund needs 6 more agents (18 of 24) for 80% within 20 s; at this rate 41% will be answered in time in 15 min
    """
    count = need.needed - need.staffed
    return template.format(
        queue=need.queue if queue is None else queue,
        missing=missing[count != 1].format(count=count),
        staffed=need.staffed,
        needed=need.needed,
        target=f"{need.target:.0%}",
        within=lasts(round(need.within_s * 1000)),
        level=f"{need.level_in_15_min:.0%}",
    )


def staffing_of(anomaly: Anomaly, others: Iterable[Anomaly]) -> StaffingNeed | None:
    """What a queue that lacks agents needs: of the anomaly itself, or of the open one about the same queue.

    None where no agents are missing, and of what recovers or is over.
    """
    queue = anomaly.scope.get("queue")
    same = (other for other in others if queue is not None and other.scope == {"queue": queue})
    told = anomaly if anomaly.staffing else next((other for other in same if other.staffing), None)
    if told is None or told.staffing is None or not told.state == anomaly.state == "firing":
        return None
    return told.staffing if told.staffing.needed > told.staffing.staffed else None
