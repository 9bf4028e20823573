"""What changes in the power curve: counts by their own usual day, counts by their share of a whole, and ratios."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from benchmarks.evaluate.bound import nats_of_count, nats_of_share
from benchmarks.evaluate.rhythm import drawn, peaks, usual_curve, wobble
from streams.catalogue.metric import Component, Direction, Metric
from streams.catalogue.term import Term

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Ints = NDArray[np.int64]

RATES = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
SIZES = (0.0, 0.3, 0.6, 1.5, 2.0, 4.0, 10.0)
SHARES = (0.02, 0.1, 0.5, 0.97)
ODDS = (0.1, 0.25, 0.5, 1.5, 2.0, 4.0, 10.0)
TRIALS = (0.3, 3.0, 30.0)
_REST = 50.0  # the rest of the whole, times all that is watched
_OWN_WOBBLE = 0.03  # of a part beside what moves the whole
_PAID = (Term(("order.paid",)),)


class Part(NamedTuple):
    """One series.

    Attributes:
        metric, scope: what it is known by.
        rate, size: as the table words them; without a size it never changes.
        level: events or trials a minute when changes begin.
        factor: what the level, or the odds, is multiplied by.
        share: of a ratio, the usual one.
        judged: whether what is said of it counts.

    """

    metric: str
    scope: dict[str, str]
    rate: str
    size: str
    level: float
    factor: float
    share: float = 0.0
    judged: bool = True

    @property
    def direction(self) -> str:
        """Where it goes."""
        return "up" if self.factor > 1 else "down"

    @property
    def share_after(self) -> float:
        """What a share becomes."""
        odds = self.share / (1 - self.share) * self.factor
        return odds / (1 + odds)


@dataclass
class Shop:
    """Series with levels by quarters of an hour.

    Attributes:
        metrics: catalogue entries.
        parts: series in the order of the metrics.
        usual: float64[quarters, parts], events or trials a minute.
        factors: float64[quarters, parts], by which the level differs from the usual.
        odds: of ratios, float64[quarters, parts]: by which the odds differ from the usual.

    """

    rng: np.random.Generator
    metrics: list[Metric]
    parts: list[Part]
    usual: Array
    factors: Array
    odds: Array | None = None
    _places: dict[str, Ints] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for metric in self.metrics:
            places = [number for number, part in enumerate(self.parts) if part.metric == metric.name]
            self._places[metric.name] = np.array(places, np.int64)

    def of(self, metric: Metric) -> list[Part]:
        """The series of one metric, in order."""
        return [self.parts[number] for number in self._places[metric.name].tolist()]

    def nats_a_minute(self, number: int, quarters: Ints) -> Array:
        """What each of these times says of the change of one series on average."""
        part = self.parts[number]
        told = nats_of_share(part.share, part.share_after) if part.share else nats_of_count(1.0, part.factor)
        nats: Array = self.usual[quarters, number] * told
        return nats

    def counts(
        self, quarters: Ints, minutes: float, on: NDArray[np.bool_] | None = None
    ) -> list[dict[Component, Ints]]:
        """Counts of each metric by component, int64[times, series], of times that each take so many minutes.

        Args:
            quarters: of each time.
            minutes: that each takes.
            on: bool[times, parts]: where the change is on.

        """
        level = self.usual[quarters] * self.factors[quarters] * minutes
        changed = np.array([part.factor for part in self.parts])
        if self.odds is None:
            counts = drawn(self.rng, level if on is None else np.where(on, level * changed, level))
            return [{Component.NUMERATOR: counts[:, places]} for places in self._places.values()]
        share = np.array([part.share for part in self.parts])
        odds = share / (1 - share) * self.odds[quarters]
        odds = odds if on is None else np.where(on, odds * changed, odds)
        trials = drawn(self.rng, level)
        hits = self.rng.binomial(trials, odds / (1 + odds))
        return [
            {Component.NUMERATOR: hits[:, places], Component.DENOMINATOR: trials[:, places]}
            for places in self._places.values()
        ]


class Kind(Protocol):
    """One kind of series."""

    head: str
    rates: tuple[str, ...]
    sizes: tuple[str, ...]

    def shop(self, rng: np.random.Generator, quarters: Ints, onset: int, draws: int) -> Shop:
        """A shop with `draws` series for each rate and size, and as many that never change.

        Args:
            rng: what it is drawn from.
            quarters: that it lives through, counted from a Monday, midnight.
            onset: the place in them at which changes begin.
            draws: of each.

        """
        ...


def _metric(name: str, signal: str, scopes: tuple[tuple[str, ...], ...], **more: object) -> Metric:
    fixed: dict[str, object] = {"touchpoint": "order", "direction": Direction.BOTH, "windows": (60, 300, 900, 3600)}
    fixed |= {"numerator": _PAID, "minimum_exposure": 5, "scopes": scopes}
    return Metric(id=name, name=name, title=name, signal=signal, **(fixed | more))  # type: ignore[arg-type]


class Counts:
    """Counts of any rate; with `whole`, one part more makes the whole fifty times as busy as all of them."""

    head = "events a minute"
    sizes = tuple(f"x {size:g}" for size in SIZES)

    def __init__(self, whole: bool, rates: tuple[float, ...] = RATES) -> None:
        self._whole = whole
        self._rates = rates
        self.rates = tuple(f"{rate:g}" for rate in rates)

    def shop(self, rng: np.random.Generator, quarters: Ints, onset: int, draws: int) -> Shop:
        """See `Kind`."""
        scopes: tuple[tuple[str, ...], ...] = ((), ("store",)) if self._whole else (("store",),)
        metrics, parts = [], []
        for place, rate in enumerate(self._rates):
            name = f"counted{place}"
            metrics.append(_metric(name, "count", scopes, unit="per_minute", minimum_effect=0.2))
            factors = [(f"x {size:g}", size) for size in SIZES] + [("", 1.0)]
            own = [
                Part(name, {"store": f"{label or 'steady'} {number}"}, f"{rate:g}", label, rate, factor)
                for label, factor in factors
                for number in range(draws)
            ]
            if self._whole:
                own.append(Part(name, {"store": "rest"}, "", "", rate * len(own) * _REST, 1.0, judged=False))
            parts += own
        usual = _usual(rng, quarters, onset, parts)
        if not self._whole:
            return Shop(rng, metrics, parts, usual, wobble(rng, len(quarters), len(parts)))
        usual = _usual(rng, quarters, onset, parts, common=True)
        common = wobble(rng, len(quarters), 1)
        return Shop(rng, metrics, parts, usual, common * wobble(rng, len(quarters), len(parts), _OWN_WOBBLE))


class Ratios:
    """Shares of any size, of any number of trials."""

    head = "usual share, trials a minute"
    rates = tuple(f"{share:g}, {trials:g}" for share in SHARES for trials in TRIALS)
    sizes = tuple(f"odds x {odds:g}" for odds in ODDS)

    def shop(self, rng: np.random.Generator, quarters: Ints, onset: int, draws: int) -> Shop:
        """See `Kind`."""
        metrics, parts = [], []
        for place, share in enumerate(SHARES):
            name = f"rated{place}"
            scopes = (("store",),)
            metrics.append(_metric(name, "ratio", scopes, unit="ratio", minimum_effect=0.005, denominator=_PAID))
            factors = [(f"odds x {odds:g}", odds) for odds in ODDS] + [("", 1.0)]
            parts += [
                Part(
                    name,
                    {"store": f"{label or 'steady'} {trials:g} {number}"},
                    f"{share:g}, {trials:g}",
                    label,
                    trials,
                    factor,
                    share,
                )
                for trials in TRIALS
                for label, factor in factors
                for number in range(draws)
            ]
        usual = _usual(rng, quarters, onset, parts)
        levels, shares = (wobble(rng, len(quarters), len(parts)) for _ in range(2))
        return Shop(rng, metrics, parts, usual, levels, shares)


def _usual(rng: np.random.Generator, quarters: Ints, onset: int, parts: list[Part], common: bool = False) -> Array:
    """Levels a minute of all quarters, those asked for where changes begin; `common`: all are busiest together."""
    busiest = np.repeat(peaks(rng, 1), len(parts)) if common else peaks(rng, len(parts))
    curve = usual_curve(quarters, busiest)
    usual: Array = curve / curve[onset] * np.array([part.level for part in parts])
    return usual


KINDS: dict[str, Kind] = {"own day": Counts(whole=False), "share": Counts(whole=True), "ratio": Ratios()}
