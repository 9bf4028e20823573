"""The families of Prometheus in which a metric's series stand: their names, what they hold, and how it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from streams.telemetry.interval_metrics import HIGH, LOW
from streams.telemetry.metrics import EXPECTED, LOWER, SCORE, UPPER, prometheus_name
from streams.telemetry.provisional_metrics import PROVISIONAL, PROVISIONAL_CASES
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


def family_head(name: str, described: str) -> bytes:
    """HELP and TYPE of a family of gauges."""
    text = escaped(described.replace('"', "'"))
    return f"# HELP {name} {text}\n# TYPE {name} gauge\n".encode()
