"""The table of signals: one row of traits for each thing that can be computed from the components of a metric.

A new signal takes a row here and a judge in `streams.evaluation.judges`, and nothing else: whoever treats signals
differently reads a trait.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from detectors.law import Law

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class CellKind(enum.Enum):
    """What the cells of a metric hold, and what becomes of two that meet."""

    SUMS = enum.auto()  # counts or values, which add up
    DEADLINES = enum.auto()  # the same, by the minute of a deadline, which may lie ahead; see `Component`
    BINS = enum.auto()  # a histogram of durations: the number of the bin stands in the place of the component
    LATEST = enum.auto()  # a gauge: the value reported last, which adds up over neither time nor scopes
    LEADS = enum.auto()  # by how far ahead the deadline lies, which stands in the place of the component


@dataclass(frozen=True, kw_only=True)
class Traits:
    """One row.

    Attributes:
        units: those of `Metric.unit` that a value can have.
        law: how values spread around what is expected, for saying that a deviation is over.
        cells: what its cells hold.
        words: what numerator, denominator and exposure stand for, as docs/metrics.md calls them.
        formula: how the value is computed, where the words do not say it; may name fields of the metric in braces.
        needs: components that must be given besides the numerator, and what each of them holds.
        takes: keys of a metric or term that mean something here and are not for every signal.
        of_cases: said of cases: without a case there is no value, where a count of none is zero. The denominator (or
            the histogram) is what has been seen of them.
        counts_values: its denominator is the number of values that the numerator adds up; nobody writes it.
        adds_values: the numerator takes a number of each event, not only that it happened.
        signed: its values can be below 0, where what it adds up can.
        unitless: whatever its values are in, they cancel out.
        volume: how much comes by itself: more of it is good where both directions are bad, a calendar that names no
            metric means it, and boards show it beside what it explains.
        planned: a calendar may say how much of it is to be expected.
        every_tick: looked at every 10 s however long its windows are, since it can stop from one second to the next.
        gaps: it learns of quarters of an hour that some are unknown; of others, that nothing was seen in them.
        long_windows: may have windows of more than a day, which are compared with the ones before.
        lean: may have scopes of very many parts, which are kept by quarters of an hour and days.
        by_days: sums of whole days give its value, so that windows of months can be told.
        interval: its values have a 95 % interval, which says how far so few cases can be trusted.
        apart: its scopes are what reports, such as queues: they add up to no whole.
        weighs_values: the denominator adds up a number of each event, too: what the numerator is a part of.
        sampled: a value every few minutes: when something began is looked for by minutes, not by slots.
        by_event: looked at whenever one of its events comes, and what is found begins with one of them.

    """

    units: tuple[str, ...]
    law: Law
    cells: CellKind = CellKind.SUMS
    words: tuple[str, str, str] = ("numerator", "denominator", "")
    formula: str = ""
    needs: Mapping[str, str] = field(default_factory=dict)
    takes: frozenset[str] = frozenset()
    of_cases: bool = False
    counts_values: bool = False
    adds_values: bool = False
    unitless: bool = False
    signed: bool = False
    volume: bool = False
    planned: bool = False
    every_tick: bool = False
    gaps: bool = False
    long_windows: bool = False
    by_event: bool = False
    sampled: bool = False
    apart: bool = False
    weighs_values: bool = False
    by_days: bool = False
    interval: bool = False
    lean: bool = False

    @property
    def of_deadlines(self) -> bool:
        """Whether cases are opened and closed, by events that name the same deadline in the same scopes."""
        return self.cells in {CellKind.DEADLINES, CellKind.LEADS}

    @property
    def additive(self) -> bool:
        """Whether parts add up to a whole."""
        return self.cells is not CellKind.LATEST and not self.apart


_DENOMINATOR = {"denominator": "a denominator"}

SIGNALS: dict[str, Traits] = {
    # numerator per minute
    "count": Traits(
        units=("per_minute",),
        law=Law.COUNT,
        words=("counts", "", "expected in proportion to"),
        takes=frozenset({"exposure", "by"}),
        volume=True,
        planned=True,
        gaps=True,
        every_tick=True,
        by_days=True,
        lean=True,
    ),
    # numerator / denominator
    "ratio": Traits(
        units=("ratio",),
        law=Law.RATIO,
        needs=_DENOMINATOR,
        takes=frozenset({"target", "by"}),
        of_cases=True,
        interval=True,
        long_windows=True,
        by_days=True,
        lean=True,
    ),
    # the values of the numerator per minute
    "sum": Traits(
        units=("money_per_minute", "number_per_minute", "seconds_per_minute"),
        law=Law.COUNT,
        words=("adds up", "", "expected in proportion to"),
        takes=frozenset({"exposure", "largest"}),
        counts_values=True,
        adds_values=True,
        signed=True,
        volume=True,
        planned=True,
        gaps=True,
        every_tick=True,
        by_days=True,
    ),
    # numerator (a sum of values) / denominator (a count)
    "mean": Traits(
        units=("seconds", "money", "number"),
        law=Law.MEAN,
        needs=_DENOMINATOR,
        takes=frozenset({"largest", "by"}),
        of_cases=True,
        adds_values=True,
        signed=True,
        by_days=True,
    ),
    # standard deviation / mean of the values of the numerator
    "variation": Traits(
        units=("number",),
        law=Law.MEAN,
        words=("values", "", ""),
        formula="standard deviation / mean",
        takes=frozenset({"largest"}),
        of_cases=True,
        counts_values=True,
        adds_values=True,
        unitless=True,
    ),
    # 1000 * numerator (trailing) / denominator over `trailing_s`
    "per_thousand": Traits(
        units=("per_thousand",),
        law=Law.COUNT,
        needs=_DENOMINATOR,
        takes=frozenset({"trailing_s", "by"}),
        planned=True,
        gaps=True,
        by_days=True,
    ),
    # numerator per 10,000 of the exposure, or per day: so few that each is looked at with the ones before it
    "rare": Traits(
        units=("per_ten_thousand", "per_day"),
        law=Law.COUNT,
        words=("counts", "", "for each 10,000 of"),
        takes=frozenset({"exposure", "false_alarms_a_year"}),
        by_event=True,
    ),
    # closed in time / opened, by the minute of the deadline
    "cohort": Traits(
        units=("ratio",),
        law=Law.RATIO,
        cells=CellKind.DEADLINES,
        words=("closed in time", "opened", "closed late"),
        needs=_DENOMINATOR | {"exposure": "what closes it late"},
        takes=frozenset({"stock", "by"}),
        of_cases=True,
        interval=True,
        long_windows=True,
        by_days=True,
        lean=True,
    ),
    # of the cases of a cohort that are due within two hours, how many will miss: judged as a share of those open
    "due_soon": Traits(
        units=("number",),
        law=Law.RATIO,
        cells=CellKind.LEADS,
        words=("closed in time", "opened", ""),
        formula="of the cases open with a deadline within 2 h, how many will not be closed in time as it goes",
        needs=_DENOMINATOR,
        takes=frozenset({"forecasts", "by"}),
        of_cases=True,
        sampled=True,
    ),
    # of durations, from histograms: judged by shares
    "quantile": Traits(
        units=("seconds",),
        law=Law.RATIO,
        cells=CellKind.BINS,
        words=("durations", "", ""),
        formula="the {quantile:.0%} quantile",
        takes=frozenset({"quantile", "by"}),
        of_cases=True,
        adds_values=True,
    ),
    # P90 less P50 of durations, from histograms: judged by shares
    "spread": Traits(
        units=("seconds",),
        law=Law.RATIO,
        cells=CellKind.BINS,
        words=("durations", "", ""),
        formula="P90 minus P50",
        of_cases=True,
        adds_values=True,
    ),
    # 100 * (numerator - exposure) / denominator: positive answers, negative answers, all answers
    "net": Traits(
        units=("points",),
        law=Law.RATIO,
        words=("positive answers", "all answers", "negative answers"),
        formula="100 x (positive - negative) / all",
        needs=_DENOMINATOR | {"exposure": "the negative answers"},
        of_cases=True,
        interval=True,
        long_windows=True,
        by_days=True,
    ),
    # the last value that was reported
    "last": Traits(
        units=("number", "seconds"),
        law=Law.COUNT,
        cells=CellKind.LATEST,
        words=("reported by", "", ""),
        adds_values=True,
        every_tick=True,
    ),
    # numerator / denominator, both added up over reports: a mean of gauges, not so many trials
    "gauge_mean": Traits(
        units=("ratio",),
        law=Law.MEAN,
        words=("adds up, of each report,", "adds up, of each report,", ""),
        formula="the first / the second: a mean over reports, judged by its limit alone",
        needs=_DENOMINATOR,
        of_cases=True,
        adds_values=True,
        weighs_values=True,
        unitless=True,
        apart=True,
    ),
    # the agents that a queue needs, less those it has
    "staffing": Traits(
        units=("number",),
        law=Law.MEAN,
        words=("offered", "handled", "given up"),
        formula=(
            "agents needed (Erlang A, from what is offered, handle time, and the patience of those who gave up) "
            "minus agents staffed, as `queue.snapshot` reports them"
        ),
        needs=_DENOMINATOR | {"exposure": "the contacts that gave up"},
        takes=frozenset({"staffing"}),
        gaps=True,
        apart=True,
    ),
}


def signals_with(trait: Callable[[Traits], bool]) -> str:
    """The names of all signals of that trait, for a message.

    >>> signals_with(lambda traits: traits.long_windows)
    'cohort, net, ratio'
    """
    return ", ".join(sorted(name for name, traits in SIGNALS.items() if trait(traits)))
