"""`make evaluate`: how soon changes are found, against what no test can beat, and how much is said wrongly.

Writes now.json and the table of docs/detection.md. With `--only` some sections are measured anew, and the others stand
as they were measured last. `--quick` takes minutes, prints and writes nothing. `--before` keeps what is measured as
the figures of before, which the table sets beside the present ones.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from benchmarks.evaluate import document
from benchmarks.evaluate.parts import LONGEST_FIRST, SECTIONS, Asked, measured
from benchmarks.table import PROJECT, publish

CORES = 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--before", action="store_true", help="keep the figures as those of before")
    parser.add_argument("--only", choices=tuple(SECTIONS), action="append")
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--data", type=Path, default=PROJECT.parent / "shared" / "data")
    parser.add_argument("--cores", type=int, default=CORES)
    flags = parser.parse_args()
    asked = Asked(flags.quick, flags.first_seed, flags.data)
    names = [name for name in LONGEST_FIRST if flags.only is None or name in flags.only]
    found = {}
    with ProcessPoolExecutor(flags.cores) as pool:
        waiting = {pool.submit(measured, name, asked): name for name in names}
        for future in as_completed(waiting):
            name = waiting[future]
            found[name] = future.result()
            if flags.before or not flags.quick:
                document.keep(document.BEFORE if flags.before else document.NOW, {name: found[name]})
    before = document.read(document.BEFORE)
    if flags.quick or flags.before:
        print("\n".join(document.lines(SECTIONS, found, before)))
    else:
        text = document.lines(SECTIONS, document.read(document.NOW), before)
        publish("evaluate", text, document=document.DOCUMENT)


if __name__ == "__main__":
    main()
