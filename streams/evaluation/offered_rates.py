"""How many contacts are offered to each queue, now and in the next half hour: the usual day times its present level."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from detectors.seasonal import QUARTER_S, SeasonalBaseline
from streams.catalogue.metric import Component

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detectors.day import Day
    from streams.evaluation.judge import Quarter
    from streams.evaluation.moment import Moment

    Array = NDArray[np.float64]

AHEAD_S: Final = (0, 900, 1_800)
_SHORT_S, _LONG_S, _HOUR_S = 300, 900, 3_600  # over these what came is counted
_WIDE_S: Final = 2_700  # over so long a usual day that rests on little is read, lest each quarter tells its own noise
_NARROW: Final = 2_000.0  # contacts of a quarter in all days, from which on it is rather read by itself
_FEWEST, _MOST = 5.0, 200.0  # contacts by which the level of an hour is drawn towards the usual day
_STEADY: Final = 150.0  # contacts by which that of a quarter is drawn towards the hour's
_TELLING: Final = 3.0  # usual contacts of a quarter: of fewer nothing follows for a level
_MOVED: Final = 3.5  # standard deviations
_MINUTE_MS, _MINUTE_S = 60_000, 60.0


class Rates(NamedTuple):
    """By queue.

    Attributes:
        a_second: float64[len(AHEAD_S), n]: contacts offered a second, now and so long ahead.
        seen: float64[n]: contacts that the present rate rests on, the usual day and the hour counted as some.

    """

    a_second: Array
    seen: Array


class _OfMinute(NamedTuple):
    """What is usual around a minute, float64[n] each: contacts, and how many of them a level is drawn by."""

    short: Array
    long: Array
    hour: Array
    ahead: Array  # a second
    prior: Array


class OfferedRates:
    """Learns the usual day of each queue. Without one what comes next is what came last."""

    def __init__(self) -> None:
        self._usual = SeasonalBaseline()
        self._minute: tuple[tuple[int, int], _OfMinute] | None = None  # derived, as long as the minute lasts

    def learn(self, quarter: Quarter, counts: Array) -> None:
        """Takes in a closed quarter of an hour; NaN teaches nothing."""
        self._usual.learn(int(quarter.second_of_day // QUARTER_S), counts, quarter.day)
        self._minute = None

    def grow(self, size: int) -> None:
        """Makes room for new queues."""
        self._usual.grow(size)

    def rates(self, moment: Moment) -> Rates:
        """The rates at a tick.

        The level of the hour is what came in it against what usually comes then, drawn towards 1 as far as days are
        alike; that of the last quarter is drawn towards the hour's. What came in a quarter, or in five minutes, is the
        level alone where it does not fit to that.
        """
        usual = self._of_minute(moment)
        short, long, hour = (moment.raw(Component.NUMERATOR, span) for span in (_SHORT_S, _LONG_S, _HOUR_S))
        known = np.isfinite(usual.ahead).all(axis=0) & np.isfinite(usual.hour) & (usual.long >= _TELLING)
        of_short, of_long, of_hour = (np.where(known, of, 0.0) for of in (usual.short, usual.long, usual.hour))
        of_hours = (hour + usual.prior) / (of_hour + usual.prior)
        level = (long + _STEADY * of_hours) / (of_long + _STEADY)
        seen = np.where(known, long + np.minimum(hour + usual.prior, _STEADY), long)
        plain = long / _LONG_S
        for span_s, counts, expected in ((_LONG_S, long, of_long), (_SHORT_S, short, of_short)):
            hoped = np.where(known, level * expected, plain * span_s)
            moved = np.abs(counts - hoped) > _MOVED * np.sqrt(hoped + 1)
            level = np.where(moved, (counts + _FEWEST) / (expected + _FEWEST), level)
            plain = np.where(moved, counts / span_s, plain)
            seen = np.where(moved, counts + _FEWEST, seen)
        return Rates(np.where(known, level * np.nan_to_num(usual.ahead), plain), seen)

    def _of_minute(self, moment: Moment) -> _OfMinute:
        key = (moment.end_ms // _MINUTE_MS, moment.size)
        if self._minute is None or self._minute[0] != key:
            end_s, day = moment.end_s // _MINUTE_S * _MINUTE_S, moment.day
            hour = self._usual.usual(end_s, _HOUR_S, day=day)
            long = self._around(end_s - _LONG_S / 2, day)
            ahead = np.array([self._around(end_s + later, day) for later in AHEAD_S])
            prior = np.clip(1 / np.maximum(np.nan_to_num(hour.spread, nan=1.0), 1e-9), _FEWEST, _MOST)
            short = long * _SHORT_S
            self._minute = (key, _OfMinute(short, long * _LONG_S, hour.middle, ahead, prior))
        return self._minute[1]

    def _around(self, middle_s: float, day: Day) -> Array:
        """float64[n]: usual contacts a second around a time of the day; NaN where they are not known."""
        narrow = self._usual.usual(middle_s + _LONG_S / 2, _LONG_S, day=day)
        wide = self._usual.usual(middle_s + _WIDE_S / 2, _WIDE_S, day=day).middle
        quarters = narrow.middle * np.maximum(narrow.days, 1.0)
        weight = np.where(np.isfinite(wide), quarters / (quarters + _NARROW), 1.0)
        around: Array = weight * narrow.middle / _LONG_S + (1 - weight) * np.nan_to_num(wide) / _WIDE_S
        return around

    def to_bytes(self) -> bytes:
        """The usual days."""
        return self._usual.to_bytes()

    def restore(self, payload: bytes) -> None:
        """Takes over what `to_bytes` described."""
        self._usual, self._minute = SeasonalBaseline.from_bytes(payload), None
