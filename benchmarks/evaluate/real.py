"""Real data: the calls of a bank and the orders of a marketplace, with the goals of `benchmarks.real_data`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.evaluate.section import Figure, Section
from benchmarks.real_data import RUNS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_MET, _NOT_MET = ": met.", ": **not met**."


def figures_of(lines: Iterable[str]) -> list[Figure]:
    """The goals among the lines of a table of `benchmarks.real_data`.

    >>> figures_of(["| a table |", "- at most 2 false incidents: 1 in eleven days: met."])
    [Figure(what='at most 2 false incidents', value='1 in eleven days', goal='', met=True)]
    """
    found = []
    for line in lines:
        ending = next((ending for ending in (_MET, _NOT_MET) if line.startswith("- ") and line.endswith(ending)), None)
        if ending is not None:
            what, _, value = line.removeprefix("- ").removesuffix(ending).partition(": ")
            found.append(Figure(what, value or "never", met=ending == _MET))
    return found


def measure(name: str, data: Path) -> Section:
    """The section of one data set, from its folder. Raises FileNotFoundError where there is none."""
    folder = data / name
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder} is not there: name the folder that holds it with --data")
    return Section(f"Real data: {name}", figures_of(RUNS[name](folder)))
