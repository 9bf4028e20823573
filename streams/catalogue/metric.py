"""A metric is data: what it counts, for which scopes, and when a change of it matters."""

from __future__ import annotations

import enum
import hashlib
import math
from functools import cached_property
from typing import Literal, get_args

import msgspec

from streams.catalogue import staffing as staffed_by
from streams.catalogue.signals import SIGNALS, CellKind, Traits
from streams.catalogue.single_values import LARGEST, PER_MINUTE, SCALES, Difference
from streams.catalogue.staffing import Staffing  # noqa: TC001 - msgspec reads the annotation at run time
from streams.catalogue.term import Term  # noqa: TC001 - msgspec reads the annotation at run time
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
    REPORTS = 7  # staffing: snapshots that tell the agents, and by so many each of the sums below is a mean
    STAFFED = 8  # their agents, added up
    WAITING = 9  # contacts that wait
    HANDLE_TIMES = 10  # times to handle a contact
    TIMED = 11  # how many snapshots tell one
    WAITED = 12  # how long contacts waited until they were answered or gave up


_OF_QUEUES = tuple(Component)[Component.REPORTS :]


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


class Metric(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, dict=True):
    """A catalogue entry. Direction, minimum effect and minimum exposure are mandatory.

    Attributes:
        signal: what is computed from the components; a name in the table `streams.catalogue.signals.SIGNALS`.
        name: identity in anomalies, and in Prometheus as `pharos_<name><unit suffix>`.
        minimum_effect: smallest change that matters: for ratios an absolute difference, for net scores points, for
            forecasts a share of the open cases, for all else a relative one.
        minimum_exposure: events (denominator, or expected count) a window needs before it is judged.
        windows: lengths in seconds, shortest first, up to a day; of ratios, cohorts and net scores up to 7 whole days.
        quantile: of a quantile, which one, between 0 and 1.
        bins: of histograms, the durations in seconds between which the bins lie, see `streams.cells.histogram`.
        largest: of sums, means and variations, the largest single value that counts in full, in the unit of the field:
            what is beyond it is cut to it, and counted. Without it `LARGEST`.
        trailing_s: the window of the denominator where it differs from that of the numerator (per_thousand).
        told: windows in seconds of 30, 60 or 90 natural days, today so far among them, that are shown, exported and
            scored, and judged by no detector.
        judged: whether detectors look at its `windows`; of a metric that only tells, they do not.
        lean: those of `scopes` with very many series, kept by quarters of an hour and days: `streams.catalogue.lean`.
        export: of lean scopes, how many series are exported: `top 50`, by score, and as many by volume.
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
        symptom_after_s: of such a cause, so long after its end its symptoms may still begin; absent: half an hour. What
            is late on Thursday was handed over late on Monday.
        opening_hours: judged only while the service is open.
        stock: of a cohort, whether what stays open after its deadline is work that piles up, and is watched.
        action: what the front line does about it, in English; what may be in braces: `streams.catalogue.action`.
        action_zh: the same in Chinese.
        leading: whether it stands on its touchpoint's tile on the wall, see `streams.catalogue.leading`.
        forecasts: the cohort whose open cases it forecasts; it has the numerator and the denominator of that.
        staffing: of staffing, what its queues promise and how agents work there.
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
    scopes: tuple[tuple[str, ...], ...]
    numerator: tuple[Term, ...] = ()
    denominator: tuple[Term, ...] = ()
    exposure: tuple[Term, ...] = ()
    windows: tuple[int, ...] = (60, 300)
    quantile: float = 0.0
    bins: tuple[float, ...] = ()
    largest: float | None = None
    trailing_s: int = 0
    told: tuple[int, ...] = ()
    judged: bool = True
    lean: tuple[tuple[str, ...], ...] = ()
    export: str = ""
    settle_s: int = 0
    target: float | None = None
    threshold: float | None = None
    false_alarms_a_year: float = 1.0
    severity: Severity = Severity.WARNING
    symptom_of: tuple[str, ...] = ()
    symptom_where: dict[str, dict[str, tuple[str, ...]]] = {}
    symptom_after_s: dict[str, int] = {}
    opening_hours: bool = False
    stock: bool = True
    title_zh: str = ""
    runbook: str = ""
    action: str = ""
    action_zh: str = ""
    denominator_dimensions: tuple[str, ...] | None = None
    exposure_dimensions: tuple[str, ...] | None = None
    leading: bool = False
    forecasts: str = ""
    staffing: Staffing | None = None
    declared: dict[str, tuple[str, ...]] = {}

    @property
    def traits(self) -> Traits:
        """The row of its signal. Raises KeyError for one that is not in the table, which no loaded catalogue holds."""
        return SIGNALS[self.signal]

    def key(self) -> str:
        """`name@hash of the counting definition`: a metric that counts something else starts again."""
        return self._key

    @cached_property
    def _key(self) -> str:
        terms = (self.numerator, self.denominator, self.exposure)
        shared = (self.denominator_dimensions, self.exposure_dimensions)
        signal = "histogram" if self.traits.cells is CellKind.BINS else self.signal
        counted: tuple[object, ...] = (signal, terms, self.scopes, shared, self.trailing_s)
        if self.bins:
            counted += (self.bins,)
        if self.moments:
            counted += (self.most,)
        if self.lean:
            counted += (("lean", self.lean),)
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
        return dict(self._components)

    @cached_property
    def _components(self) -> dict[Component, tuple[Term, ...]]:
        terms = self.written()
        if "staffing" in self.traits.takes:
            terms |= {component: getattr(staffed_by, component.name) for component in _OF_QUEUES}
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

    def rows(self) -> range:
        """The numbers of the components, or of the bins, that its cells may have and its windows keep."""
        if self.traits.cells is CellKind.BINS:
            return range(BINS)
        if self.traits.cells is CellKind.LEADS:  # what is forecast: see `streams.merge.open_cases.Forecast`
            return range(Component.EXPOSURE + 1)
        return range(1 + max(self.components()))
