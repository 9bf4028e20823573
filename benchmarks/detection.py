"""Seeds of the simulated sale through `pharos backtest`: what is found, how soon, and what is false.

`make bench-detection SEEDS="3001 3002"` writes the table of docs/detection.md. A seed takes five to ten minutes of CPU.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.table import PROJECT, goal, publish, table
from streams.simulate.faults import KINDS

DOCUMENT = PROJECT / "docs" / "detection.md"
_LIMIT_S = 4 * 3_600.0


def judged(scenario: str, seed: int, folder: Path) -> dict[str, Any]:
    """The report of one seed, with the truth; one that the folder holds already is not made again."""
    names = ("events", "truth", "report", "unfinished")
    events, truth, report, unfinished = (folder / f"{name}-{scenario}-{seed}" for name in names)
    if not report.exists():
        _pharos("simulate", "--scenario", scenario, "--seed", str(seed), "--out", str(events), "--truth", str(truth))
        _pharos("backtest", str(events), "--truth", str(truth), "--report", str(unfinished))
        unfinished.rename(report)
        events.unlink()
    found: dict[str, Any] = json.loads(report.read_bytes())
    print(f"{scenario} {seed}: recall {found['recall']}, precision {found['precision']}", flush=True)
    return {**found, "truth": json.loads(truth.read_bytes())}


def _pharos(*arguments: str) -> None:
    code = "from streams.cli import main; raise SystemExit(main())"
    subprocess.run(
        [sys.executable, "-c", code, *arguments], check=True, cwd=PROJECT, timeout=_LIMIT_S, stderr=subprocess.DEVNULL
    )


def report(found: dict[int, dict[str, Any]]) -> list[str]:
    """The table, and how the goals fared."""
    rows = []
    for seed, one in found.items():
        delays = {incident["id"]: incident["time_to_detect_s"] for incident in one["incidents"]}
        disturbed = sorted({trap["id"] for trap in one["traps"] if not trap["quiet"]})
        cells = ["-" if delays[kind] is None else f"{delays[kind]:.0f}" for kind in KINDS]
        figures = [f"{one['time_to_detect_s']['median']:.0f}", f"{one['recall']:.2f}", f"{one['precision']:.2f}"]
        rows.append([str(seed), *cells, *figures, ", ".join(disturbed) or "all quiet"])
    incidents = [incident for one in found.values() for incident in one["incidents"]]
    hits = [incident for incident in incidents if incident["hit"]]
    recall = len(hits) / len(incidents)
    worst = min(one["precision"] for one in found.values())
    mean = statistics.mean(one["precision"] for one in found.values())
    median = statistics.median(incident["time_to_detect_s"] for incident in hits)
    named = sum(incident["cause_named"] for incident in incidents) / len(incidents)
    quiet = all(trap["quiet"] for one in found.values() for trap in one["traps"])
    return [
        *table(["Seed", *KINDS, "median", "recall", "precision", "traps"], rows),
        "",
        goal(f"recall at least 0.9: {recall:.2f} over {len(incidents)} incidents", recall >= 0.9),
        goal(f"precision at least 0.85: {mean:.2f} on average, {worst:.2f} at worst", mean >= 0.85),
        goal(f"median time to detect at most 120 s: {median:.0f} s", median <= 120),
        goal(f"right cause named in at least 80 %: {named:.0%}", named >= 0.8),
        goal("every trap quiet", quiet),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seeds", type=int, nargs="+")
    seeds = parser.parse_args().seeds
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        found = dict(zip(seeds, pool.map(lambda seed: judged("double11", seed, Path(folder)), seeds), strict=True))
    publish("sale", report(found), document=DOCUMENT)


if __name__ == "__main__":
    main()
