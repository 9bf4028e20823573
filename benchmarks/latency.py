"""From event time to the anomaly on its topic and at a receiver, at 20,000 events a second: `make bench-latency`.

Counted from the end of the window that holds the evidence (the tick that decided) plus the lateness setting, by the
wall clock: events are told in real time. Faults come and go, so that anomalies open, change and end all along.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import threading
import time
import uuid
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import orjson
from confluent_kafka import Consumer

from benchmarks.cluster import PARTITIONS, PROJECT, cluster
from benchmarks.live import Paced
from benchmarks.load import dense_sale, placed, send
from benchmarks.progress import Progress
from benchmarks.table import goal, publish, table
from benchmarks.worker_process import wait_for, worker
from streams.settings.settings import Settings
from streams.topics.names import ANOMALIES_TOPIC, VERDICTS_TOPIC

if TYPE_CHECKING:
    from collections.abc import Iterator

_WARM_S = 2_700  # expectations of ratios settle after half an hour
_WARM_RATE = 100
_WARM_LEAST = 200_000  # of its 270,000 events; the rest comes until the load begins
_LATE_S = 1.0
_LIMIT_S = 180.0
_GOAL_S = 5.0
_ADDRESS = "PHAROS_BENCH_WEBHOOK"


class Arrival(NamedTuple):
    """Something that arrived: when it did, and the tick it speaks of; seconds since the epoch."""

    at: float
    tick: float


class Arrivals:
    """What has arrived so far, by where; fed from several threads."""

    def __init__(self) -> None:
        self.of: dict[str, list[Arrival]] = {"verdicts": [], "anomalies": [], "opened": [], "receiver": []}
        self._ended = threading.Event()

    def received(self, body: bytes) -> None:
        """A notification."""
        self.of["receiver"].append(Arrival(time.time(), _seconds(orjson.loads(body)["time"])))

    def read(self, broker: str) -> None:
        """Read verdicts and anomalies until `end`."""
        consumer = Consumer(
            {
                "bootstrap.servers": broker,
                "group.id": f"bench-{uuid.uuid4().hex[:8]}",
                "auto.offset.reset": "latest",
                "isolation.level": "read_committed",
                "fetch.wait.max.ms": 10,
            }
        )
        consumer.subscribe([ANOMALIES_TOPIC, VERDICTS_TOPIC])
        try:
            while not self._ended.is_set():
                message = consumer.poll(0.1)
                if message is not None and message.error() is None:
                    self._take(message.topic(), message.value())
        finally:
            consumer.close()

    def end(self) -> None:
        self._ended.set()

    def _take(self, topic: str, value: bytes) -> None:
        at, record = time.time(), orjson.loads(value)
        if topic == VERDICTS_TOPIC:
            self.of["verdicts"].append(Arrival(at, record["time"] / 1000))
            return
        arrival = Arrival(at, _seconds(record["time"]))
        self.of["anomalies"].append(arrival)
        if record["type"] == "pharos.anomaly.opened":
            self.of["opened"].append(arrival)


@contextmanager
def receiver(arrivals: Arrivals) -> Iterator[str]:
    """The address of a webhook on loopback that takes everything."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            arrivals.received(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()


def warm_up(broker: str, until: float) -> None:
    """Three quarters of an hour before a moment, thin: what is past at once, the rest at its time.

    All at once would put the worker's clock ahead, which is that of the records, and the load behind its watermark.
    """
    begin = datetime.fromtimestamp(until, UTC) - timedelta(seconds=_WARM_S)
    records = map(placed, dense_sale(_WARM_S * _WARM_RATE, _WARM_RATE, begin, even=True))
    send(Paced(records), broker, PARTITIONS, linger_ms=5)


@contextmanager
def load_of(broker: str, rate: int, seconds: int) -> Iterator[subprocess.Popen[str]]:
    """The sender, which makes its events first."""
    command = [sys.executable, "-m", "benchmarks.live", "--broker", broker]
    command += ["--rate", str(rate), "--seconds", str(seconds), "--made-first"]
    load = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    try:
        yield load
    finally:
        load.kill()
        load.wait()


