"""The power curve: how long until a change is found, against what no test can beat.

Series of every rate change by every size after seven days of learning, as parts of one metric each. A delay is counted
in units of D* (`benchmarks.evaluate.bound`), along the usual level of the hours that follow, in whole ticks. What is
further than two hours off is left out. `python -m benchmarks.evaluate.power --quick` takes a minute.
"""

from __future__ import annotations

import argparse
import math
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from benchmarks.evaluate.bound import shortest_delay_along
from benchmarks.evaluate.delays import Said, series_of
from benchmarks.evaluate.judged import MONDAY_MS, WARM_SLOTS, Judged
from benchmarks.evaluate.leaves import Leaves
from benchmarks.evaluate.power_kinds import KINDS
from benchmarks.evaluate.rhythm import QUARTERS_A_DAY, SLOTS_A_QUARTER
from benchmarks.evaluate.section import Figure, Section
from benchmarks.table import table
from streams.cells.record import SLOT_MS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from benchmarks.evaluate.power_kinds import Kind

    Array = NDArray[np.float64]

LEARN_DAYS = 7
MEDIAN, TAIL = 2.0, 4.0  # goals for delay / D*
LONGEST_MIN = 120.0  # D* of a change that is asked for
WATCHED = 5.0  # times D*
_LEAD_SLOTS = 360  # judged before anything changes
_CHUNK_SLOTS = 30


class Size(NamedTuple):
    """How much is run: a run for each seed, of `draws` series for each rate and size, after `learn_days`."""

    seeds: tuple[int, ...]
    draws: int
    longest_min: float = LONGEST_MIN
    learn_days: int = LEARN_DAYS


QUICK = Size(seeds=(1,), draws=8, longest_min=45.0)
FULL = Size(seeds=(1, 2), draws=16)


@dataclass
class Cell:
    """What became of the series of one rate and one size.

    Attributes:
        shortest_min: D*, on average.
        ratios: delay / D* of each; infinite for what was not found in `WATCHED` times D*.
        standing: how many were said to deviate in that direction already, and are left out.

    """

    shortest_min: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    standing: int = 0

    def quantile(self, share: float) -> float:
        """Of the ratios; the next larger one that occurred."""
        return float(np.quantile(self.ratios, share, method="higher")) if self.ratios else math.nan


@dataclass
class Power:
    """What all runs of one kind found.

    Attributes:
        cells: by (rate, size) as the kind words them.
        quiet_days: days of one series that were watched while nothing had changed.
        false: what was said in them.

    """

    cells: dict[tuple[str, str], Cell] = field(default_factory=dict)
    quiet_days: float = 0.0
    false: int = 0


