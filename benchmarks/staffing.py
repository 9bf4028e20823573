"""Evenings on which queues lack agents: how soon and how rightly that is said, what forecasts are worth, what it costs.

`make bench-staffing SEEDS="1 2 3"` writes the table of docs/staffing.md. A seed takes a minute of CPU.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec
import numpy as np

from benchmarks.staffing_cost import cost_ms
from benchmarks.table import PROJECT, goal, publish, table
from streams.catalogue.load import load
from streams.simulate.evening import LIVE_FROM_MS, LIVE_TO_MS, evening, offered

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DOCUMENT: Final = PROJECT / "docs" / "staffing.md"
_METRICS: Final = ("staffing_gap", "occupancy", "pick_up", "service_level", "asa", "abandonment", "inquiries")
_WITHIN_S, _WITHIN, _QUEUES, _COST_MS = 120.0, 0.2, 500, 5.0
_LIMIT_S: Final = 3_600.0
_MINUTE_MS: Final = 60_000
_LINE: Final = re.compile(r'^(pharos_\w+)\{metric="staffing_gap",scope="queue",queue="(\w+)"\} (\S+) (\d+)$')
_AHEAD_MINUTES: Final = 15

Series = dict[tuple[str, str], dict[int, float]]  # by family and queue: numbers by minute, ms


class Named(NamedTuple):
    """What became of a shortage: after how many seconds it was said, and the agents needed: said and true."""

    delay_s: float | None
    needed: float
    true: int
    staffed: int


class Evening(NamedTuple):
    """One seed: its shortages, false alarms, and mean absolute errors of a quarter of an hour ahead, a minute."""

    shortages: list[Named]
    false: int
    forecast: float
    as_now: float
    estimate: float


def judged(seed: int, folder: Path) -> Evening:
    """Plays an evening through `pharos backtest`; one that the folder holds already is not played again."""
    names = ("events", "truth", "report", "metrics", "catalogue.yaml", "opened")
    events, truth, report, metrics, catalogue, opened = (folder / f"{seed}-{name}" for name in names)
    if not report.exists():
        _play(seed, events, truth, report, metrics, catalogue, opened)
    series = _read(metrics)
    found, entries = json.loads(report.read_bytes()), json.loads(truth.read_bytes())
    named = [_named(entry, found["anomalies"], series) for entry in entries]
    print(f"evening {seed}: {named}", flush=True)
    return Evening(named, _false(found["anomalies"], entries), *_errors(seed, series, json.loads(opened.read_bytes())))


def _play(seed: int, events: Path, truth: Path, report: Path, metrics: Path, catalogue: Path, opened: Path) -> None:
    evening(seed).write(events, truth)
    catalogue.write_bytes(_catalogue())
    unfinished = report.with_suffix(".unfinished")
    files = ["--catalogue", catalogue, "--truth", truth, "--report", unfinished, "--openmetrics", metrics]
    code = "from streams.cli import main; raise SystemExit(main())"
    subprocess.run(
        [sys.executable, "-c", code, "backtest", str(events), *map(str, files)],
        check=True,
        cwd=PROJECT,
        timeout=_LIMIT_S,
        stderr=subprocess.DEVNULL,
    )
    opened.write_text(json.dumps(_opened(events)))
    unfinished.rename(report)
    events.unlink()


def _opened(events: Path) -> dict[str, list[int]]:
    """By queue, when contacts came, ms, ascending."""
    found: dict[str, list[int]] = {}
    with events.open(encoding="utf-8") as lines:
        for line in lines:
            if '"consultation.opened"' in line:
                event = json.loads(line)["event"]
                found.setdefault(event["data"]["queue"], []).append(_ms(event["time"]))
    return {queue: sorted(times) for queue, times in found.items()}


def _catalogue() -> bytes:
    """The shipped metrics of the desk, without those that other topics tell. JSON is YAML."""
    metrics = [metric for metric in load().metrics if metric.name in _METRICS]
    kept = [
        msgspec.structs.replace(
            metric,
            symptom_of=tuple(cause for cause in metric.symptom_of if cause in _METRICS),
            symptom_where={},
            symptom_after_s={},
            declared={},
        )
        for metric in metrics
    ]
    return msgspec.json.encode({"metrics": kept})


def _read(metrics: Path) -> Series:
    series: Series = {}
    with metrics.open(encoding="utf-8") as lines:
        for line in lines:
            if found := _LINE.match(line):
                family, queue, number, second = found.groups()
                series.setdefault((family, queue), {})[int(second) * 1000] = float(number)
    return series


def _named(entry: Mapping[str, Any], anomalies: Sequence[Mapping[str, Any]], series: Series) -> Named:
    start, end = _ms(entry["start"]), _ms(entry["end"])
    mine = [
        _ms(anomaly["detected_at"])
        for anomaly in anomalies
        if anomaly["metric"] == "staffing_gap" and anomaly["scope"] == entry["scope"]
    ]
    said = min((at for at in mine if start <= at <= end), default=None)
    if said is None:
        return Named(None, float("nan"), entry["needed"], entry["staffed"])
    minute = -(-said // _MINUTE_MS) * _MINUTE_MS
    needed = series["pharos_agents_needed", entry["scope"]["queue"]][minute]
    return Named((said - start) / 1000, needed, entry["needed"], entry["staffed"])


def _false(anomalies: Sequence[Mapping[str, Any]], entries: Sequence[Mapping[str, Any]]) -> int:
    """Missing agents where none were missing."""
    spans = [(entry["scope"], _ms(entry["start"]), _ms(entry["end"])) for entry in entries]
    return sum(
        anomaly["metric"] == "staffing_gap"
        and not any(
            anomaly["scope"] == scope and start <= _ms(anomaly["detected_at"]) <= end for scope, start, end in spans
        )
        for anomaly in anomalies
    )


def _errors(seed: int, series: Series, opened: Mapping[str, Sequence[int]]) -> tuple[float, float, float]:
    """Contacts a minute by which a quarter of an hour ahead is missed.

    By the forecast, by as many contacts as came in the last quarter of an hour, and by the present estimate.
    """
    minutes, rates = offered(seed)
    errors: list[tuple[float, float, float]] = []
    for queue, rate in rates.items():
        ahead, now = (series[f"pharos_contacts_offered_{name}per_minute", queue] for name in ("in_15_min_", ""))
        for at in range(LIVE_FROM_MS + _MINUTE_MS, LIVE_TO_MS - _AHEAD_MINUTES * _MINUTE_MS, _MINUTE_MS):
            true = float(rate[(at - int(minutes[0])) // _MINUTE_MS + _AHEAD_MINUTES])
            if at in ahead and at in now:
                came = np.diff(np.searchsorted(opened[queue], (at - _AHEAD_MINUTES * _MINUTE_MS, at)))[0]
                errors.append((abs(ahead[at] - true), abs(came / _AHEAD_MINUTES - true), abs(now[at] - true)))
    forecast, as_now, estimate = np.mean(errors, axis=0).tolist()
    return forecast, as_now, estimate


def _ms(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def report(evenings: Mapping[int, Evening], cost: tuple[float, float]) -> list[str]:
    """The table, and how the goals fared."""
    rows, named = [], [one for seed in evenings.values() for one in seed.shortages]
    for seed, one in evenings.items():
        for shortage in one.shortages:
            said = "never" if shortage.delay_s is None else f"{shortage.delay_s:.0f}"
            gap, true = shortage.needed - shortage.staffed, shortage.true - shortage.staffed
            cells = [f"{shortage.needed:.0f}", str(shortage.true), f"{gap:.0f}", str(true)]
            rows.append([str(seed), said, *cells, f"{one.forecast:.2f}", f"{one.as_now:.2f}", str(one.false)])
    delays = [one.delay_s for one in named if one.delay_s is not None]
    soon = sum(delay <= _WITHIN_S for delay in delays)
    of_needed = [abs(one.needed / one.true - 1) for one in named if one.delay_s is not None]
    of_gap = [
        abs((one.needed - one.staffed) / (one.true - one.staffed) - 1) for one in named if one.delay_s is not None
    ]
    forecast, as_now, estimate = (
        statistics.mean(getattr(one, key) for one in evenings.values()) for key in ("forecast", "as_now", "estimate")
    )
    usual, worst = cost
    head = ["Seed", "said after, s", "needed: said", "true", "gap: said", "true"]
    head += ["error 15 min ahead, contacts/min", "as now", "false"]
    right = sum(error <= _WITHIN for error in of_needed)
    gap_right = sum(error <= _WITHIN for error in of_gap)
    return [
        *table(head, rows),
        "",
        goal(f"said within 2 min: {soon} of {len(named)}, at worst {max(delays):.0f} s", soon == len(named)),
        goal(
            f"agents needed within 20 % of the truth: {right} of {len(named)}, median error {_median(of_needed)}",
            right == len(named),
        ),
        goal(
            f"the gap itself within 20 %: {gap_right} of {len(named)}, median error {_median(of_gap)}",
            gap_right == len(named),
        ),
        goal(
            f"15 min ahead the forecast misses by {forecast:.2f} contacts a minute, what came in the last 15 min by "
            f"{as_now:.2f} (the present estimate, which knows the usual day, by {estimate:.2f})",
            forecast < as_now,
        ),
        goal(
            f"{_QUEUES} queues cost {usual:.1f} ms of CPU a tick on average, {worst:.1f} ms where all is judged anew",
            usual < _COST_MS,
        ),
    ]


def _median(errors: Sequence[float]) -> str:
    return f"{statistics.median(errors):.0%}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("seeds", type=int, nargs="+")
    parser.add_argument("--keep", type=Path, help="a folder for what each evening gave, of one version of Pharos")
    parser.add_argument("--at-once", type=int, default=os.cpu_count(), help="evenings judged at the same time")
    parser.add_argument("--cost-only", action="store_true", help="print what queues cost, and play no evening")
    arguments = parser.parse_args()
    cost = cost_ms(_QUEUES)
    print(f"{_QUEUES} queues: {cost[0]:.2f} ms of CPU a tick, {cost[1]:.2f} ms where all is judged anew", flush=True)
    if arguments.cost_only:
        return
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(arguments.at_once) as pool:
        folder = arguments.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        found = pool.map(lambda seed: judged(seed, folder), arguments.seeds)
        evenings = dict(zip(arguments.seeds, found, strict=True))
    print(f"{len(evenings)} evenings in {time.perf_counter() - started:.0f} s", flush=True)
    publish("staffing", report(evenings, cost), document=DOCUMENT)


if __name__ == "__main__":
    main()