def measure(rate: int, seconds: int) -> tuple[Arrivals, float, float]:
    """What arrived; how far the load fell behind its own plan; CPU seconds of the worker per second."""
    arrivals = Arrivals()
    app = f"bench-{uuid.uuid4().hex[:8]}"
    settings = {"receivers": [{"name": "bench", "kind": "webhook", "url_env": _ADDRESS}]}
    with cluster() as broker, receiver(arrivals) as address, load_of(broker, rate, seconds) as load:
        begin = float(_told(load)["begin"])
        warming = threading.Thread(target=warm_up, args=(broker, begin), daemon=True)
        warming.start()
        with worker(broker, app, settings, {_ADDRESS: address}) as running:
            progress = Progress(broker, app)
            wait_for(lambda: progress.counted() >= _WARM_LEAST, "counting the warm-up", _LIMIT_S)
            wait_for(lambda: not running.unmet(), "being ready", _LIMIT_S)
            warming.join()
            if time.time() > begin + _LATE_S:
                raise SystemExit("the warm-up took longer than making the events: leave the machine alone")
            reader = threading.Thread(target=arrivals.read, args=(broker,))
            reader.start()
            try:
                time.sleep(max(begin - time.time(), 0.0))
                before = running.cpu_s()
                behind_s = float(_told(load)["behind_s"])
                load_s = (running.cpu_s() - before) / (time.time() - begin)
                time.sleep(_GOAL_S)
            finally:
                arrivals.end()
                reader.join()
    # A tick is decided by events of the lateness after it. Earlier ones speak of the warm-up; later ones wait until the
    # sources are idle, which the end of a benchmark is and a sale is not.
    first, last = begin + Settings().lateness_s, begin + seconds - Settings().lateness_s
    for where, of in arrivals.of.items():
        arrivals.of[where] = [arrival for arrival in of if first < arrival.tick < last]
    return arrivals, behind_s, load_s


def _told(load: subprocess.Popen[str]) -> dict[str, float]:
    """The next line of the sender. Raises RuntimeError where it ended without one."""
    assert load.stdout is not None
    line = load.stdout.readline()
    if not line:
        raise RuntimeError(f"the sender ended with {load.wait()}")
    told: dict[str, float] = json.loads(line)
    return told


def report(arrivals: Arrivals) -> list[str]:
    titles = {
        "verdicts": "verdicts of a tick and cells partition, on pharos-verdicts",
        "anomalies": "all transitions, on pharos-anomalies",
        "opened": "opened anomalies among them",
        "receiver": "notifications, at the webhook",
    }
    rows, tails = [], {}
    for where, title in titles.items():
        delays = [arrival.at - arrival.tick - Settings().lateness_s for arrival in arrivals.of[where]]
        if not delays:
            raise RuntimeError(
                f"nothing arrived on the road to {where}: was the load too short for a fault to be seen?"
            )
        p50, p99 = np.percentile(delays, [50, 99])
        tails[where] = float(p99)
        rows.append((title, f"{len(delays):,}", f"{p50:.2f} s", f"{p99:.2f} s", f"{max(delays):.2f} s"))
    lines = table(("what, beyond window end plus lateness", "number", "p50", "p99", "largest"), rows)
    worst = max(tails["anomalies"], tails["receiver"])
    return [*lines, "", goal(f"p99 under {_GOAL_S:.0f} s, topic and receiver: {worst:.1f} s", worst < _GOAL_S)]


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=20_000)
    parser.add_argument("--seconds", type=int, default=180)
    options = parser.parse_args()
    arrivals, behind_s, cpu = measure(options.rate, options.seconds)
    about = (
        f"{options.rate:,} events/s for {options.seconds} s, a fault every 15 s; one worker, {cpu:.0%} of a core; "
        f"the load was late by {behind_s:.2f} s at most, which is in the figures."
    )
    publish("latency", [about, "", *report(arrivals)])


if __name__ == "__main__":
    main()
