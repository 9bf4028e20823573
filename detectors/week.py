"""How the kinds of days differ from the usual day: weekdays and holidays, by pairs of hours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from detectors.day import HOLIDAY, KINDS, WEEKDAYS
from detectors.state import grown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

BINS = 12
_MEMORY = 5  # later days of a kind weigh a fifth: five weeks to learn a new week
_MOST_DAYS = 200
_DAYS_OFF = (5, 6, HOLIDAY)  # unlike other days as a rule: the first one seen is believed, of other days half
_WORKING_DAYS = (0, 1, 2, 3, 4)
_CLOSED = 0.25  # of what is typical: so little is no chance
_MONDAY, _SUNDAY = 0, 6
_OWN_WEEK = 0.05  # relative variance of a part's weekday against the whole's
_SHAPE_EVENTS = 30.0  # by which a pair of hours is drawn towards its day, and the day of a part towards the whole's
_YOUNG = 0.05  # relative variance from day to day, and of what a week may have changed
_TOLD_WEEKDAYS = 4
_UNKNOWN = 0.63  # relative variance of the level of an unknown kind of day: 0.7 in logarithms
_MOST = 2.5  # times a usual day: a day of a kind that was never seen
EDGE = 1.3  # standard deviations of what is not known: 0.7 in logarithms make a factor of 2.5


class KindOfDay(NamedTuple):
    """Against the usual day: float64[BINS, n] factors of the hours, float64[n] the rest.

    `least` are the factors that hours have at least: a Monday morning after a closed Sunday may have nothing to begin
    with, until one was seen. What is not known of the level lies between `low` and `high` times the factors, and up to
    the factor `most`; `unknown` is its relative variance. Where `foreign`, no day that is alike was seen: the hours may
    differ as well.
    """

    factors: Array
    least: Array
    low: Array
    high: Array
    most: Array
    unknown: Array
    foreign: NDArray[np.bool_]


class Week:
    """The factors of seven weekdays and of holidays, and how many of each were seen.

    An hour of a thin series is drawn towards its whole day, the day of a part towards that of the whole. A kind that
    was never seen is expected to be like the others, a holiday like a Sunday, and may be anything up to 2.5 times the
    busiest.
    """

    def __init__(self, size: int = 0) -> None:
        self.factors: NDArray[np.float16] = np.full((KINDS, BINS, size), np.nan, dtype=np.float16)  # NaN: never seen
        self.days: NDArray[np.uint8] = np.zeros((KINDS, size), dtype=np.uint8)

    def grow(self, size: int) -> None:
        """Makes room for new series."""
        self.factors = grown(self.factors, size, fill=np.nan)
        self.days = grown(self.days, size)

    def learn(self, kind: int, at: int, factor: Array, typical: Array, reach: Array) -> None:
        """Takes in what a pair of hours was against the usual day (NaN: nothing is known of it).

        `typical` is the factor of other days, `reach` how far, relatively, a day of a known kind may pull.
        """
        days = self.days[kind].astype(np.float64)
        before = self.factors[kind, at].astype(np.float64)
        known = np.isfinite(before)
        first = factor if kind in _DAYS_OFF else np.where(factor < _CLOSED * typical, factor, (factor + typical) / 2)
        within = np.clip(factor, before * (1 - reach), before * (1 + reach))
        pulled = before + (np.where(days >= 2, within, factor) - before) / np.minimum(days + 1, _MEMORY)
        after = np.where(known, pulled, first)
        self.factors[kind, at] = np.minimum(np.where(np.isfinite(factor), after, before), 1_000.0)

    def count(self, kind: int, rows: NDArray[np.bool_]) -> None:
        """One more day of that kind is over."""
        self.days[kind] = np.minimum(self.days[kind].astype(np.int64) + rows, _MOST_DAYS)

    def whole_days(self, base: Array) -> Array:
        """float64[KINDS, n]: factors of whole days, whose hours weigh `base` (float64[BINS, n]); NaN if never seen."""
        factors = self.factors.astype(np.float64)
        known = np.isfinite(factors) & (self.days > 0)[:, None]
        weight = np.where(known, base, 0.0)
        total = weight.sum(axis=1)
        with np.errstate(invalid="ignore"):
            plain = np.where(known, factors, 0.0).sum(axis=1) / known.sum(axis=1)
            by_weight = (weight * np.where(known, factors, 0.0)).sum(axis=1) / total
        whole_days: Array = np.where(total > 0, by_weight, plain)
        return whole_days

    def typical(self, whole_days: Array) -> Array:
        """float64[n]: the factor of a weekday that is open, by those that were seen; 1 as long as none was."""
        return self._typical(whole_days)[0]

    def _typical(self, whole_days: Array) -> tuple[Array, Array]:
        """The same, and the greatest factor that was seen."""
        weekdays = np.nan_to_num(whole_days[:WEEKDAYS])
        most = weekdays.max(axis=0, initial=0.0)
        open_days = weekdays >= np.maximum(_CLOSED * most, 1e-9)
        count = open_days.sum(axis=0)
        ordered = np.sort(np.where(open_days, weekdays, np.inf), axis=0)
        median = ordered[np.maximum(count - 1, 0) // 2, np.arange(len(count))]
        return np.where(count > 0, median, 1.0), np.where(count > 0, most, 1.0)

    def young(self, whole_days: Array) -> Array:
        """float64[n]: relative variance from day to day that a young series may have, until its days tell.

        Weekdays that hardly differ do not hide how unlike days are.
        """
        weekdays = whole_days[:WEEKDAYS]
        most = np.nan_to_num(weekdays).max(axis=0, initial=0.0)
        open_days = np.nan_to_num(weekdays) >= np.maximum(_CLOSED * most, 1e-9)
        count = np.maximum(open_days.sum(axis=0), 1)
        taken = np.where(open_days, weekdays, 0.0)
        mean = taken.sum(axis=0) / count
        square = np.where(open_days, (weekdays - mean) ** 2, 0.0).sum(axis=0) / np.maximum(count - 1, 1)
        told = 5 * square / np.maximum(mean, 1e-9) ** 2
        return np.where(count >= _TOLD_WEEKDAYS, np.clip(told, 0.004, _YOUNG), _YOUNG)

    def of(self, kind: int, whole_days: Array, base: Array, variance: Array, whole: int) -> KindOfDay:
        """What a kind of day is like.

        Args:
            kind: see `Day.kind`.
            whole_days: see there.
            base: float64[BINS, n], events that the pairs of hours of a usual day hold.
            variance: float64[n], relative variance from day to day.
            whole: the series that the others are parts of, -1 for none.

        """
        typical, most = self._typical(whole_days)
        days = np.minimum(self.days[kind].astype(np.float64), _MEMORY)
        events, young = base.sum(axis=0), self.young(whole_days)
        factors = self.factors[kind].astype(np.float64)
        day, unseen = whole_days[kind], days == 0
        shape = np.ones_like(factors)
        alike = list(_DAYS_OFF if kind in _DAYS_OFF else _WORKING_DAYS)
        if kind == HOLIDAY:
            alike = [_SUNDAY]
        guessed = unseen & (self.days[alike] > 0).any(axis=0)
        # Tuesday is open where Monday is; Sunday may be closed where Saturday is open, and so may a holiday.
        foreign = unseen if kind in _DAYS_OFF else unseen & ~guessed
        by_alike = self._mean(self.factors[alike].astype(np.float64), self.days[alike])
        factors = np.where(unseen, by_alike, factors)
        weight = np.where(np.isfinite(factors), base, 0.0)
        total = weight.sum(axis=0)
        of_alike = (weight * np.nan_to_num(factors)).sum(axis=0) / np.where(total > 0, total, 1.0)
        day = np.where(unseen, np.where(~guessed | (total <= 0), typical, of_alike), day)
        unknown = np.where(unseen, _UNKNOWN, self._unknown(days, day * events, variance, young))
        told = np.where(unseen, self.days[alike].sum(axis=0), days)  # days that its factors come from
        if 0 <= whole < len(days) and told[whole] > 0:
            part = np.arange(len(days)) != whole
            own = told * events
            drawn = (own * day + day[whole] / _OWN_WEEK) / (own + 1 / _OWN_WEEK)
            day = np.where(part, drawn, day)
            hours = np.where(np.isfinite(factors[:, whole]), factors[:, whole], day[whole])
            weighed = base[:, whole] * told[whole]
            hours = (weighed * hours + _SHAPE_EVENTS * day[whole]) / (weighed + _SHAPE_EVENTS)
            if day[whole] > 0:
                shape = np.broadcast_to((hours / day[whole])[:, None], factors.shape)
            seen = self.days[:WEEKDAYS].sum(axis=0).astype(np.float64)
            by_whole = unknown[whole] + _OWN_WEEK + self._unknown(np.maximum(seen, 1.0), day * events, variance, young)
            unknown = np.where(part, np.minimum(unknown, by_whole), unknown)
            unseen = unseen & ~(part & (days[whole] > 0))
        towards = day * shape
        own = np.where(np.isfinite(factors), base * told, 0.0)
        pooled = (own * np.nan_to_num(factors) + _SHAPE_EVENTS * towards) / (own + _SHAPE_EVENTS)
        spread = EDGE * np.sqrt(np.log1p(unknown))
        after_closed = (kind == _MONDAY) & (self.days[_SUNDAY] > 0) & (np.nan_to_num(whole_days[_SUNDAY]) < _CLOSED)
        new = ~np.isfinite(self.factors[kind]) | (self.days[kind] == 0)
        # One closed day may have been an outage, and one holiday says little of another.
        doubtful = (days == 1) & (day < _CLOSED * most)
        return KindOfDay(
            factors=pooled,
            least=np.where(new & after_closed, 0.0, pooled),
            low=np.where(foreign & unseen, 0.0, np.exp(-spread)),
            high=np.exp(spread),
            most=np.where(unseen, _MOST * np.maximum(most, day), np.where(doubtful, most, 0.0)),
            unknown=unknown,
            foreign=foreign & unseen,
        )

    def _mean(self, factors: Array, days: NDArray[np.uint8]) -> Array:
        """float64[BINS, n] of float64[kinds, BINS, n]: the mean of the kinds that were seen, NaN where none was."""
        known = np.isfinite(factors) & (days > 0)[:, None]
        count = known.sum(axis=0)
        total = np.where(known, factors, 0.0).sum(axis=0)
        return np.where(count > 0, total / np.maximum(count, 1), np.nan)

    def _unknown(self, days: Array, events: Array, variance: Array, young: Array) -> Array:
        """Relative variance of what so many days, of so many events each, leave unknown of the next one's level."""
        remembered = np.minimum(np.maximum(days, 1.0), _MEMORY - 1)
        chance = 1 / (np.maximum(events, 1.0) * remembered)
        left: Array = np.minimum(variance / remembered + young / np.maximum(days, 1.0) ** 2 + chance, _UNKNOWN)
        return left

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The state as named arrays."""
        return {"kinds": self.factors, "kind.days": self.days}

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Takes over what `arrays` described."""
        self.factors, self.days = arrays["kinds"], arrays["kind.days"]


def spread_between(low: Array, high: Array) -> Array:
    """float64[n]: relative variance of what lies between two edges, `EDGE` standard deviations to each side.

    >>> spread_between(np.array([0.8, 0.0]), np.array([1.25, 1.0])).round(3).tolist()
    [0.03, 1.0]
    """
    apart = np.log(np.maximum(high, 1e-9) / np.maximum(low, 1e-9)) / (2 * EDGE)
    spread: Array = np.minimum(np.expm1(np.minimum(apart, 1.0) ** 2), 1.0)
    return spread
