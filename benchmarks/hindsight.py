"""What can be seen of the calls' two incidents when the goals want them found, and how often as much is seen.

`python -m benchmarks.hindsight DIR` writes the table of docs/detection.md; DIR holds calls_*.csv.gz. No detector is
asked: the figures of one moment are compared with those of every ten seconds of the eleven days.
"""

from __future__ import annotations

import argparse
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.real_data import DOCUMENT
from benchmarks.table import publish, table
from streams.imports.calls import import_calls

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

MOMENTS = {
    "outage, 3 Feb 12:50": datetime.fromisoformat("1999-02-03T12:50+02:00"),
    "spike, 9 Feb 18:05": datetime.fromisoformat("1999-02-09T18:05+02:00"),
    "spike, 9 Feb 18:20": datetime.fromisoformat("1999-02-09T18:20+02:00"),
}
JUDGED_FROM = datetime.fromisoformat("1999-02-03T00:00+02:00")
DAYS = 11
STEP_S = 10.0
APART_S = 1_800.0  # moments closer together are one occasion
SPANS_S = (300.0, 600.0, 900.0)
MENU = "held in the menu now"
LEAST = 5  # contacts that must have ended for a share or a mean to say something


class Contacts:
    """When contacts ended, how long they had waited and whether they were given up; whom the menu held.

    Times are seconds from the judged start.
    """

    def __init__(self, folder: Path) -> None:
        events = import_calls(folder).events
        held = sorted(
            ((time - JUDGED_FROM).total_seconds(), event["data"]["waiting"])
            for time, _, event in events
            if event["type"] == "queue.snapshot"
        )
        self.told_at, self.held = np.array(held, dtype=np.float64).T
        ends = [
            ((time - JUDGED_FROM).total_seconds(), event["data"]["waited"], event["type"] == "consultation.abandoned")
            for time, _, event in events
            if event["type"] in {"consultation.answered", "consultation.abandoned"}
        ]
        self.ended, self.waited, self.given_up = np.array(sorted(ends), dtype=np.float64).T
        self.opened = np.sort(self.ended - self.waited)

    def figures(self, moments: Array) -> dict[str, list[Array]]:
        """By name, for each span, what had been seen at each moment."""
        found: dict[str, list[Array]] = {}
        for span_s in SPANS_S:
            ended = self._within(np.ones(self.ended.size), span_s, moments)
            hung_up = self._within(self.given_up, span_s, moments)
            waits = self._within(self.waited, span_s, moments)
            late = self._within((self.waited > 20) * 1.0, span_s, moments)
            shares = np.where(ended >= LEAST, 1 / np.maximum(ended, 1.0), 0.0)
            opened = np.searchsorted(self.opened, moments) - np.searchsorted(self.opened, moments - span_s)
            for name, values in (
                ("contacts opened", opened * 1.0),
                ("hung up", hung_up),
                ("share that hung up", hung_up * shares),
                ("share that waited for more than 20 s", late * shares),
                ("mean wait, s", waits * shares),
                ("sum of waits, s", waits),
            ):
                found.setdefault(name, []).append(values)
        waiting = np.searchsorted(self.opened, moments) - np.searchsorted(self.ended, moments)
        found["waiting now"] = [waiting * 1.0] * len(SPANS_S)
        newest = np.maximum(np.searchsorted(self.told_at, moments, side="right") - 1, 0)
        found[MENU] = [self.held[newest]] * len(SPANS_S)
        return found

    def _within(self, values: Array, span_s: float, moments: Array) -> Array:
        """Sums of the values of contacts that ended in the last `span_s` before each moment."""
        total = np.concatenate([[0.0], np.cumsum(values)])
        sums: Array = total[np.searchsorted(self.ended, moments)]
        return sums - total[np.searchsorted(self.ended, moments - span_s)]


def occasions(moments: Array) -> int:
    """Runs of moments that lie less than half an hour apart."""
    return 1 + int(np.count_nonzero(np.diff(moments) > APART_S)) if moments.size else 0


def report(folder: Path) -> list[str]:
    contacts = Contacts(folder)
    every = np.arange(0.0, timedelta(days=DAYS).total_seconds(), STEP_S)
    usual = contacts.figures(every)
    rows = []
    for moment, time in MOMENTS.items():
        seen = contacts.figures(np.array([(time - JUDGED_FROM).total_seconds()]))
        reached = {name: [u >= s for u, s in zip(usual[name], seen[name], strict=True)] for name in seen}
        for name, spans in reached.items():
            cells = [f"{value[0]:.3g}: {occasions(every[at])}" for value, at in zip(seen[name], spans, strict=True)]
            rows.append([moment, name, *cells])
        together = [
            np.logical_and.reduce([spans[place] for name, spans in reached.items() if name != MENU])
            for place in range(len(SPANS_S))
        ]
        rows.append([moment, "all of these but the menu", *(f"{occasions(every[at])}" for at in together)])
    return table(["At", "Seen", *(f"in {span / 60:.0f} min" for span in SPANS_S)], rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    publish("hindsight", report(parser.parse_args().folder), document=DOCUMENT)


if __name__ == "__main__":
    main()
