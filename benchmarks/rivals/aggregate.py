"""The one aggregate that every rival counts: events by type, region and minute."""

import argparse
import json
import os
import time
from collections import Counter

import msgspec

TOPICS = ("orders", "logistics", "consultations", "aftersales", "visits", "feedback")


class Data(msgspec.Struct):
    region: str = ""


class Event(msgspec.Struct):
    type: str
    time: str
    data: Data


decode = msgspec.json.Decoder(Event).decode


class Meter:
    """CPU seconds of this process (all threads) from the first event to the last."""

    def __init__(self, events: int) -> None:
        self.counts: Counter[tuple[str, str, str]] = Counter()
        self.wanted, self.seen = events, 0
        self._cpu = self._wall = 0.0

    def begin(self) -> None:
        if not self._wall:
            self._cpu, self._wall = time.process_time(), time.perf_counter()

    def count(self, value: bytes) -> None:
        event = decode(value)
        self.counts[event.type, event.data.region, event.time[:16]] += 1

    @property
    def done(self) -> bool:
        return self.seen >= self.wanted

    def report(self) -> None:
        report = {
            "events": self.seen,
            "cpu_s": time.process_time() - self._cpu,
            "wall_s": time.perf_counter() - self._wall,
            "cells": len(self.counts),
        }
        os.write(1, json.dumps(report).encode() + b"\n")  # past whatever a framework has put over sys.stdout



def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--broker", required=True)
    parser.add_argument("--events", type=int, required=True)
    parser.add_argument("--group", required=True)
    parser.add_argument("--partitions", type=int, default=4)
    return parser.parse_args()
