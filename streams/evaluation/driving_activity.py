"""The activity that a count is proportional to, against what it usually is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.ratio_baseline import at
from detectors.seasonal import SeasonalBaseline
from detectors.state import grown, pack, unpack

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detectors.day import Day
    from streams.catalogue.metric import Component, Metric
    from streams.evaluation.moment import Moment

    Array = NDArray[np.float64]

_PRIOR = 1.0  # events by which an activity is drawn towards its usual one: a sale multiplies what hardly was
_WAKE_S = 1_200.0
_MINUTE_S, _MINUTE_MS = 60.0, 60_000
_AHEAD_S = 300  # longer windows hold what they need


class DrivingActivity:
    """How busy it is, against the usual day, in what a count is proportional to.

    The range reaches from the least to the greatest activity of the judged window and of the longer ones, because what
    people do lags behind; the wake of a passed peak is kept as well.

    Args:
        metric: its catalogue entry.
        component: that holds the activity (the exposure of a count, the denominator of a rate per thousand); None for a
            count that comes by itself, which knows of no activity.

    Attributes:
        wake: float64[n], the activity's latest height, fading: what people do comes after it.

    """

    def __init__(self, metric: Metric, component: Component | None) -> None:
        self.component = component
        self.wake: Array = np.ones(0)
        self._windows = metric.windows
        self._trailing = (metric.trailing_s,) if metric.trailing_s else ()
        self._usual = SeasonalBaseline()
        self._minute = (0, 0)
        self._of_minute: dict[int, Array] = {}  # what is expected of windows that end in this minute, derived
        self._known: NDArray[np.bool_] = np.zeros(0, dtype=np.bool_)

    def learn(self, slot: int, counts: dict[int, Array], day: Day) -> None:
        """Takes in a closed quarter of an hour. Activities are learned where they are counted."""
        if self.component is not None:
            self._usual.learn(slot, counts[self.component], day)
            self._of_minute = {}

    def grow(self, size: int) -> None:
        """Makes room for new series."""
        if self.component is not None:
            self._usual.grow(size)
        self.wake = grown(self.wake, size, fill=1.0)

    def follow(self, elapsed_s: float, most: Array) -> None:
        """Raises the wake to the greatest activity of now, and lets it fade."""
        self.wake = np.maximum(1 + (self.wake - 1) * np.exp(-elapsed_s / _WAKE_S), most)

    def range(self, moment: Moment, window_s: int, *, ahead: bool = True) -> tuple[Array, Array, Array]:
        """The least and the greatest activity against the usual one, and how unsure that is."""
        assert self.component is not None
        self._begin_minute(moment)
        spans = sorted({window_s, *(span for span in self._windows if span > window_s), *self._trailing})
        seen = [moment.sums(self.component, span) for span in spans]
        ratios = [(of + _PRIOR) / (self._expected(moment, span) + _PRIOR) for span, of in zip(spans, seen, strict=True)]
        if ahead and window_s <= _AHEAD_S:
            ratios.append(self._ahead(moment))
        known = self._known
        stack = np.where(known, np.array(ratios), 1.0)
        if self._trailing and moment.whole >= 0:
            # What a busy hour does to the rate, the rest of the whole shows; a part has its own day, and the rest.
            # A part without an activity of its own, as a reason is, comes with that of the whole.
            day = stack[spans.index(self._trailing[0])].copy()
            partner = moment.partner(self.component)
            stack = np.where(partner == partner[moment.whole], stack[:, [moment.whole]], day)
        return stack.min(axis=0), stack.max(axis=0), np.where(known, 1 / (seen[spans.index(window_s)] + _PRIOR), 0.0)

    def _ahead(self, moment: Moment) -> Array:
        """The activity two shortest windows from now if it goes on rising as it does; 1 where that cannot be said.

        People ask before they buy, so at a steep rise their questions are ahead of it.
        """
        assert self.component is not None
        span = self._windows[0]
        if 2 * span not in self._windows:
            return np.ones(moment.size)
        now = moment.sums(self.component, span)
        before = moment.sums(self.component, 2 * span) - now
        coming: Array = now + 2 * np.maximum(now - before, 0.0)
        return (coming + _PRIOR) / (self._expected(moment, span) + _PRIOR)

    def _begin_minute(self, moment: Moment) -> None:
        """What a usual day holds moves little within a minute, so it is made once in each."""
        minute = (moment.end_ms // _MINUTE_MS, moment.size)
        if self._minute != minute or not self._of_minute:
            self._minute, self._of_minute = minute, {}
            self._known = self._mapped(moment, self._usual.days()) > 0

    def _expected(self, moment: Moment, span: int) -> Array:
        if span not in self._of_minute:
            end_s = moment.end_s // _MINUTE_S * _MINUTE_S
            self._of_minute[span] = self._mapped(moment, self._usual.usual(end_s, span, day=moment.day).middle)
        return self._of_minute[span]

    def _mapped(self, moment: Moment, values: Array) -> Array:
        assert self.component is not None
        partner = moment.partner(self.component)
        return np.nan_to_num(at(values, partner))

    def parts(self) -> dict[str, bytes]:
        """The state by name."""
        return {"activity": self._usual.to_bytes(), "wake": pack({"wake": self.wake})}

    def restore(self, parts: dict[str, bytes]) -> None:
        """Takes over what `parts` described."""
        self._usual = SeasonalBaseline.from_bytes(parts["activity"])
        self._of_minute = {}
        self.wake = unpack(parts["wake"])["wake"]
