"""Weeks of a small shop whose troubles show only where two events of a case meet, and the same weeks without trouble.

`make bench-weeks SEEDS="3001 3002"` writes the table of docs/detection.md. A week takes half an hour of a core: with
`--keep FOLDER` a run that was broken off goes on where it stopped.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from benchmarks.detection import DOCUMENT, judged
from benchmarks.table import goal, publish, table
from streams.offline.report import ALARMS, Assessment, rule
from streams.simulate.week.faults import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Entry = Mapping[str, Any]

_WRONG: Final = frozenset({Assessment.FALSE, Assessment.SURPLUS, Assessment.IN_TRAP})
_ENOUGH: Final = 0.9
_LIVE_DAYS: Final = 7


class Fate(NamedTuple):
    """What became of a trouble.

    Attributes:
        delay_h: from its start until one of its metrics says so at its place; None where none does.
        by_case: the same for the metric that sees two events of a case.
        cause_right: whether what is said at its place by those metrics is said to follow from nothing else than them.

    """

    delay_h: float | None
    by_case: float | None
    cause_right: bool


def fate(entry: Entry, anomalies: Sequence[Entry]) -> Fate:
    """What became of a trouble, by the anomalies of a week."""
    mine = [anomaly for anomaly in anomalies if _belongs(anomaly, entry)]
    own = {anomaly["fingerprint"] for anomaly in mine}
    cause = any(anomaly["caused_by"] is None or anomaly["caused_by"] in own for anomaly in mine)
    return Fate(
        _delay_h(entry, mine),
        _delay_h(entry, [anomaly for anomaly in mine if anomaly["metric"] == entry["metrics"][0]]),
        cause,
    )


def _belongs(anomaly: Entry, entry: Entry) -> bool:
    """One of the trouble's metrics, while it lasts or comes to light, in a scope that names a part of its place.

    That of the case may speak of a part by dimensions that the place has no name for.
    """
    place, scope = entry["scope"], anomaly["scope"]
    named = {**scope, **(anomaly["contributors"][0]["scope"] if anomaly["contributors"] else {})}
    shared = place.keys() & named.keys()
    agrees = all(place[name] == named[name] for name in shared)
    agrees &= bool(shared) or anomaly["metric"] == entry["metrics"][0]
    in_time = _time(entry["start"]) <= _time(anomaly["detected_at"]) <= _time(entry["end"])
    return anomaly["metric"] in entry["metrics"] and agrees and in_time


def _delay_h(entry: Entry, anomalies: Sequence[Entry]) -> float | None:
    times = [_time(anomaly["detected_at"]) for anomaly in anomalies]
    return min(((time - _time(entry["start"])).total_seconds() / 3_600 for time in times), default=None)


def false_alarms(found: Mapping[str, Any]) -> list[Entry]:
    """What pages and belongs to no trouble, symptoms left out."""
    rulings = rule(found["anomalies"], found["truth"])
    return [
        anomaly
        for anomaly, ruling in zip(found["anomalies"], rulings, strict=True)
        if ruling.finding in _WRONG and not any(_belongs(anomaly, entry) for entry in found["truth"])
    ]


def report(weeks: Mapping[int, Mapping[str, Any]], quiet: Mapping[int, Mapping[str, Any]]) -> list[str]:
    """The table, and how the goals fared."""
    fates = {
        seed: {entry["id"]: fate(entry, one["anomalies"]) for entry in one["truth"]} for seed, one in weeks.items()
    }
    rows = []
    for kind in KINDS:
        of_kind = [by_kind[kind] for by_kind in fates.values()]
        delays = [one.delay_h for one in of_kind if one.delay_h is not None]
        by_case = sum(one.by_case is not None for one in of_kind)
        right = sum(one.cause_right for one in of_kind)
        median = f"{statistics.median(delays):.1f}" if delays else "never"
        rows.append(
            [kind, KINDS[kind].metrics[0], f"{len(delays)} of {len(of_kind)}", median, str(by_case), str(right)]
        )
    false = [len(false_alarms(one)) for one in weeks.values()]
    said = [sum(anomaly["severity"] in ALARMS for anomaly in one["anomalies"]) for one in quiet.values()]
    least = min(sum(by_kind[kind].delay_h is not None for by_kind in fates.values()) for kind in KINDS)
    rightly = min(sum(by_kind[kind].cause_right for by_kind in fates.values()) for kind in KINDS)
    enough = _ENOUGH * len(weeks)
    head = ["Trouble", "metric of the case", "found", "median, h", "by that metric", "right cause"]
    return [
        *table(head, rows),
        "",
        (
            f"False warnings a day beside the troubles: {sum(false) / len(false) / _LIVE_DAYS:.2f} on average, "
            f"{max(false) / _LIVE_DAYS:.2f} at worst."
        ),
        "",
        goal(f"each found in 9 of 10 seeds: at worst {least} of {len(weeks)}", least >= enough),
        goal(f"the right cause in 9 of 10 seeds: at worst {rightly} of {len(weeks)}", rightly >= enough),
        goal(
            f"quiet weeks: at most one false warning a day: {sum(said) / len(said) / _LIVE_DAYS:.2f} on average, "
            f"{max(said) / _LIVE_DAYS:.2f} at worst",
            max(said) <= _LIVE_DAYS,
        ),
    ]


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("seeds", type=int, nargs="+")
    parser.add_argument("--keep", type=Path, help="a folder for the report of each week, of one version of Pharos")
    parser.add_argument("--at-once", type=int, default=os.cpu_count(), help="weeks judged at the same time")
    arguments = parser.parse_args()
    seeds, at_once = arguments.seeds, arguments.at_once
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(at_once) as pool:
        folder = arguments.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        weeks = pool.map(lambda seed: judged("week", seed, folder), seeds)
        quiet = pool.map(lambda seed: judged("quiet_week", seed, folder), seeds)
        lines = report(dict(zip(seeds, weeks, strict=True)), dict(zip(seeds, quiet, strict=True)))
    publish("weeks", lines, document=DOCUMENT)


if __name__ == "__main__":
    main()
