"""The four kinds of incident that were missed (shared/detection.md), and a quiet twin of each.

`python -m benchmarks.evaluate.kinds --seeds 1 2 3 --only carrier`
"""

from __future__ import annotations

import argparse
import math
import statistics
import time
from typing import TYPE_CHECKING, Protocol

from benchmarks.evaluate import within_hours, within_weeks
from benchmarks.evaluate.section import Figure, Section
from benchmarks.table import goal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from benchmarks.evaluate.bound import AtBest
    from benchmarks.evaluate.missed import Outcome

SEEDS = tuple(range(1, 21))
FEW = SEEDS[:5]
NEEDED = 0.95  # of the seeds


class Kind(Protocol):
    """Runs a seed, or its quiet twin."""

    def run(self, seed: int, quiet: bool, within_min: float = math.inf) -> Outcome:
        """One seed, looked on for `within_min` at most."""
        ...

    def at_best(self, limit_min: float) -> AtBest:
        """What a test that knows all has said in time."""
        ...


KINDS: dict[str, tuple[Callable[[], Kind], float]] = {**within_hours.KINDS, **within_weeks.KINDS}


def figure(name: str, limit_min: float, best: AtBest, found: Sequence[Outcome], twins: Sequence[Outcome]) -> Figure:
    """What became of all seeds of a kind; `best`: what can be done in time."""
    delays = sorted(one.delay_min if one.delay_min is not None else math.inf for one in found)
    in_time = sum(delay <= limit_min for delay in delays)
    quiet = sum(one.before == 0 for one in twins)
    before, elsewhere = (sum(getattr(one, name) for one in found) for name in ("before", "elsewhere"))
    middle, slowest = duration(statistics.median_high(delays)), duration(delays[-1])
    value = f"{in_time} of {len(found)}, median {middle}, slowest {slowest}; {quiet} of {len(twins)} twins quiet"
    if before or elsewhere:
        value += f"; {before} false before, {elsewhere} elsewhere"
    shortest = duration(statistics.mean(one.shortest_min for one in found))
    at_best = f"at best {best.share:.0%}, 95 % at {best.nats:.1f} nats"
    goal = f"19 of 20 within {duration(limit_min)} (D* {shortest}), twins quiet; {at_best}"
    return Figure(name, value, goal, in_time >= NEEDED * len(found) and quiet == len(twins))


def duration(minutes: float) -> str:
    """Minutes, or days from two on.

    >>> duration(70), duration(4320), duration(math.inf)
    ('70 min', '3.0 d', 'never')
    """
    if minutes == math.inf:
        return "never"
    return f"{minutes:.0f} min" if minutes < 2_880 else f"{minutes / 1_440:.1f} d"


def measured(seeds: Sequence[int] = SEEDS, only: str = "", briefly: bool = False) -> Section:
    """A row for each kind whose name holds `only`; `briefly`: nobody looks on after the limit."""
    figures = []
    for name, (make, limit_min) in KINDS.items():
        if only not in name:
            continue
        begun = time.process_time()
        within_min = limit_min if briefly else math.inf
        found = [make().run(seed, quiet=False, within_min=within_min) for seed in seeds]
        twins = [make().run(seed, quiet=True, within_min=within_min) for seed in seeds]
        figures.append(figure(name, limit_min, make().at_best(limit_min), found, twins))
        print(f"{name}: {figures[-1].value} ({time.process_time() - begun:.0f} s of CPU)", flush=True)
    return Section(f"Kinds that were missed, seeds {seeds[0]} to {seeds[-1]}", figures)


def main(arguments: Iterable[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+")
    parser.add_argument("--quick", action="store_true", help="five seeds, none of them watched after the limit")
    parser.add_argument("--only", default="", help="part of a kind's name")
    flags = parser.parse_args(None if arguments is None else list(arguments))
    seeds = flags.seeds or (FEW if flags.quick else SEEDS)
    for one in measured(seeds, flags.only, flags.quick).figures:
        print(goal(f"{one.what}: {one.goal}: {one.value}", bool(one.met)))


if __name__ == "__main__":
    main()
