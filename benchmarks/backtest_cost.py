"""What a backtest of an events file costs, by layer, and what a series keeps: `make bench-backtest FILE=events.jsonl`.

CPU of one process on one core. A tick here is one of all cells partitions together; its cost is that of going on to it
and judging it, without reading events and adding up cells, and without the ticks of the history.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.table import goal, table
from streams.catalogue.load import load
from streams.evaluation.metric_evaluator import MetricEvaluator
from streams.incidents.desk import IncidentDesk
from streams.ingest.partition import IngestPartition
from streams.merge.metric_state import MetricState
from streams.merge.partition import MergePartition
from streams.offline.backtest import Backtest
from streams.offline.events_file import read
from streams.offline.scenario import for_scenario, partitions_of
from streams.settings.settings import Settings
from streams.topics.names import ACTIONS_TOPIC
from streams.topics.sources import sources_of

if TYPE_CHECKING:
    from collections.abc import Callable

GOAL_S = 90.0  # of CPU, a day of a shop with about a thousand series
_LAYERS: dict[str, tuple[type, str]] = {
    "deciding about records": (IngestPartition, "feed"),
    "cells of a portion": (IngestPartition, "take_flush"),
    "cells taken in": (MergePartition, "apply"),
    "windows": (MetricState, "step"),
    "learning": (MetricEvaluator, "close_quarter"),
    "judging": (MetricState, "judge"),
    "incidents": (IncidentDesk, "deliver"),
}


class Spent:
    """CPU seconds by layer and by signal, what is nested counted once.

    Attributes:
        layers: by name.
        judging: by signal.
        ticks: judged ones, by time.
        windows_of_ticks: of `windows` and of judging, from the first judged tick on.

    """

    def __init__(self) -> None:
        self.layers: dict[str, float] = defaultdict(float)
        self.judging: dict[str, float] = defaultdict(float)
        self.ticks: set[int] = set()
        self._inner = [0.0]

    def watch(self) -> None:
        """From now on every call of a layer is timed."""
        for layer, (owner, name) in _LAYERS.items():
            setattr(owner, name, self._timed(layer, getattr(owner, name)))

    def _timed(self, layer: str, plain: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(plain)
        def timed(this: Any, *args: Any) -> Any:
            begun = time.process_time()
            self._inner.append(0.0)
            result = plain(this, *args)
            took = time.process_time() - begun
            own = took - self._inner.pop()
            self._inner[-1] += took
            self.layers[layer] += own
            if layer == "judging":
                self.judging[this.metric.signal] += own
                self.ticks.add(args[0])
            return result

        return timed


def run(file: Path, lines: int | None) -> tuple[Backtest, float]:
    """The run, and its CPU seconds."""
    settings = Settings()
    catalogue = load(settings.catalogue, settings.scorecards)
    topics = [source.name for source in sources_of(settings, catalogue.vocabulary)]
    scenario, records = read(file, [*topics, ACTIONS_TOPIC])
    made = Backtest(catalogue, for_scenario(settings, scenario), partitions_of(scenario, topics, None, str(file)))
    begun = time.process_time()
    for number, line in enumerate(records, 1):
        made.add(line)
        if number == lines:
            break
    made.finish()
    return made, time.process_time() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--lines", type=int, help="only so many")
    asked = parser.parse_args()
    spent = Spent()
    spent.watch()
    made, total = run(asked.file, asked.lines)
    states = [state for merge in made._merges for state in merge._states.values()]  # noqa: SLF001 (what it kept)
    series: dict[str, int] = defaultdict(int)
    kept: dict[str, int] = defaultdict(int)
    for state in states:
        series[state.metric.signal] += len(state.table.scopes)
        kept[state.metric.signal] += len(state.evaluator.to_bytes()) if state.table.scopes else 0
    ticks = max(len(spent.ticks), 1)
    spent.layers["reading the file, and the rest"] = total - sum(spent.layers.values())
    lines = table(
        ("layer", "CPU s", "share"),
        [
            (layer, f"{seconds:.1f}", f"{seconds / total:.0%}")
            for layer, seconds in sorted(spent.layers.items(), key=lambda of: -of[1])
        ],
    )
    by_signal = table(
        ("signal", "series", "ms a tick", "bytes of state a series"),
        [
            (
                signal,
                f"{count:,}",
                f"{1000 * spent.judging[signal] / ticks:.2f}",
                f"{kept[signal] / max(count, 1):,.0f}",
            )
            for signal, count in sorted(series.items())
        ],
    )
    judged = sum(spent.judging.values())
    head = (
        f"{sum(made.outcomes().values()):,} records, {sum(series.values()):,} series, {len(spent.ticks):,} judged "
        f"ticks: {total:.1f} s of CPU, {1000 * judged / ticks:.1f} ms of judging a tick."
    )
    print(
        "\n".join([head, "", *lines, "", *by_signal, "", goal(f"under {GOAL_S:.0f} s: {total:.0f} s", total < GOAL_S)])
    )


if __name__ == "__main__":
    main()
