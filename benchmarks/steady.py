"""What an event costs a worker that keeps up with a steady load: `make bench-steady`.

One worker, told in real time. The fewer events a second, the fewer share a fetch, a flush and a cell: this is where
most shops are, and what a backlog as in `make bench` does not show.
"""

from __future__ import annotations

import argparse

from benchmarks.cluster import PARTITIONS
from benchmarks.load import placed_sale
from benchmarks.scale import Case, Measured, run
from benchmarks.table import publish, table


def report(runs: dict[int, Measured]) -> list[str]:
    rows = [
        (f"{rate:,}", f"{of.cost_us:.1f}", f"{rate * of.cost_us / 1e6:.2f}", f"{of.idle:.2f}")
        for rate, of in runs.items()
    ]
    return table(("events/s", "CPU us/event", "cores", "cores without any event"), rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rates", type=int, nargs="+", default=[1_000, 3_000, 10_000, 20_000])
    parser.add_argument("--seconds", type=int, default=40)
    options = parser.parse_args()
    for rate in options.rates:
        next(placed_sale(rate * options.seconds, rate))  # made before it is timed
    runs = {rate: run(Case(1, PARTITIONS), rate, options.seconds) for rate in options.rates}
    about = f"One worker, 6 topics of {PARTITIONS} partitions, {options.seconds} s of each load."
    publish("steady", [about, "", *report(runs)])


if __name__ == "__main__":
    main()
