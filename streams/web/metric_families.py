"""The families of Prometheus in which a metric's series stand: their names, what they hold, and how it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from streams.telemetry.interval_metrics import HIGH, LOW
from streams.telemetry.last_sale_metric import LAST_SALE
from streams.telemetry.metrics import EXPECTED, LOWER, SCORE, UPPER, prometheus_name
from streams.telemetry.provisional_metrics import PROVISIONAL, PROVISIONAL_CASES
from streams.telemetry.staffing_metrics import (
    AGENTS_NEEDED,
    AGENTS_NEEDED_IN_15_MIN,
    AGENTS_NEEDED_IN_30_MIN,
    AGENTS_STAFFED,
    HANDLE_TIME,
    LEVEL,
    LEVEL_IN_15_MIN,
    OFFERED,
    OFFERED_IN_15_MIN,
    OFFERED_IN_30_MIN,
    PATIENCE,
)
from streams.web.series_labels import escaped

if TYPE_CHECKING:
    from streams.catalogue.metric import Metric

STATES: Final = "Open anomalies: 2 firing, 1 recovering; absent when there is none."


class Column(NamedTuple):
    """One number of a reading.

    Attributes:
        family: its name; "" where each metric has a family of its own.
        described: what it is.
        name: the attribute of a `Reading`, or of a `ProvisionalReading`.
        form: how the number is written; estimates need no 17 digits.
        suffix: of the name, where each metric has a family of its own.
        more: further labels, each with a comma behind it.
        main: of the main scope only, for all series it would make the page two thirds longer; only where it is finite.

    """

    family: str
    described: str
    name: str
    form: str
    main: bool = False
    suffix: str = ""
    more: str = ""

    def head(self, metric: Metric) -> bytes:
        """What stands before the lines of the family. `metric`: any, where it has all of them."""
        described = self.described if self.family else f"{metric.title}{self.described}"
        return family_head(self.family or f"{prometheus_name(metric)}{self.suffix}", described)

    def prefix(self, metric: Metric) -> str:
        """A line of that metric, up to the labels of the series."""
        return (
            f'{self.family}{{metric="{escaped(metric.name)}",{self.more}'
            if self.family
            else f"{prometheus_name(metric)}{self.suffix}{{"
        )


VALUE: Final = Column("", "", "value", "%r")
INTERVAL: Final = (
    Column("", ": lower end of the 95 % interval, of the whole.", "low", "%.6g", main=True, suffix=LOW),
    Column("", ": upper end of the 95 % interval, of the whole.", "high", "%.6g", main=True, suffix=HIGH),
)
JUDGED: Final = (
    Column(EXPECTED, "What a metric was expected to be, in its unit.", "expected", "%.6g"),
    Column(LOWER, "Least of what a metric is expected to be, of its whole.", "lower", "%.6g", main=True),
    Column(UPPER, "Most of what a metric is expected to be, of its whole.", "upper", "%.6g", main=True),
    Column(
        LAST_SALE,
        "What a metric was at the same time of the last sale, in its unit, of its whole; only while a sale runs whose "
        "entry of the calendar is `like` another.",
        "last_sale",
        "%.6g",
        main=True,
    ),
    Column(SCORE, "Surprise: 1 is the limit of normal, 2 twice as surprising in log-probability.", "score", "%.6g"),
)
ROLLING: Final = (
    Column("pharos_rolling", "A metric over the last natural days, today so far, in its unit.", "value", "%r"),
    Column("pharos_rolling_cases", "How many cases a rolling figure is of.", "cases", "%d"),
)
PROVISIONALS: Final = (
    Column(
        PROVISIONAL,
        "Provisional, not final: of the cases opened just now, the share that counts so far; final at their deadlines.",
        "share",
        "%r",
    ),
    Column(PROVISIONAL_CASES, "How many cases the provisional share is of.", "cases", "%d"),
)
STAFFING: Final = (
    Column(AGENTS_STAFFED, "Agents of a queue, as its last snapshot has them.", "staffed", "%d"),
    Column(AGENTS_NEEDED, "Agents with whom a queue reaches its target at the present rate.", "needed", "%d"),
    Column(AGENTS_NEEDED_IN_15_MIN, "The same at the rate forecast for then.", "needed_in_15_min", "%d"),
    Column(AGENTS_NEEDED_IN_30_MIN, "The same at the rate forecast for then.", "needed_in_30_min", "%d"),
    Column(OFFERED, "Contacts offered to a queue, by the usual day and what came lately.", "offered", "%.6g"),
    Column(OFFERED_IN_15_MIN, "Forecast of that.", "offered_in_15_min", "%.6g"),
    Column(OFFERED_IN_30_MIN, "Forecast of that.", "offered_in_30_min", "%.6g"),
    Column(LEVEL, "Share that will be answered in time with the agents there are.", "level", "%.6g"),
    Column(LEVEL_IN_15_MIN, "The same at the rate forecast for then.", "level_in_15_min", "%.6g"),
    Column(HANDLE_TIME, "Mean time to handle a contact of a queue.", "handle_s", "%.6g"),
    Column(PATIENCE, "Mean time that customers would wait in a queue.", "patience_s", "%.6g"),
)


def family_head(name: str, described: str) -> bytes:
    """HELP and TYPE of a family of gauges."""
    text = escaped(described.replace('"', "'"))
    return f"# HELP {name} {text}\n# TYPE {name} gauge\n".encode()
