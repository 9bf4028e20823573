"""What is known of queues at a tick: their agents, how long a contact takes, and how long customers wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from detectors.state import grown
from streams.catalogue.metric import Component

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streams.evaluation.moment import Moment

    Array = NDArray[np.float64]

_LATELY_S, _HOUR_S = 900, 3_600
_LATEST: Final = (1, 3, 6, 12, 30, 90)  # slots of 10 s: the shortest one that holds a snapshot says how it is now
_KEPT: Final = 0.993  # of what is remembered, per quarter of an hour: half of it in a day
_PATIENCE_S, _PATIENT = 180.0, 1.0  # before anybody has given up: as if so many had after so long
_FEWEST: Final = 30.0  # contacts handled, before a handle time is believed
_MS_PER_S: Final = 1000.0
_REMEMBERED: Final = (
    Component.DENOMINATOR,
    Component.EXPOSURE,
    Component.WAITED,
    Component.HANDLE_TIMES,
    Component.TIMED,
)


class QueuesNow(NamedTuple):
    """float64[n] each; NaN where it is not known.

    Attributes:
        staffed: agents, whole numbers; NaN where no snapshot came for a quarter of an hour.
        waiting: contacts that wait.
        handle_s: mean time to handle a contact; NaN where fewer than 30 were handled.
        patience_s: mean time that a customer would wait.

    """

    staffed: Array
    waiting: Array
    handle_s: Array
    patience_s: Array


class QueueMemory:
    """Remembers of each queue for about a day what an hour alone may not tell.

    Patience is estimated as the time that all contacts waited, over how many gave up: those who were answered would
    have waited longer (the maximum likelihood of a censored exponential time).
    """

    def __init__(self) -> None:
        self._sums: Array = np.zeros((len(_REMEMBERED), 0))

    def learn(self, counts: dict[int, Array]) -> None:
        """Takes in a closed quarter of an hour; NaN teaches nothing."""
        told = np.nan_to_num(np.array([counts[component] for component in _REMEMBERED]))
        self.grow(told.shape[1])
        self._sums = self._sums * _KEPT + told

    def grow(self, size: int) -> None:
        """Makes room for new queues."""
        self._sums = grown(self._sums, size)

    def now(self, moment: Moment) -> QueuesNow:
        """What is known at a tick."""
        staffed, waiting = _latest(moment)
        hour = np.array([moment.raw(component, _HOUR_S) for component in _REMEMBERED])
        handled, left, waited, _, _ = self._sums + hour
        lately = [moment.raw(component, _LATELY_S) for component in (Component.HANDLE_TIMES, Component.TIMED)]
        handle_s = _mean(*self._sums[3:])
        for times, timed in (hour[3:], lately):  # the newest last
            handle_s = np.where(timed > 0, _mean(times, timed), handle_s)
        return QueuesNow(
            staffed,
            waiting,
            np.where(handled >= _FEWEST, handle_s / _MS_PER_S, np.nan),
            (waited / _MS_PER_S + _PATIENT * _PATIENCE_S) / (left + _PATIENT),
        )

    def array(self) -> Array:
        """The state."""
        return self._sums

    def restore(self, sums: Array) -> None:
        """Takes over what `array` gave."""
        self._sums = sums


def _mean(total: Array, number: Array) -> Array:
    mean: Array = np.divide(total, number, out=np.full(len(total), np.nan), where=number > 0)
    return mean


def _latest(moment: Moment) -> tuple[Array, Array]:
    """Agents and waiting contacts by the newest snapshots: means of them, where several came in the same 10 s."""
    staffed, waiting = np.full((2, moment.size), np.nan)
    for slots in _LATEST:
        unknown = np.isnan(staffed)
        if not unknown.any():
            break
        reports, agents, people = (
            moment.reader.recent(component, slots).astype(np.float64)
            for component in (Component.REPORTS, Component.STAFFED, Component.WAITING)
        )
        staffed = np.where(unknown, _mean(agents, reports), staffed)
        waiting = np.where(unknown, _mean(people, reports), waiting)
    return np.rint(staffed), np.rint(waiting)
