"""`make evaluate`: how near to the limit what is found is found, everywhere, and how much is said wrongly.

Writes the table of docs/detection.md. `--quick` takes a minute or two and writes nothing; `--before` makes the figures
those of before, to be compared with.
"""

from __future__ import annotations

import argparse
import subprocess
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.evaluate import document, kinds, power
from benchmarks.evaluate.section import Evaluation, Section
from benchmarks.table import PROJECT, publish

if TYPE_CHECKING:
    from collections.abc import Callable

CORES = 2
FEW = (1, 2, 3, 4, 5)


def of_power(kind: str, quick: bool) -> Section:
    """One kind of series of the power curve."""
    return power.measure(power.QUICK if quick else power.FULL, [kind])


def of_kinds(quick: bool) -> Section:
    """The kinds that were missed."""
    return kinds.measured(FEW if quick else kinds.SEEDS)


SECTIONS: dict[str, Callable[[bool], Section]] = {
    "own day": partial(of_power, "own day"),
    "share": partial(of_power, "share"),
    "ratio": partial(of_power, "ratio"),
    "kinds": of_kinds,
}


def measured(names: list[str], quick: bool, cores: int) -> dict[str, Section]:
    """Sections by name."""
    with ProcessPoolExecutor(cores) as pool:
        waiting = {name: pool.submit(SECTIONS[name], quick) for name in names}
        return {name: future.result() for name, future in waiting.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--before", action="store_true", help="keep the figures as those of before")
    parser.add_argument("--only", choices=tuple(SECTIONS), action="append")
    parser.add_argument("--cores", type=int, default=CORES)
    flags = parser.parse_args()
    begun = time.monotonic()
    sections = measured(flags.only or list(SECTIONS), flags.quick, flags.cores)
    if flags.before:
        known = document.before().sections if document.BEFORE.exists() else {}
        document.keep(Evaluation(f"{time.strftime('%Y-%m-%d')} at {_commit()}", {**known, **sections}))
        return
    text = [*document.lines(sections, document.before()), "", f"In {(time.monotonic() - begun) / 60:.0f} minutes."]
    if flags.quick or flags.only:
        print("\n".join(text))
    else:
        publish("evaluate", text, document=document.DOCUMENT)


def _commit() -> str:
    ask = ["git", "merge-base", "HEAD", "main"]
    return subprocess.run(ask, check=True, cwd=PROJECT, capture_output=True, text=True).stdout.strip()[:7]


if __name__ == "__main__":
    main()
