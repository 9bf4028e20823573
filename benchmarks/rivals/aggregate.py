"""The one aggregate that every rival counts: events by type, region and minute."""

import argparse
import json
import os
import time
from collections import Counter
from pathlib import Path

import msgspec

TOPICS = ("orders", "logistics", "consultations", "aftersales", "visits", "feedback")
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


class Data(msgspec.Struct):
    region: str = ""


class Event(msgspec.Struct):
    type: str
    time: str
    data: Data


decode = msgspec.json.Decoder(Event).decode


class Meter:
    """CPU seconds of this process (all threads, all descendants) until the last event; wall time from the first.

    Make it before anything subscribes: clients fetch far ahead of the first event that they hand out.
    """

    def __init__(self, events: int) -> None:
        self.counts: Counter[tuple[str, ...]] = Counter()
        self.wanted, self.seen = events, 0
        self._cpu, self._wall = cpu_seconds(os.getpid()), 0.0

    def begin(self) -> None:
        """At the first event; later calls do nothing."""
        self._wall = self._wall or time.perf_counter()

    def count(self, value: bytes) -> None:
        self.counts[key_of(value)] += 1

    @property
    def done(self) -> bool:
        return self.seen >= self.wanted

    def report(self) -> None:
        cpu_s, wall_s = cpu_seconds(os.getpid()) - self._cpu, time.perf_counter() - self._wall
        report = {"events": self.seen, "cpu_s": cpu_s, "wall_s": wall_s, "cells": len(self.counts)}
        os.write(1, json.dumps(report).encode() + b"\n")  # past whatever a framework has put over sys.stdout


def key_of(value: bytes) -> tuple[str, str, str]:
    """Raises msgspec.DecodeError for what is no event."""
    event = decode(value)
    return event.type, event.data.region, event.time[:16]


def cpu_seconds(pid: int) -> float:
    """User and system time of a process with its threads and descendants, those that have ended included."""
    own = time.process_time() if pid == os.getpid() else _ticks_of(str(pid)) / _TICKS_PER_S
    return own + sum(_ticks_of(child) for child in _descendants(pid)) / _TICKS_PER_S


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--broker", required=True)
    parser.add_argument("--events", type=int, required=True)
    parser.add_argument("--group", required=True)
    parser.add_argument("--partitions", type=int, default=4)
    parser.add_argument("--suffix", default="", help="of the names of the topics to read")
    options = parser.parse_args()
    options.topics = [topic + options.suffix for topic in TOPICS]
    return options


def _ticks_of(pid: str) -> int:
    """Clock ticks of a process and of the children it has waited for; 0 for one that is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(map(int, fields[11:15]))


def _descendants(pid: int) -> list[str]:
    found: list[str] = []
    for task in Path(f"/proc/{pid}/task").glob("*"):
        try:
            found += (task / "children").read_text(encoding="ascii").split()
        except OSError:  # the thread has ended
            continue
    return found + [grandchild for child in found for grandchild in _descendants(int(child))]