class Run:
    """One seed of one kind: learns, waits for an hour, and lets every series change until it is found."""

    def __init__(self, kind: Kind, seed: int, size: Size) -> None:
        rng = np.random.default_rng((seed, 17))
        day = size.learn_days + seed % 7  # of the week that began on MONDAY_MS
        self._from = MONDAY_MS // SLOT_MS + day * 8_640 + 9 * 360 + int(rng.integers(3 * 360))
        self._first_quarter = self._from // SLOTS_A_QUARTER - size.learn_days * QUARTERS_A_DAY
        quarters = np.arange(self._first_quarter, self._from // SLOTS_A_QUARTER + QUARTERS_A_DAY)
        self._onset_slot = self._from + _LEAD_SLOTS
        since_monday = quarters - MONDAY_MS // SLOT_MS // SLOTS_A_QUARTER
        place = self._onset_slot // SLOTS_A_QUARTER - self._first_quarter
        self.shop = kind.shop(rng, since_monday, place, size.draws)
        parts = self.shop.parts
        self._onset = self._onset_slot + rng.integers(0, SLOTS_A_QUARTER, len(parts))
        self._shortest = np.array([self._bound(number) for number in range(len(parts))])
        self._changes = self._shortest <= size.longest_min
        ends = self._onset + np.ceil(np.where(self._changes, self._shortest, 0.0) * 6 * WATCHED).astype(np.int64)
        self._end = np.where(self._changes, ends, 0)
        self._said = Said()
        self._judged = Judged(self.shop.metrics, self._from)
        self._leaves = [Leaves(of, [part.scope for part in self.shop.of(of)]) for of in self.shop.metrics]

    def _bound(self, number: int) -> float:
        if not self.shop.parts[number].size:
            return math.inf
        slots = np.arange(self._onset[number], self._onset[number] + int(LONGEST_MIN * 6) + 1)
        return shortest_delay_along(self.shop.nats_a_minute(number, slots // SLOTS_A_QUARTER - self._first_quarter))

    def run(self, power: Power) -> None:
        """Adds what was found."""
        self._learn()
        active = self._changes.copy()
        slot, last = self._from - WARM_SLOTS, int(self._end.max())
        while slot < last:
            until = slot + _CHUNK_SLOTS
            self._feed(slot, until, active)
            for number in np.flatnonzero(active & (self._onset < until)).tolist():
                active[number] = until < self._end[number] and not self._found(number)
            slot = until
            if not active.any():
                break
        self._count(power, slot)

    def _learn(self) -> None:
        first = self._first_quarter
        quarters = np.arange(first, (self._from - WARM_SLOTS) // SLOTS_A_QUARTER)
        counts = self.shop.counts(quarters - first, 15.0)
        begin, end = first * SLOTS_A_QUARTER, int(quarters[-1] + 1) * SLOTS_A_QUARTER
        cells = [leaves.cells(begin, of, SLOTS_A_QUARTER) for leaves, of in zip(self._leaves, counts, strict=True)]
        self._said.hear(self._judged.feed(end, cells, [(begin, end - 1)]))
        self._slot = end

    def _feed(self, slot: int, until: int, active: NDArray[np.bool_]) -> None:
        begin, self._slot = self._slot, until
        slots = np.arange(begin, until)
        on = active[None, :] & (slots[:, None] >= self._onset[None, :])
        counts = self.shop.counts(slots // SLOTS_A_QUARTER - self._first_quarter, 1 / 6, on)
        cells = [leaves.cells(begin, of) for leaves, of in zip(self._leaves, counts, strict=True)]
        self._said.hear(self._judged.feed(until, cells, [(begin, until - 1)]))
        del slot

    def _found(self, number: int) -> bool:
        try:
            return self._delay(number) is not None
        except ValueError:
            return True

    def _delay(self, number: int) -> float | None:
        part = self.shop.parts[number]
        begin_ms = int(self._onset[number]) * SLOT_MS
        return self._said.delay_min(series_of(part.metric, part.scope), begin_ms, part.direction)

    def _count(self, power: Power, end_slot: int) -> None:
        for number, part in enumerate(self.shop.parts):
            quiet_until = int(self._onset[number]) if self._changes[number] else end_slot
            if part.judged:
                power.quiet_days += (quiet_until - self._from) / 8_640
                of = series_of(part.metric, part.scope)
                power.false += self._said.count(of, 0, quiet_until * SLOT_MS)
            if self._changes[number]:
                self._add(power.cells.setdefault((part.rate, part.size), Cell()), number)

    def _add(self, cell: Cell, number: int) -> None:
        cell.shortest_min.append(float(self._shortest[number]))
        try:
            delay = self._delay(number)
        except ValueError:
            cell.standing += 1
            return
        late = delay is None or delay > WATCHED * self._shortest[number]
        cell.ratios.append(math.inf if delay is None or late else delay / float(self._shortest[number]))


def measured(kind: str, size: Size) -> Power:
    """All seeds of one kind of series."""
    power = Power()
    for seed in size.seeds:
        begun = time.process_time()
        Run(KINDS[kind], seed, size).run(power)
        print(f"{kind}, seed {seed}: {time.process_time() - begun:.0f} s of CPU", flush=True)
    return power


def entry(cell: Cell | None) -> str:
    """Median and p90 of delay / D*, and D*; empty for what is not measured."""
    if cell is None:
        return ""
    text = " / ".join(_words(cell.quantile(share)) for share in (0.5, 0.9))
    return f"{text} ({np.mean(cell.shortest_min):.1f})"


def _words(ratio: float) -> str:
    return f">{WATCHED:.0f}" if math.isinf(ratio) else f"{ratio:.1f}"


def lines(power: Power, kind: Kind) -> list[str]:
    """The table of one kind: rates down, sizes across."""
    rows = [[rate, *(entry(power.cells.get((rate, size))) for size in kind.sizes)] for rate in kind.rates]
    return table([kind.head, *kind.sizes], rows)


def figures(name: str, power: Power) -> list[Figure]:
    """How many cells keep to the goals, and the false alarms."""
    cells = [cell for cell in power.cells.values() if cell.ratios]
    medians, tails = ([cell.quantile(share) for cell in cells] for share in (0.5, 0.9))
    quick, sure = sum(one <= MEDIAN for one in medians), sum(one <= TAIL for one in tails)
    ratios = [ratio for cell in cells for ratio in cell.ratios]
    middle, tail = (_words(float(np.quantile(ratios, share, method="higher"))) for share in (0.5, 0.9))
    never = sum(math.isinf(ratio) for ratio in ratios) / len(ratios)
    years = power.quiet_days / 365.25
    return [
        Figure(f"{name}: cells with median delay / D* <= 2.0", f"{quick} of {len(cells)}", "all", quick == len(cells)),
        Figure(f"{name}: cells with p90 <= 4.0", f"{sure} of {len(cells)}", "all", sure == len(cells)),
        Figure(f"{name}: median, p90 of all", f"{middle}, {tail}; {never:.0%} not within {WATCHED:.0f} D*"),
        Figure(f"{name}: false alarms a series-year", f"{power.false} in {years:.2f} series-years"),
    ]


def measure(name: str, size: Size = FULL) -> Section:
    """The section of one kind of series."""
    power = measured(name, size)
    seeds = ", ".join(map(str, size.seeds))
    details = [f"Median / p90 of delay / D* (D* in minutes), {name}, seeds {seeds}:", "", *lines(power, KINDS[name])]
    return Section(f"Power curve: {name}, D* up to {size.longest_min:.0f} min", figures(name, power), details)


def main(arguments: Iterable[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one seed, eight series a cell, what D* finds in 45 min")
    parser.add_argument("--only", choices=tuple(KINDS), action="append")
    parser.add_argument("--seeds", type=int, nargs="+")
    flags = parser.parse_args(None if arguments is None else list(arguments))
    size = QUICK if flags.quick else FULL
    if flags.seeds:
        size = Size(tuple(flags.seeds), size.draws, size.longest_min)
    for name in flags.only or KINDS:
        section = measure(name, size)
        print("\n".join([*section.details, "", *(f"- {one.what}: {one.value}" for one in section.figures)]))


if __name__ == "__main__":
    main()
