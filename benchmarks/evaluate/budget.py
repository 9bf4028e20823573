"""False warnings of quiet days with thousands of series, thin and thick, against what was asked for.

Levels from 0.01 to 100 a minute; the whole of a metric moves from day to day and wobbles, its parts wobble beside it.
Warnings are what the incident desk would have opened. A day of 10,000 series takes a quarter of an hour, and of 0.1
false warnings a day a month has three: so two days of 2,000 series are run, ten warnings a day are asked for, and the
figure has its exact Poisson interval.
"""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.stats import chi2

from benchmarks.evaluate.delays import Said
from benchmarks.evaluate.judged import MONDAY_MS, WARM_SLOTS, Judged
from benchmarks.evaluate.leaves import Leaves
from benchmarks.evaluate.rhythm import QUARTERS_A_DAY, SLOTS_A_QUARTER, drawn, peaks, usual_curve, wobble
from benchmarks.evaluate.section import Figure, Section
from streams.catalogue.metric import Component, Direction, Metric
from streams.catalogue.term import Term
from streams.cells.record import SLOT_MS
from streams.incidents.desk import IncidentDesk
from streams.records.anomaly import Change

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Ints = NDArray[np.int64]

LEARN_DAYS = 14
ASKED = (10.0,)  # a day
DAYS = 2.0
_DAY_SLOTS = 8_640
_CHUNK_SLOTS = 30
_BETWEEN_DAYS = 0.08  # standard deviation of the logarithm of the level of a whole day
_OWN_WOBBLE = 0.05
_THINNEST, _THICKEST = 0.01, 100.0
_LOGIT_WOBBLE = 0.1
_PAID = (Term(("order.paid",)),)
_STORES = (("store",),)
_WITH_WHOLE = ((), ("store",))


class Quiet(NamedTuple):
    """What was said while nothing was wrong.

    Attributes:
        warnings: anomalies that page.
        episodes: of verdicts past the limit, whatever became of them.
        days: that were judged.
        cpu_s: what they took.

    """

    warnings: int
    episodes: int
    days: float
    cpu_s: float


def interval(events: int) -> tuple[float, float]:
    """The exact 95 % interval of the mean of a Poisson count (Garwood 1936).

    >>> [round(edge, 2) for edge in interval(3)]
    [0.62, 8.77]
    """
    low = chi2.ppf(0.025, 2 * events) / 2 if events else 0.0
    return float(low), float(chi2.ppf(0.975, 2 * events + 2) / 2)


def metrics(parts: int) -> list[Metric]:
    """Ten metrics of so many parts each: counts with a whole, counts without, ratios."""
    return [
        *(_metric(f"counted{number}", "count", _WITH_WHOLE) for number in range(5)),
        *(_metric(f"apart{number}", "count", _STORES) for number in range(2)),
        *(_metric(f"rated{number}", "ratio", _WITH_WHOLE) for number in range(3)),
    ][: max(1, parts)]


def _metric(name: str, signal: str, scopes: tuple[tuple[str, ...], ...]) -> Metric:
    more: dict[str, object] = {"unit": "per_minute", "minimum_effect": 0.3}
    if signal == "ratio":
        more = {"unit": "ratio", "minimum_effect": 0.02, "denominator": _PAID}
    fixed: dict[str, object] = {"touchpoint": "order", "direction": Direction.BOTH, "windows": (60, 300, 900, 3600)}
    fixed |= {"numerator": _PAID, "minimum_exposure": 10, "scopes": scopes}
    return Metric(id=name, name=name, title=name, signal=signal, **(fixed | more))  # type: ignore[arg-type]


