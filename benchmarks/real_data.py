"""Orders of a marketplace and calls of a bank through the backtest, each with a catalogue of its own.

`make bench-real DATA=DIR` writes the tables of docs/detection.md; DIR holds the folders `olist` and `calls`. The year
of orders takes some twenty minutes of one core: every judged day has 8,640 ticks, however little happens in it.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.table import PROJECT, goal, publish, table
from streams.catalogue.load import Catalogue, load
from streams.imports.calls import import_calls
from streams.imports.olist import import_olist
from streams.offline.backtest import backtest
from streams.offline.events_file import read
from streams.offline.report import ALARMS
from streams.settings.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from streams.imports.imported import Imported

DOCUMENT = PROJECT / "docs" / "detection.md"
EXAMPLES = PROJECT / "docs" / "examples"


@dataclass(frozen=True)
class Event:
    """Something that really happened: what is found between `begins` and `ends` at its touchpoint belongs to it."""

    name: str
    touchpoint: str
    begins: str
    ends: str

    def holds(self, anomaly: Mapping[str, Any]) -> bool:
        found = datetime.fromisoformat(anomaly["detected_at"])
        inside = datetime.fromisoformat(self.begins) <= found < datetime.fromisoformat(self.ends)
        return inside and anomaly["touchpoint"] == self.touchpoint


BLACK_FRIDAY = Event("Black Friday", "order", "2017-11-24T00:00-02:00", "2017-11-29T00:00-02:00")
LATE = Event("late deliveries", "logistics", "2017-11-24T00:00-02:00", "2018-01-01T00:00-02:00")
OUTAGE = Event("outage", "consultation", "1999-02-03T12:45+02:00", "1999-02-03T13:50+02:00")
SPIKE = Event("spike", "consultation", "1999-02-09T17:55+02:00", "1999-02-09T18:35+02:00")
EVENTS = (BLACK_FRIDAY, LATE, OUTAGE, SPIKE)


# A marketplace with a hundred orders a day and five metrics: three false warnings a month, not one a day.
QUIET = Settings(false_warnings_a_day=0.1)


def anomalies(
    imported: Imported, catalogue: Catalogue, evaluate_from: str, settings: Settings | None = None
) -> list[dict[str, Any]]:
    """What the backtest finds from a moment on."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "events.jsonl"
        imported.write(file)
        scenario, lines = read(file)
        scenario["evaluate_from"] = evaluate_from
        report = backtest(lines, scenario, settings or Settings(), catalogue, partitions=2)
    found: list[dict[str, Any]] = report["anomalies"]
    return found


def event_of(anomaly: Mapping[str, Any]) -> Event | None:
    return next((event for event in EVENTS if event.holds(anomaly)), None)


def false_incidents(found: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """When each false incident was first seen: a set of linked alarms of which none belongs to a real event."""
    alarms = [anomaly for anomaly in found if anomaly["severity"] in ALARMS]
    real = {anomaly["incident"] for anomaly in alarms if event_of(anomaly)}
    first: dict[str, str] = {}
    for anomaly in sorted(alarms, key=lambda alarm: datetime.fromisoformat(alarm["detected_at"])):
        if anomaly["incident"] not in real:
            first.setdefault(anomaly["incident"], anomaly["detected_at"])
    return first


def rows(found: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """A line for each anomaly, good news among them."""
    false = false_incidents(found)
    lines = []
    for anomaly in found:
        event = event_of(anomaly)
        part = " ".join(anomaly["scope"].values()) or "the whole"
        belongs = event.name if event else "**false**" if anomaly["incident"] in false else ""
        values = f"{anomaly['value']:.3g} for {anomaly['expected']:.3g}"
        what = f"{anomaly['metric']}, {part}"
        lines.append([anomaly["detected_at"][:19].replace("T", " "), what, anomaly["severity"], values, belongs])
    return lines


def first(found: Iterable[Mapping[str, Any]], event: Event) -> str:
    """When an event is first told of, "" where it is not."""
    times = [one["detected_at"] for one in found if event.holds(one)]
    return min(times, key=datetime.fromisoformat, default="")


def before(time: str, limit: str) -> bool:
    return bool(time) and datetime.fromisoformat(time) < datetime.fromisoformat(limit)


def orders(folder: Path) -> list[str]:
    shop, catalogue = import_olist(folder), load(EXAMPLES / "marketplace.yaml")
    found = anomalies(shop, catalogue, "2017-03-01T00:00:00-03:00", QUIET)
    # In the whole catalogue broken promises stand behind the parcels that take longer, and are not told by themselves.
    alone = Catalogue.of((catalogue.by_name["on_time_delivery"],))
    promised = first(anomalies(shop, alone, "2017-10-01T00:00:00-03:00", QUIET), LATE)
    months = Counter(time[:7] for time in false_incidents(found).values())
    worst = max(months.values(), default=0)
    seen, late = first(found, BLACK_FRIDAY), first(found, LATE)
    return [
        *_table(found),
        "",
        goal(f"Black Friday on its day: {seen}", before(seen, "2017-11-25T00:00-02:00")),
        goal(f"late deliveries before the end of 14 December: {late}", before(late, "2017-12-15T00:00-02:00")),
        goal(
            f"broken promises alone, before the end of 17 December: {promised}",
            before(promised, "2017-12-18T00:00-02:00"),
        ),
        goal(f"at most 3 false incidents a month: {sum(months.values())} in ten months, {worst} at worst", worst <= 3),
    ]


def calls(folder: Path) -> list[str]:
    found = anomalies(import_calls(folder), load(EXAMPLES / "call-centre.yaml"), "1999-02-03T00:00:00+02:00")
    false = false_incidents(found)
    outage, spike = first(found, OUTAGE), first(found, SPIKE)
    return [
        *_table(found),
        "",
        goal(f"the outage within 5 minutes, by 12:50: {outage}", before(outage, "1999-02-03T12:50:01+02:00")),
        goal(f"the spike within 10 minutes, by 18:05: {spike}", before(spike, "1999-02-09T18:05:01+02:00")),
        goal(f"at most 2 false incidents a week: {len(false)} in eleven days", len(false) <= 2),
    ]


def _table(found: Sequence[Mapping[str, Any]]) -> list[str]:
    return table(["Found", "What", "Severity", "Value for expected", "Belongs to"], rows(found))


RUNS: dict[str, Callable[[Path], list[str]]] = {"calls": calls, "olist": orders}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="with the folders olist and calls")
    parser.add_argument("--only", choices=tuple(RUNS))
    flags = parser.parse_args()
    for name, run in RUNS.items():
        if flags.only in (None, name):
            publish(name, run(flags.data / name), document=DOCUMENT)


if __name__ == "__main__":
    main()
