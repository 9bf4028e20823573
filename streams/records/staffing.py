"""What a queue needs and has, as verdicts and anomalies carry it. Agents are numbers, never names."""

from __future__ import annotations

import msgspec


class Spare(msgspec.Struct, frozen=True):
    """A queue that has more agents than it needs, now and in the next half hour, and how many more."""

    queue: str
    agents: int


class StaffingNeed(msgspec.Struct, frozen=True):
    """One queue at one tick.

    Attributes:
        queue: its name.
        needed: agents with whom the target is reached at the present rate.
        staffed: agents there are.
        needed_in_15_min, needed_in_30_min: the same as `needed` for the rates that are forecast.
        target: the share of the contacts offered that is to be answered within `within_s` seconds.
        level: the share that can be expected with the agents there are, at the present rate.
        level_in_15_min: the same at the rate forecast for then.
        abandoned: the share that will give up.
        offered: contacts offered a minute.
        offered_in_15_min, offered_in_30_min: forecasts of that.
        handle_s: the mean time to handle a contact.
        patience_s: the mean time that customers would wait.
        waiting: contacts that wait, as was reported last.
        spare: queues with agents to spare, the most first.

    """

    queue: str
    needed: int
    staffed: int
    needed_in_15_min: int
    needed_in_30_min: int
    target: float
    within_s: float
    level: float
    level_in_15_min: float
    abandoned: float
    offered: float
    offered_in_15_min: float
    offered_in_30_min: float
    handle_s: float
    patience_s: float
    waiting: int
    spare: list[Spare] = []
