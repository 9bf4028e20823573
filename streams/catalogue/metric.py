"""A metric is data: what it counts, for which scopes, and when a change of it matters."""

from __future__ import annotations

import enum
import hashlib
import math
from typing import Literal, get_args

import msgspec

from streams.catalogue.signals import SIGNALS, CellKind, Traits
from streams.catalogue.single_values import LARGEST, OWN_TIME, PER_MINUTE, SCALES, Difference
from streams.cells.histogram import BINS
from streams.events.vocabulary import SHIPPED

Touchpoint = Literal["page", "consultation", "order", "logistics", "aftersale", "dispute", "feedback", "pipeline"]
TOUCHPOINTS: tuple[str, ...] = get_args(Touchpoint)


# The least and the greatest value by unit; what is left out begins at 0 and has no end.
BOUNDS: dict[str, tuple[float, float]] = {"ratio": (0.0, 1.0), "points": (-100.0, 100.0)}


_ALERTS = frozenset({"alert.fired", "alert.resolved"})


class Component(enum.IntEnum):
    """The number of a component inside the cells of its metric."""

    NUMERATOR = 0  # cohort: closed in time
    DENOMINATOR = 1  # cohort: opened
    EXPOSURE = 2  # cohort: closed late, in the slot of the event's own time; net: the negative answers
    LATE_BY_DEADLINE = 3  # cohort: the same events, in the slot of the deadline (what expires after 7 days)
    SQUARES = 4  # of the single values of the numerator: what is above 2**30, in units of that
    SQUARES_LOW = 5  # and what is below: together exact, however many they are
    CUT = 6  # how many single values were beyond `Metric.largest`


class Direction(enum.StrEnum):
    """The bad direction of a metric."""

    UP = "up"
    DOWN = "down"
    BOTH = "both"


class Severity(enum.StrEnum):
    """Severities of an anomaly; info is never paged."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"


GRAVITY: dict[str, int] = {Severity.INFO: 0, Severity.WARNING: 1, Severity.CRITICAL: 2}
"""The larger, the graver; a severity as it is written finds its own too."""


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One test of a field of `data`; all tests that are given must hold. None stands for an absent field.

    With `from` it tests a duration in seconds instead, see `Difference`: to the time field `to` or, where that is not
    given, to the field that the condition stands at.
    """

    equals: str | bool | int | float | None = None
    any_of: tuple[str | bool | int | float | None, ...] = ()
    at_most: float | None = None
    above: float | None = None
    present: bool | None = None
    start: str = msgspec.field(name="from", default="")
    to: str = ""

    def difference(self, field: str) -> Difference | None:
        """The duration that is tested, where it is not the field itself."""
        return Difference(self.start, self.to or field) if self.start else None


