"""The sections of `make evaluate`, each with what it takes in a full and in a quick run."""

from __future__ import annotations

import subprocess
import time
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from benchmarks.evaluate import budget, kinds, plain_series, power, real, rivals, shops
from benchmarks.evaluate.section import Figure, Section
from benchmarks.table import PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Asked(NamedTuple):
    """How much is run.

    Attributes:
        quick: a look that takes a minute or so for each section.
        first_seed: each section takes its seeds from there on; those from 9001 on are for what is finished, once.
        data: the folder of the real data.

    """

    quick: bool
    first_seed: int
    data: Path

    def seeds(self, count: int) -> tuple[int, ...]:
        """So many seeds."""
        return tuple(range(self.first_seed, self.first_seed + count))


def of_power(kind: str, asked: Asked) -> Section:
    """One kind of series of the power curve."""
    size = power.QUICK if asked.quick else power.FULL
    return power.measure(kind, size._replace(seeds=asked.seeds(len(size.seeds))))


def of_kinds(asked: Asked) -> Section:
    """The kinds that were missed."""
    return kinds.measured(asked.seeds(5 if asked.quick else 20), briefly=asked.quick)


def of_budget(asked: Asked) -> Section:
    """Quiet days."""
    days, parts = (0.02, 50) if asked.quick else (budget.DAYS, 200)
    return budget.measure(days, parts, budget.ASKED, asked.first_seed)


def of_rivals(asked: Asked) -> Section:
    """Rivals on the series of the power curve."""
    seed = asked.first_seed
    return rivals.measure(seed, 2, 45.0, trees=1, kinds=2) if asked.quick else rivals.measure(seed)


def of_real(name: str, asked: Asked) -> Section:
    """A real data set; it takes minutes, so a quick run leaves it out."""
    title = f"Real data: {name}"
    if asked.quick:
        return Section(title, [Figure("left out", "a quick run has no time for it")])
    try:
        return real.measure(name, asked.data)
    except FileNotFoundError as error:
        return Section(title, [Figure("left out", str(error))])


def of_plain(asked: Asked) -> Section:
    """Series of unknown meaning."""
    if asked.quick or not (asked.data / "nab").is_dir():
        why = "a quick run has no time for it" if asked.quick else f"{asked.data} has no folder nab"
        return Section("Series of unknown meaning", [Figure("left out", why)])
    return plain_series.measured(asked.data)


def of_zoo(asked: Asked) -> Section:
    """Shops of every kind."""
    return shops.measure(asked.seeds(2 if asked.quick else 16), quick=asked.quick)


SECTIONS: dict[str, Callable[[Asked], Section]] = {
    "own day": partial(of_power, "own day"),
    "share": partial(of_power, "share"),
    "ratio": partial(of_power, "ratio"),
    "kinds": of_kinds,
    "budget": of_budget,
    "zoo": of_zoo,
    "rivals": of_rivals,
    "plain": of_plain,
    "calls": partial(of_real, "calls"),
    "olist": partial(of_real, "olist"),
}
LONGEST_FIRST = ("zoo", "olist", "kinds", "budget", "share", "own day", "ratio", "rivals", "plain", "calls")


def measured(name: str, asked: Asked) -> Section:
    """A section, with when and of what it was measured."""
    begun = time.process_time()
    section = SECTIONS[name](asked)
    cpu_min = (time.process_time() - begun) / 60
    when = f"{time.strftime('%Y-%m-%d')} at {_commit()}, seeds from {asked.first_seed} on, {cpu_min:.1f} min of CPU"
    return msgspec.structs.replace(section, measured=when)


def _commit() -> str:
    """The commit that last changed what is measured; `-dirty` where it was changed since."""
    of = ["--", "detectors", "streams"]
    last = ["git", "log", "-1", "--format=%h", *of]
    commit = subprocess.run(last, check=False, cwd=PROJECT, capture_output=True, text=True).stdout.strip()
    changed = subprocess.run(["git", "diff", "--quiet", "HEAD", *of], check=False, cwd=PROJECT).returncode
    return f"{commit or 'no commit'}{'-dirty' if changed else ''}"