class _Levels:
    """The parts of one metric through all quarters."""

    def __init__(self, rng: np.random.Generator, metric: Metric, parts: int, quarters: Ints) -> None:
        self.metric = metric
        self._rng = rng
        at = np.exp(rng.uniform(np.log(_THINNEST), np.log(_THICKEST), parts))
        curve = usual_curve(quarters, np.repeat(peaks(rng, 1), parts))
        between = np.exp(rng.normal(0, _BETWEEN_DAYS, quarters[-1] // QUARTERS_A_DAY + 2))
        common = wobble(rng, len(quarters), 1) * between[quarters // QUARTERS_A_DAY][:, None]
        self._level = (curve * common * at * wobble(rng, len(quarters), parts, _OWN_WOBBLE)).astype(np.float32)
        self._logit: Array | None = None
        if metric.signal == "ratio":
            usual = rng.uniform(-4, 3, parts)  # shares of 2 to 95 %
            own = np.log(wobble(rng, len(quarters), parts, _LOGIT_WOBBLE))
            self._logit = (usual + own).astype(np.float32)
        self.leaves = Leaves(metric, [{"store": f"store {number}"} for number in range(parts)])

    def counts(self, places: Ints, minutes: float) -> dict[Component, Ints]:
        """Counts of times of so many minutes each; `places` are their quarters."""
        counts = drawn(self._rng, self._level[places] * minutes)
        if self._logit is None:
            return {Component.NUMERATOR: counts}
        share = 1 / (1 + np.exp(-self._logit[places]))
        return {Component.NUMERATOR: self._rng.binomial(counts, share), Component.DENOMINATOR: counts}


def quiet(seed: int, days: float, parts: int, asked: float, learn_days: int = LEARN_DAYS) -> Quiet:
    """Days with ten metrics of `parts` parts each, after some of learning, two at least."""
    rng = np.random.default_rng((seed, 41))
    zero = MONDAY_MS // SLOT_MS
    from_slot = zero + learn_days * _DAY_SLOTS
    until = from_slot + round(days * _DAY_SLOTS)
    quarters = np.arange((until - zero) // SLOTS_A_QUARTER + 2)
    levels = [_Levels(rng, metric, parts, quarters) for metric in metrics(10)]
    judged = Judged([of.metric for of in levels], from_slot, false_warnings_a_day=asked)
    desk, said, warnings = IncidentDesk(judged.catalogue, 1, judged.settings), Said(), 0
    fine = (from_slot - WARM_SLOTS) // SLOTS_A_QUARTER * SLOTS_A_QUARTER
    spans = [(zero + day * _DAY_SLOTS, zero + (day + 1) * _DAY_SLOTS) for day in range(learn_days - 1)]
    spans.append((spans[-1][1], fine))
    chunks = [(begin, end, SLOTS_A_QUARTER) for begin, end in spans]
    chunks += [(begin, min(begin + _CHUNK_SLOTS, until), 1) for begin in range(fine, until, _CHUNK_SLOTS)]
    begun = time.process_time()
    for begin, end, step in chunks:
        if begin <= from_slot:
            begun = time.process_time()
        slots = np.arange(begin, end, step)
        places = (slots - zero) // SLOTS_A_QUARTER
        cells = [of.leaves.cells(begin, of.counts(places, step / 6), step) for of in levels]
        for tick in judged.feed(end, cells, [(begin, end - 1)]):
            said.hear([tick])
            for transition in desk.deliver(tick):
                opened = transition.change is Change.OPENED
                warnings += opened and transition.anomaly.severity != "info"
    episodes = sum(len(of) for of in said.episodes.values())
    return Quiet(warnings, episodes, (until - from_slot) / _DAY_SLOTS, time.process_time() - begun)


def figure(found: Quiet, series: int, asked: float) -> Figure:
    """Warnings a day with their interval, against what was asked for."""
    low, high = (edge / found.days for edge in interval(found.warnings))
    value = (
        f"{found.warnings / found.days:.2g} a day ({low:.2g} to {high:.2g}): {found.warnings} in {found.days:g} days, "
        f"{found.episodes} verdicts"
    )
    return Figure(
        f"false warnings of {series:,} series, {asked:g} a day asked for",
        value,
        f"{0.8 * asked:g} to {1.2 * asked:g} a day",
        low <= 1.2 * asked and high >= 0.8 * asked,
    )


def measure(days: float, parts: int, asked: Iterable[float], seed: int = 1) -> Section:
    """The section."""
    figures = []
    for one in asked:
        found = quiet(seed, days, parts, one)
        figures.append(figure(found, parts * 10, one))
        print(
            f"{figures[-1].what}: {figures[-1].value} ({found.cpu_s / found.days / 60:.1f} min of CPU a day)",
            flush=True,
        )
    return Section("Budget", figures)


def main(arguments: Iterable[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=float, default=1.0)
    parser.add_argument("--parts", type=int, default=1_000, help="of each of ten metrics")
    parser.add_argument("--asked", type=float, nargs="+", default=ASKED)
    parser.add_argument("--seed", type=int, default=1)
    flags = parser.parse_args(None if arguments is None else list(arguments))
    measure(flags.days, flags.parts, flags.asked, flags.seed)


if __name__ == "__main__":
    main()