class Term(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What one event adds to a component.

    Attributes:
        events: the event types that contribute; `*` alone: all.
        where: conditions on fields of `data`.
        weight: +1 or -1.
        value: a numeric field to add up (seconds are kept in ms, money in hundredths), or the difference of two times;
            empty adds 1. In histograms the duration that is sorted in, in seconds.
        since: in histograms instead of `value`: a time field of `data`; the duration is from it to the event's time.
        at: the time the contribution counts for: "time" (the event's own) or a time field of `data`.
        plus_s: added to that time, in seconds: 86400 turns a payment into its collection deadline.
        within_s: a contribution whose event time is more than this after the time it counts for is dropped (T_max).
        again: in the numerator of a ratio: a text field that names the case (an order). Of the events of a case in one
            slot all but the first add 1, and the first too if the case was there within `again_s` seconds before.
        again_s: for how long a case is remembered, a day at most.
        no_later: if true, it counts only where the event's time is not after the time it counts for (in time);
            if false, only where it is after (late); absent, always.

    """

    events: tuple[str, ...]
    where: dict[str, Condition] = {}
    weight: Literal[1, -1] = 1
    value: str | Difference = ""
    since: str = ""
    at: str = OWN_TIME
    plus_s: int = 0
    within_s: int | None = None
    no_later: bool | None = None
    again: str = ""
    again_s: int = 0

    @property
    def difference(self) -> Difference | None:
        """The duration that is taken of the event, where it lies between two times."""
        if self.since:
            return Difference(self.since)
        return self.value if isinstance(self.value, Difference) else None

    @property
    def field(self) -> str:
        """The numeric field that is taken of the event; empty where there is none."""
        return self.value if isinstance(self.value, str) else ""

    def counting(self) -> Term:
        """The term that counts the events of which this one takes a value."""
        difference = self.difference
        told = difference.fields if difference else (self.field,)
        where = {field: msgspec.structs.replace(self.where.get(field, Condition()), present=True) for field in told}
        return msgspec.structs.replace(self, value="", since="", weight=1, where={**self.where, **where})


class Metric(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A catalogue entry. Direction, minimum effect and minimum exposure are mandatory.

    Attributes:
        signal: what is computed from the components; a name in the table `streams.catalogue.signals.SIGNALS`.
        name: identity in anomalies, and in Prometheus as `pharos_<name><unit suffix>`.
        minimum_effect: smallest change that matters: for ratios an absolute difference, for net scores points, for all
            else a relative one.
        minimum_exposure: events (denominator, or expected count) a window needs before it is judged.
        windows: lengths in seconds, shortest first, up to a day; of ratios, cohorts and net scores up to 7 whole days.
        quantile: of a quantile, which one, between 0 and 1.
        bins: of histograms, the durations in seconds between which the bins lie, see `streams.cells.histogram`.
        largest: of sums, means and variations, the largest single value that counts in full, in the unit of the field:
            what is beyond it is cut to it, and counted. Without it `LARGEST`.
        trailing_s: the window of the denominator where it differs from that of the numerator (per_thousand).
        settle_s: a window is judged this much after its end, beside the lateness (T_max of C1).
        scopes: sets of dimensions; [] is the whole, which gauges do not have.
        exposure: for counts, the activity that the expectation is proportional to (keeps ten times the traffic quiet).
        denominator_dimensions: dimensions by which the denominator may be counted; absent: all that its events carry.
            Needed where a dimension of the same name means something else on the other side (reason, channel).
        exposure_dimensions: the same for the exposure.
        target: the promised ratio; given, burn rates are judged too.
        false_alarms_a_year: of rare events, how often chance alone may go off, over all its series.
        threshold: a preset limit in the unit of the metric: what has reached it deviates, whatever is usual.
        symptom_of: names of metrics whose anomalies can cause one here.
        symptom_where: of such a cause, by dimension the values in which its symptoms show; others have other causes.
        opening_hours: judged only while the service is open.
        stock: of a cohort, whether what stays open after its deadline is work that piles up, and is watched.
        leading: whether it stands on its touchpoint's tile on the wall, see `streams.catalogue.leading`.
        declared: the dimensions of the event types that its catalogue declares, by type; filled in when it is loaded.

    """

    id: str
    name: str
    title: str
    touchpoint: Touchpoint
    unit: Literal[
        "ratio",
        "per_minute",
        "seconds",
        "per_thousand",
        "per_ten_thousand",
        "per_day",
        "points",
        "number",
        "money",
        "money_per_minute",
        "number_per_minute",
        "seconds_per_minute",
    ]
    signal: str
    direction: Direction
    minimum_effect: float
    minimum_exposure: float
    numerator: tuple[Term, ...]
    scopes: tuple[tuple[str, ...], ...]
    denominator: tuple[Term, ...] = ()
    exposure: tuple[Term, ...] = ()
    windows: tuple[int, ...] = (60, 300)
    quantile: float = 0.0
    bins: tuple[float, ...] = ()
    largest: float | None = None
    trailing_s: int = 0
    settle_s: int = 0
    target: float | None = None
    threshold: float | None = None
    false_alarms_a_year: float = 1.0
    severity: Severity = Severity.WARNING
    symptom_of: tuple[str, ...] = ()
    symptom_where: dict[str, dict[str, tuple[str, ...]]] = {}
    opening_hours: bool = False
    stock: bool = True
    title_zh: str = ""
    runbook: str = ""
    denominator_dimensions: tuple[str, ...] | None = None
    exposure_dimensions: tuple[str, ...] | None = None
    leading: bool = False
    declared: dict[str, tuple[str, ...]] = {}

    @property
    def traits(self) -> Traits:
        """The row of its signal. Raises KeyError for one that is not in the table, which no loaded catalogue holds."""
        return SIGNALS[self.signal]

    def key(self) -> str:
        """`name@hash of the counting definition`: a metric that counts something else starts again."""
        terms = (self.numerator, self.denominator, self.exposure)
        shared = (self.denominator_dimensions, self.exposure_dimensions)
        signal = "histogram" if self.traits.cells is CellKind.BINS else self.signal
        counted: tuple[object, ...] = (signal, terms, self.scopes, shared, self.trailing_s)
        if self.bins:
            counted += (self.bins,)
        if self.moments:
            counted += (self.most,)
        written = msgspec.json.encode(counted, order="deterministic")  # conditions mean the same in any order
        return f"{self.name}@{hashlib.blake2b(written, digest_size=4).hexdigest()}"

    @property
    def moments(self) -> bool:
        """Whether single values are cut at `largest` and their squares added up, exactly, beside them.

        So it is of sums and variations, and of means but those of plain seconds, which are judged as waits are.
        """
        if "largest" not in self.traits.takes:
            return False
        if self.traits.counts_values or self.largest is not None or self.unit in {"money", "number"}:
            return True
        return any(isinstance(term.value, Difference) for term in self.numerator)

    @property
    def signed(self) -> bool:
        """Whether values of both signs are usual: differences of two times that are told, and what is taken off."""
        taken = (term.value for term in self.numerator)
        differences = any(isinstance(value, Difference) and len(value.fields) == 2 for value in taken)
        return self.traits.signed and (differences or any(term.weight < 0 for term in self.numerator))

    @property
    def scale(self) -> int:
        """The factor by which sums of its single values are kept as integers."""
        return SCALES.get(PER_MINUTE.get(self.unit, self.unit), 1)

    @property
    def most(self) -> int:
        """What single values are cut at, as sums keep them."""
        return round((LARGEST if self.largest is None else self.largest) * self.scale)

    def components(self) -> dict[Component, tuple[Term, ...]]:
        """Terms by component, components without terms left out: those written, and those that follow from them."""
        terms = self.written()
        if self.moments:
            plain = tuple(msgspec.structs.replace(term, weight=1) for term in self.numerator)
            if self.traits.counts_values:
                terms[Component.DENOMINATOR] = tuple(term.counting() for term in self.numerator)
            terms |= dict.fromkeys((Component.SQUARES, Component.SQUARES_LOW, Component.CUT), plain)
        return terms

    def written(self) -> dict[Component, tuple[Term, ...]]:
        """Terms by component as the catalogue has them, components without terms left out."""
        terms = {
            Component.NUMERATOR: self.numerator,
            Component.DENOMINATOR: self.denominator,
            Component.EXPOSURE: self.exposure,
        }
        return {component: group for component, group in terms.items() if group}

    def of_faults(self) -> bool:
        """Whether only what is wrong is counted, by us or by the shop's monitoring: then it is right to see nothing."""
        terms = (term for terms in self.written().values() for term in terms)
        return all(event in SHIPPED.own or event in _ALERTS for term in terms for event in term.events)

    def bounds(self) -> tuple[float, float]:
        """Between which its values lie; the end may be infinite."""
        return BOUNDS.get(self.unit, (0.0, math.inf))

    def recurring(self) -> Term | None:
        """The term whose cases come again, where there is one."""
        return next((term for term in self.numerator if term.again), None)

    def rows(self) -> range:
        """The numbers of the components, or of the bins, that its cells may have and its windows keep."""
        if self.traits.cells is CellKind.BINS:
            return range(BINS)
        return range(1 + max(self.components()))
