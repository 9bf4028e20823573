"""CPU seconds per million events: Pharos against four frameworks and two bare loops, in turn, several rounds.

`make bench`. The rivals decode three fields and count one aggregate; Pharos validates every field, recognises
duplicates, counts all its metrics in all their scopes, writes them in transactions, and, as a whole worker, merges,
judges and publishes. One row has it count no more than the rivals do, and do all the rest. Every rival
reads its topics to the end; the slow ones have shorter topics.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import NamedTuple

from benchmarks.cluster import PARTITIONS, PROJECT, cluster, renew_own_topics
from benchmarks.load import placed_sale, send
from benchmarks.progress import Progress, is_merged
from benchmarks.table import goal, publish, table, versions_of
from benchmarks.worker_process import wait_for, worker

RIVALS_PYTHON = PROJECT / ".cache" / "bench" / "rivals" / "bin" / "python"
PACKAGES = ("quixstreams", "bytewax", "pathway", "confluent-kafka", "msgspec", "uvloop")
FEWER = "-fewer"  # suffix of the shorter topics
_LIMIT_S = 240.0
_ROUNDS_LIMIT_S = 480.0  # no round is begun that would not end by then


class Entrant(NamedTuple):
    """One row: a module to run (None: a whole worker), and which topics it reads."""

    title: str
    module: str | None
    catalogue: str = ""  # of a worker; empty: the one shipped
    suffix: str = ""
    factor: float | None = None  # how many times cheaper Pharos shall be


class Measured(NamedTuple):
    """One run."""

    events: int
    cpu_s: float
    wall_s: float


PLAIN = "Pharos, a whole worker that counts as the rivals do: events by topic and region"
WHOLE = "Pharos, a whole worker: all metrics, windows, verdicts, anomalies, page"
CONFLUENT = "limit: bare confluent-kafka consume() loop"
ENTRANTS = (
    Entrant(WHOLE, None),
    Entrant("Pharos, ingest alone: all metrics into pharos-cells, exactly once", "benchmarks.ours"),
    Entrant(PLAIN, None, catalogue=str(Path(__file__).with_name("plain_counts.yaml"))),
    Entrant(CONFLUENT, "benchmarks.rivals.bare_confluent"),
    Entrant("limit: bare aiokafka getmany loop, uvloop", "benchmarks.rivals.bare_aiokafka"),
    Entrant("stock Faust agent, uvloop", "benchmarks.rivals.stock_faust", suffix=FEWER, factor=30),
    Entrant("Quix Streams, in memory", "benchmarks.rivals.quix", suffix=FEWER, factor=4),
    Entrant("Bytewax, event by event", "benchmarks.rivals.bytewax_events", suffix=FEWER, factor=2),
    Entrant("Bytewax, batches folded by hand", "benchmarks.rivals.bytewax_batches", suffix=FEWER, factor=2),
    Entrant("Pathway groupby", "benchmarks.rivals.pathway_groupby", suffix=FEWER, factor=2),
)


def run_module(module: str, broker: str, events: int, suffix: str) -> Measured:
    python = RIVALS_PYTHON if module.startswith("benchmarks.rivals") else Path(sys.executable)
    group = f"bench-{uuid.uuid4().hex[:8]}"
    command = [str(python), "-m", module, "--broker", broker, "--events", str(events), "--group", group]
    command += [f"--suffix={suffix}", "--partitions", str(PARTITIONS)]
    done = subprocess.run(command, check=False, cwd=PROJECT, capture_output=True, text=True, timeout=_LIMIT_S)
    reports = [line for line in done.stdout.splitlines() if line.startswith('{"events"')]
    if not reports:
        raise SystemExit(f"{module} did not report:\n{done.stdout[-1000:]}{done.stderr[-3000:]}")
    report = json.loads(reports[-1])
    return Measured(report["events"], report["cpu_s"], report["wall_s"])


def run_worker(broker: str, events: int, catalogue: str) -> Measured:
    """From the line that says that it is up, to the last verdict handled."""
    app = f"bench-{uuid.uuid4().hex[:8]}"
    with worker(broker, app, {"catalogue": catalogue}) as running:
        cpu_s, begun = running.cpu_s(), time.perf_counter()
        progress = Progress(broker, app)
        wait_for(lambda: progress.counted() >= events, "counting everything", _LIMIT_S)
        wait_for(lambda: is_merged(running), "merging everything", _LIMIT_S)
        return Measured(events, running.cpu_s() - cpu_s, time.perf_counter() - begun)


def measure(broker: str, events: int, fewer: int, rounds: int) -> dict[Entrant, list[Measured]]:
    runs: dict[Entrant, list[Measured]] = {entrant: [] for entrant in ENTRANTS}
    begun = time.monotonic()
    for number in range(rounds):
        spent = time.monotonic() - begun
        if number and spent * (number + 1) / number > _ROUNDS_LIMIT_S:
            print(f"no time for round {number + 1}: {spent:.0f} s are spent", flush=True)
            break
        for entrant in ENTRANTS:
            count = fewer if entrant.suffix else events
            if entrant.module is None or entrant.module == "benchmarks.ours":
                renew_own_topics(broker)
            measured = (
                run_worker(broker, count, entrant.catalogue)
                if entrant.module is None
                else run_module(entrant.module, broker, count, entrant.suffix)
            )
            runs[entrant].append(measured)
            print(f"round {number + 1}: {entrant.title}: {1e6 * measured.cpu_s / measured.events:.2f}", flush=True)
    return runs


def report(runs: dict[Entrant, list[Measured]]) -> list[str]:
    costs = {entrant.title: [1e6 * run.cpu_s / run.events for run in of] for entrant, of in runs.items()}
    against = {whole: _ratios(costs, whole) for whole in (WHOLE, PLAIN)}
    rows = [
        (
            entrant.title,
            _spread(costs[entrant.title], 2),
            f"{1e6 / statistics.median(costs[entrant.title]):,.0f}",
            f"{statistics.median(run.events / run.wall_s for run in of):,.0f}",
            _spread(against[WHOLE][entrant.title], 2),
            _spread(against[PLAIN][entrant.title], 2),
        )
        for entrant, of in runs.items()
    ]
    head = (
        "consumer",
        "CPU us/event, median (range)",
        "events per CPU s",
        "events/s wall",
        "against all",
        "against alike",
    )
    lines = [*table(head, rows), ""]
    for whole, what in ((WHOLE, "All metrics"), (PLAIN, "Counting alike")):
        lines += _goals(against[whole], statistics.median(costs[whole]), what)
    return lines


def _ratios(costs: dict[str, list[float]], ours: str) -> dict[str, list[float]]:
    """How many times as much each costs, round by round."""
    return {title: [one / own for one, own in zip(of, costs[ours], strict=True)] for title, of in costs.items()}


def _goals(ratios: dict[str, list[float]], cost_us: float, what: str) -> list[str]:
    lines = []
    for entrant in ENTRANTS:
        if entrant.factor is not None:
            ratio = statistics.median(ratios[entrant.title])
            text = f"{what}: {entrant.factor:.0f} times cheaper than {entrant.title}: {ratio:.2f} times"
            lines.append(goal(text, ratio >= entrant.factor))
    speed = statistics.median(ratios[CONFLUENT])
    lines.append(goal(f"{what}: 60 % of the confluent-kafka loop's speed: {speed:.0%}", speed >= 0.6))
    lines.append(goal(f"{what}: 150,000 events/s and core: {1e6 / cost_us:,.0f}", cost_us <= 1e6 / 150_000))
    return lines


def _spread(values: list[float], digits: int) -> str:
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f}-{max(values):.{digits}f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=2_000_000)
    parser.add_argument("--fewer", type=int, default=400_000, help="events for the four frameworks")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with cluster(suffixes=("", FEWER)) as broker:
        send(placed_sale(options.events), broker, PARTITIONS)
        send(itertools.islice(placed_sale(options.events), options.fewer), broker, PARTITIONS, FEWER)
        runs = measure(broker, options.events, options.fewer, options.rounds)
    counts = (
        f"{options.events:,} events ({options.fewer:,} for the frameworks), {len(runs[ENTRANTS[0]])} rounds in turn"
    )
    publish("throughput", [f"{counts}.", "", *report(runs)], versions_of(RIVALS_PYTHON, PACKAGES))


if __name__ == "__main__":
    main()
