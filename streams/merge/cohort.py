"""Deadlines as cohorts of counters: what is overdue, and what has been for so long that it leaves."""

from __future__ import annotations

import numpy as np

from streams.catalogue.metric import Component
from streams.merge.ahead import Ahead, Ints

_HOUR_SLOTS = 360
_KEPT_SLOTS = 7 * 8_640
_LATE_SLOTS = 720  # late records of the last hour may come 2 h later


def deadline_slot(slot: Ints) -> Ints:
    """The last slot of each slot's minute: deadlines are kept by the minute.

    >>> deadline_slot(np.array([0, 5, 6])).tolist()
    [5, 5, 11]
    """
    return slot // 6 * 6 + 5


def expiry_slot(slot: Ints) -> Ints:
    """The frontier at which the hour of a deadline is complete and leaves: 7 days and 2 hours after its end."""
    return (slot // _HOUR_SLOTS + 1) * _HOUR_SLOTS + _KEPT_SLOTS + _LATE_SLOTS


class Cohort:
    """Overdue = sum over deadlines passed of opened - closed in time, less what was closed late since.

    When an hour of deadlines has been kept for 7 days, what is still open of it (opened - in time - late by deadline)
    goes from `overdue` to `expired`. All are sums, so the order over topics does not matter.

    A log that begins mid-flow has closings of cases whose opening nobody told; until their deadlines have left, the sum
    is too small by as many.

    Attributes:
        began: the first slot for which a deadline can have been opened.
        mid_flow: whether something was closed in time for an earlier one.
        overdue: int64[capacity] by series; it can be negative (a close without its opening).
        expired: opened and never closed, in all.
        expiry: by log id, what will leave, at `expiry_slot`.

    """

    def __init__(self) -> None:
        self.began = 0
        self.mid_flow = False
        self.overdue = np.zeros(0, np.int64)
        self.expired = 0
        self.expiry = Ahead()

    def reserve(self, capacity: int) -> None:
        if capacity > self.overdue.size:
            wider = np.zeros(capacity, np.int64)
            wider[: self.overdue.size] = self.overdue
            self.overdue = wider

    def enter(self, slot: Ints, component: Ints, log_id: Ints, series: Ints, value: Ints) -> None:
        """Cells that a tick has reached: deadlines that have passed, and late closings."""
        opens = component == Component.DENOMINATOR
        signed = np.where(opens, value, -value)
        np.add.at(self.overdue, series, signed)
        self.mid_flow |= bool(((slot < self.began) & (component == Component.NUMERATOR)).any())
        due = opens | (component == Component.NUMERATOR)
        self.expiry.add(expiry_slot(slot[due]), log_id[due], signed[due])

    def close_late(self, slot: Ints, log_id: Ints, value: Ints) -> None:
        """LATE_BY_DEADLINE: it will not be there when the deadline's hour leaves."""
        self.expiry.add(expiry_slot(slot), log_id, -value)

    def known(self, frontier: int) -> bool:
        """Whether no closing of an untold case makes the sum too small any more."""
        return not self.mid_flow or frontier > int(expiry_slot(np.array([self.began]))[0])

    def negative(self, series_count: int) -> int:
        """How many series show 0 although their sum is below."""
        return int(np.count_nonzero(self.overdue[:series_count] < 0))
