"""What Prometheus is asked about a metric of the catalogue.

During a hand-over two workers show one series: `max without (instance, pod)` makes them one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.catalogue.metric import Direction
from streams.telemetry.interval_metrics import HIGH, LOW
from streams.telemetry.last_sale_metric import LAST_SALE
from streams.telemetry.metrics import EXPECTED, LOWER, SCORE, UPPER, main_scope, prometheus_name
from streams.telemetry.provisional_metrics import PROVISIONAL

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.catalogue.metric import Metric

NO_COPIES = "max without (instance, pod)"
_ABSOLUTE = ("ratio", "points")


def name_of_scope(scope: Iterable[str]) -> str:
    """The label `scope` of series that are split so; "" is the whole.

    >>> name_of_scope(("carrier", "region"))
    'carrier+region'
    """
    return "+".join(scope)


def main_scope_name(metric: Metric) -> str:
    """The scope that stands for the metric: "" for the whole (gauges have none)."""
    return name_of_scope(metric.scopes[main_scope(metric)])


def has_whole(metric: Metric) -> bool:
    return () in metric.scopes


class Series:
    """Expressions about one metric.

    Args:
        metric: of the catalogue.
        job: the job under which the workers are scraped.
        scope: the label `scope`; "" is the whole. It may be a variable of the board.
        where: more matchers, each `label=~"..."`.

    """

    def __init__(self, metric: Metric, job: str, scope: str = "", where: Iterable[str] = ()) -> None:
        self._metric = metric
        self._chosen = ",".join([f'job="{job}"', f'scope="{scope}"', *where])

    @property
    def value(self) -> str:
        return f"{NO_COPIES} ({prometheus_name(self._metric)}{{{self._chosen}}})"

    @property
    def last_sale(self) -> str:
        """What its whole was at the same time of the last sale; of an entry of the calendar that is `like` another."""
        return self._judged(LAST_SALE)

    @property
    def low(self) -> str:
        """The lower end of the value's 95 % interval, of signals that have one and their whole."""
        return self._end(LOW)

    @property
    def high(self) -> str:
        """The upper end of it."""
        return self._end(HIGH)

    def mean_of(self, window: str, ago: str = "") -> str:
        """The mean value of a window, now or some time ago."""
        offset = f" offset {ago}" if ago else ""
        name = prometheus_name(self._metric)
        return f"{NO_COPIES} (avg_over_time({name}{{{self._chosen}}}[{window}]{offset}))"

    @property
    def expected(self) -> str:
        return self._judged(EXPECTED)

    @property
    def lower(self) -> str:
        return self._judged(LOWER)

    @property
    def upper(self) -> str:
        return self._judged(UPPER)

    @property
    def score(self) -> str:
        return self._judged(SCORE)

    @property
    def so_far(self) -> str:
        """What is not final yet, of metrics that have such values."""
        return self._judged(PROVISIONAL)

    def limits(self) -> dict[str, str]:
        """By name: where a change begins to matter, as far from what is expected as the catalogue says."""
        effect = f"{self._metric.minimum_effect:g}"
        sides = {Direction.UP: "+", Direction.DOWN: "-"}
        asked = {sign: side for side, sign in sides.items() if self._metric.direction in (side, Direction.BOTH)}
        names = {"+": "matters above", "-": "matters below"}
        if self._metric.unit in _ABSOLUTE:
            return {names[sign]: f"{self.expected} {sign} {effect}" for sign in asked}
        return {names[sign]: f"{self.expected} * (1 {sign} {effect})" for sign in asked}

    def _end(self, suffix: str) -> str:
        return f"{NO_COPIES} ({prometheus_name(self._metric)}{suffix}{{{self._chosen}}})"

    def _judged(self, name: str) -> str:
        return f'max without (instance, pod, metric) ({name}{{metric="{self._metric.name}",{self._chosen}}})'
