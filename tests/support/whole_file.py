r"""Whether an events file gives the same anomalies, however it is run (docs/semantics.md).

    python -m tests.support.whole_file events.jsonl
    python -m tests.support.whole_file events.jsonl --way "embedded, speed 0" --way "Kafka, 2 workers, speed 60"
    python -m tests.support.whole_file calls.jsonl \
        --evaluate-from 1999-02-03T11:30:00+02:00 --end 1999-02-03T15:00:00+02:00

compares `pharos backtest` with `pharos broker` or Apache Kafka, `pharos worker` and `pharos replay`, all as processes.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from streams.catalogue.load import load
from streams.events.event_time import event_time_ms
from streams.offline.backtest import Backtest
from streams.offline.events_file import EventsWriter, read
from streams.offline.scenario import for_scenario, given_by
from streams.records.instant import rfc3339
from streams.settings.settings import Settings
from tests.support.pharos_processes import Feed, Way, run_processes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.records.anomaly import Transition

WAYS = {
    "embedded, speed 0": Way(kafka=False, workers=1, speed=0),
    "embedded, speed 60": Way(kafka=False, workers=1, speed=60),
    "Kafka, speed 0": Way(kafka=True, workers=1, speed=0),
    "Kafka, 2 workers, speed 60": Way(kafka=True, workers=2, speed=60),
}
PARTITIONS = 4
# The last events of a file come to light by promises that are made after its end: ticks before are compared.
REST_MS = 60_000
_LIMIT_S = 3_600.0


class Decided(NamedTuple):
    """What must be the same of an anomaly."""

    fingerprint: str
    started_at: str
    detected_at: str
    ended_at: str | None
    severity: str


class Outcome(NamedTuple):
    """What must be the same of a file: its anomalies, (time, id, kind) of each transition, records by outcome."""

    anomalies: list[Decided]
    transitions: list[tuple[int, str, str]]
    records: dict[str, int]


class EventsFile:
    """A file, what its first line says, and the last tick that is compared."""

    def __init__(self, path: Path, partitions: int = PARTITIONS) -> None:
        self.path = path
        self._partitions = partitions
        self.scenario, lines = read(path)
        self.until_ms = max(line.at_ms for line in lines) - REST_MS

    def backtested(self) -> Outcome:
        run = Backtest(load(), for_scenario(Settings(), self.scenario), self._partitions)
        for line in read(self.path)[1]:
            run.add(line)
        run.finish()
        records = {outcome.value: count for outcome, count in run.outcomes().items() if count}
        return self._outcome(run.transitions, records)

    def by_workers(self, way: Way, folder: Path, limit_s: float = _LIMIT_S) -> tuple[Outcome, float]:
        """And how many seconds it took. The workers are told what no topic says."""
        run = run_processes(
            Feed(self.path, given_by(self.scenario), self._partitions, self.until_ms), way, folder, limit_s
        )
        return self._outcome(run.transitions, run.records), run.seconds

    def _outcome(self, transitions: Iterable[Transition], records: dict[str, int]) -> Outcome:
        kept = [transition for transition in transitions if transition.time <= self.until_ms]
        latest = {(t.anomaly.fingerprint, t.anomaly.detected_at): t.anomaly for t in kept}
        anomalies = [
            Decided(a.fingerprint, a.started_at, a.detected_at, a.ended_at, a.severity) for a in latest.values()
        ]
        return Outcome(anomalies, [(t.time, t.id, t.change.value) for t in kept], records)


def differences(one: Outcome, other: Outcome) -> list[str]:
    """In words; empty where both are the same."""
    found = [f"only the first has {anomaly}" for anomaly in one.anomalies if anomaly not in other.anomalies]
    found += [f"only the second has {anomaly}" for anomaly in other.anomalies if anomaly not in one.anomalies]
    different: set[Any] = set(one.transitions) ^ set(other.transitions)
    found += [f"only one has the transition {transition}" for transition in sorted(different)]
    if not found and one[:2] != other[:2]:
        found.append("the same anomalies and transitions, in another order")
    if one.records != other.records:
        found.append(f"records: {one.records} against {other.records}")
    return found


def cut(path: Path, out: Path, *, evaluate_from: str = "", begin: str = "", end: str = "") -> None:
    """The records of a file in [begin, end) of ingest time, judged from another moment on; "" leaves things alone."""
    scenario, lines = read(path)
    first, last = event_time_ms(begin) if begin else None, event_time_ms(end) if end else None
    with EventsWriter(out, scenario | ({"evaluate_from": evaluate_from} if evaluate_from else {})) as writer:
        for line in lines:
            if (first is None or line.at_ms >= first) and (last is None or line.at_ms < last):
                key = line.key.decode() if line.key else None
                writer.write(line.topic, line.event, rfc3339(line.at_ms), key)


def main() -> int:
    """1 where a way differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--way", action="append", choices=tuple(WAYS), help="default: all")
    for flag in ("--evaluate-from", "--begin", "--end"):
        parser.add_argument(flag, default="", metavar="RFC3339")
    flags = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pharos-whole-file-") as place:
        path = flags.file
        if flags.evaluate_from or flags.begin or flags.end:
            path = Path(place) / "cut.jsonl"
            cut(flags.file, path, evaluate_from=flags.evaluate_from, begin=flags.begin, end=flags.end)
        file = EventsFile(path)
        started = time.monotonic()
        expected = file.backtested()
        print(f"backtest: {_text(expected)}, {time.monotonic() - started:.0f} s", flush=True)
        failed = False
        for name in flags.way or WAYS:
            folder = Path(place) / name.replace(", ", "-").replace(" ", "-")
            folder.mkdir()
            found, seconds = file.by_workers(WAYS[name], folder)
            different = differences(expected, found)
            failed |= bool(different)
            print(f"{name}: {'DIFFERENT' if different else 'the same'}, {seconds:.0f} s", flush=True)
            print("".join(f"    {line}\n" for line in different[:20]), end="", flush=True)
    return int(failed)


def _text(outcome: Outcome) -> str:
    return f"{len(outcome.anomalies)} anomalies, {len(outcome.transitions)} transitions, records {outcome.records}"


if __name__ == "__main__":
    sys.exit(main())
