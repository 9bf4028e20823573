"""Incidents of days and weeks: a share that creeps up, and daily counts with a weekly shape that fall."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol

import msgspec
import numpy as np

from benchmarks.evaluate.bound import DRAWS, AtBest, at_best, nats_of_count, nats_of_share, shortest_delay_along
from benchmarks.evaluate.delays import Said
from benchmarks.evaluate.judged import MONDAY_MS, Judged
from benchmarks.evaluate.leaves import Leaves
from benchmarks.evaluate.missed import Incident, Outcome, outcome
from benchmarks.table import PROJECT
from streams.catalogue.load import load
from streams.catalogue.metric import Component, Direction, Metric
from streams.catalogue.term import Term
from streams.cells.record import SLOT_MS

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from streams.cells.record import MetricCells

DAY_SLOTS = 8_640
DAY_MIN = 1_440.0
LEARN_DAYS = 70
_LEAD_DAYS = 7
_DAY_WOBBLE = 0.1
_MARKETPLACE = PROJECT / "docs" / "examples" / "marketplace.yaml"
_BESIDE = len(load(_MARKETPLACE).metrics) - 1
_OPENS_SLOT = 9 * 360


class Daily(Protocol):
    """What happens on a day."""

    metric: Metric
    direction: str
    days: int

    def cells(self, rng: np.random.Generator, leaves: Leaves, day: int, since: int) -> tuple[list[MetricCells], int]:
        """Cells of a day, `since` days after the change began (below 0: before it), and how many times it had them."""
        ...

    def nats(self, day: int, since: int) -> float:
        """What such a day says on average."""
        ...

    def told(self, rng: np.random.Generator, since: int) -> NDArray[np.float64]:
        """float64[DRAWS]: what such a day, counted from a Monday, says in each of many draws."""
        ...


class Days:
    """A shop of one metric without parts, of a few moments a day, that learns for ten weeks."""

    def __init__(self, daily: Daily, step_slots: int) -> None:
        self._daily = daily
        self._step = step_slots

    def run(self, seed: int, quiet: bool, within_min: float = math.inf) -> Outcome:
        """One seed; `quiet`: nothing changes. Looks on for `within_min` at most."""
        daily = self._daily
        days = round(min(daily.days, within_min / DAY_MIN))
        rng = np.random.default_rng((seed, 31, quiet))
        begin = LEARN_DAYS + _LEAD_DAYS + seed % 3  # a Monday, Tuesday or Wednesday
        judged_from = begin - _LEAD_DAYS
        zero = MONDAY_MS // SLOT_MS
        judged, said, leaves = (
            Judged([daily.metric], zero + judged_from * DAY_SLOTS, _BESIDE),
            Said(),
            Leaves(daily.metric, [{}]),
        )
        shortest = shortest_delay_along(
            np.array([daily.nats(begin + since, since) for since in range(daily.days)]) / DAY_MIN, DAY_MIN
        )
        edges = [(zero + day * DAY_SLOTS) * SLOT_MS for day in (judged_from, begin, begin + days)]
        incident = Incident(daily.metric.name, {}, daily.direction, edges[1], edges[2])
        quiet_ms = (edges[0], edges[2] if quiet else edges[1])
        for day in range(begin + days):
            since = -1 if quiet else day - begin
            cells, times = daily.cells(rng, leaves, day, since)
            first = zero + day * DAY_SLOTS + _OPENS_SLOT
            busy = [(first + time * self._step,) * 2 for time in range(times)]
            said.hear(judged.feed(zero + (day + 1) * DAY_SLOTS, cells, busy))
            found = outcome(said, incident, shortest, quiet_ms)
            if found.delay_min is not None and not quiet:
                break
        return outcome(said, incident, shortest, quiet_ms)

    def at_best(self, limit_min: float) -> AtBest:
        """What a test that knows all has said in time."""
        rng = np.random.default_rng(1)
        return at_best(np.stack([self._daily.told(rng, since) for since in range(round(limit_min / DAY_MIN))]))


class _Lateness:
    """25 deliveries a day; the share of late ones goes up over six weeks from 5 %, at once in steps or all the time."""

    days = 42
    times = 4
    step = 1_080
    usual = 0.05
    a_day = 25.0

    def __init__(self, share: Callable[[int], float]) -> None:
        self._share = share

    def nats(self, day: int, since: int) -> float:
        del day
        return self.a_day * nats_of_share(self.usual, self._share(since))

    def told(self, rng: np.random.Generator, since: int) -> NDArray[np.float64]:
        share = self._share(since)
        deliveries = rng.poisson(self.a_day, DRAWS)
        late = rng.binomial(deliveries, share)
        on_time = deliveries - late
        nats: NDArray[np.float64] = late * math.log(share / self.usual) + on_time * math.log(
            (1 - share) / (1 - self.usual)
        )
        return nats

    def drawn(self, rng: np.random.Generator, since: int) -> tuple[np.ndarray, np.ndarray]:
        """int64[times, 1]: deliveries, and the late ones of them."""
        level = self.a_day / self.times * math.exp(rng.normal(0, _DAY_WOBBLE))
        deliveries = rng.poisson(level, (self.times, 1))
        return deliveries, rng.binomial(deliveries, self.usual if since < 0 else self._share(since))


def in_steps(since: int) -> float:
    """10, 15 and 21 %, for two weeks each."""
    return (0.10, 0.15, 0.21)[min(since // 14, 2)]


def all_the_time(since: int) -> float:
    """From 5 to 21 % in six weeks, in a straight line."""
    return 0.05 + 0.16 * (since + 0.5) / 42


class LateShare(_Lateness):
    """Late deliveries of all: a ratio of windows of a week."""

    direction = "up"
    metric = Metric(
        id="L4",
        name="late_share",
        title="Late deliveries",
        touchpoint="logistics",
        unit="ratio",
        signal="ratio",
        direction=Direction.UP,
        minimum_effect=0.05,
        minimum_exposure=30,
        windows=(604_800,),
        numerator=(Term(("parcel.delivered",)),),
        denominator=(Term(("parcel.delivered",)),),
        scopes=((),),
    )

    def cells(self, rng: np.random.Generator, leaves: Leaves, day: int, since: int) -> tuple[list[MetricCells], int]:
        deliveries, late = self.drawn(rng, since)
        counts = {Component.NUMERATOR: late, Component.DENOMINATOR: deliveries}
        first = MONDAY_MS // SLOT_MS + day * DAY_SLOTS + _OPENS_SLOT
        return [leaves.cells(first, counts, self.step)], self.times


class OnTime(_Lateness):
    """The same by the day that was promised, as the marketplace of the examples counts it: a cohort."""

    direction = "down"
    metric = msgspec.structs.replace(load(_MARKETPLACE).by_name["on_time_delivery"], symptom_of=(), symptom_after_s={})
    _late_days = 2  # so much after the promised day what is late arrives

    def __init__(self, share: Callable[[int], float]) -> None:
        super().__init__(share)
        self._open: dict[int, np.ndarray] = {}

    def cells(self, rng: np.random.Generator, leaves: Leaves, day: int, since: int) -> tuple[list[MetricCells], int]:
        deliveries, late = self.drawn(rng, since)
        first = MONDAY_MS // SLOT_MS + day * DAY_SLOTS + _OPENS_SLOT
        counts = {Component.NUMERATOR: deliveries - late, Component.DENOMINATOR: deliveries}
        found = [leaves.cells(first, counts, self.step)]
        if day == 0:
            self._open.clear()
        self._open[day] = late
        arrived = self._open.pop(day - self._late_days, None)
        if arrived is not None:
            found.append(leaves.cells(first, {Component.EXPOSURE: arrived}, self.step))
            promised = first - self._late_days * DAY_SLOTS
            found.append(leaves.cells(promised, {Component.LATE_BY_DEADLINE: arrived}, self.step))
        return found, self.times


class HandOvers:
    """26 on a working day, one at weekends; 11 a working day for ten days, at weekends in proportion."""

    direction = "down"
    days = 10
    times = 5
    step = 720
    metric = Metric(
        id="L0",
        name="hand_overs",
        title="Parcels handed over",
        touchpoint="logistics",
        unit="per_minute",
        signal="count",
        direction=Direction.DOWN,
        minimum_effect=0.5,
        minimum_exposure=10,
        windows=(3600, 86_400),
        numerator=(Term(("parcel.collected",)),),
        scopes=((),),
    )

    def cells(self, rng: np.random.Generator, leaves: Leaves, day: int, since: int) -> tuple[list[MetricCells], int]:
        level = self._usual(day) * (11 / 26 if since >= 0 else 1.0) * math.exp(rng.normal(0, _DAY_WOBBLE))
        counts = rng.poisson(level / self.times, (self.times, 1))
        first = MONDAY_MS // SLOT_MS + day * DAY_SLOTS + _OPENS_SLOT
        return [leaves.cells(first, {Component.NUMERATOR: counts}, self.step)], self.times

    def nats(self, day: int, since: int) -> float:
        del since
        return nats_of_count(self._usual(day), self._usual(day) * 11 / 26)

    def told(self, rng: np.random.Generator, since: int) -> NDArray[np.float64]:
        usual = self._usual(since)
        counts = rng.poisson(usual * 11 / 26, DRAWS).astype(np.float64)
        return counts * math.log(11 / 26) + usual * 15 / 26

    def _usual(self, day: int) -> float:
        return 1.0 if day % 7 >= 5 else 26.0


KINDS: dict[str, tuple[Callable[[], Days], float]] = {
    "late share of 25 a day, 5 % to 10, 15, 21 % (ratio)": (
        lambda: Days(LateShare(in_steps), LateShare.step),
        30_240.0,
    ),
    "late share of 25 a day, 5 % to 10, 15, 21 % (cohort)": (lambda: Days(OnTime(in_steps), OnTime.step), 30_240.0),
    "late share of 25 a day, 5 to 21 % in a line (ratio)": (
        lambda: Days(LateShare(all_the_time), LateShare.step),
        30_240.0,
    ),
    "late share of 25 a day, 5 to 21 % in a line (cohort)": (lambda: Days(OnTime(all_the_time), OnTime.step), 30_240.0),
    "daily counts with a weekly shape, 26 to 11": (lambda: Days(HandOvers(), HandOvers.step), 4_320.0),
}
