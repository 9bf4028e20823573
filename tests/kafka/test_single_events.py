"""Bad answers on Apache Kafka, a ticket system, and workers that are killed with SIGKILL: each is told once."""

from __future__ import annotations

import contextlib
import subprocess
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import confluent_kafka
import orjson
import pytest
import yaml

from streams.records.instant import rfc3339
from streams.records.request import RequestStep, Stage
from streams.records.request_event import read_step
from tests.kafka.support.kafka_reading import visible
from tests.support.detractor_rule import detractor_rule
from tests.support.pharos_processes import PHAROS, started, tail, wait_for, wait_until_ready

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.kafka
LIMIT_S = 300.0
PER_MINUTE = 5
EVENTS = 60


class Tickets:
    """A ticket system: it keeps the bodies by their keys. While it is out of order it answers 503."""

    def __init__(self) -> None:
        self.bodies: dict[str, list[list[str]]] = {}
        self.out_of_order = False
        tickets = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if not tickets.out_of_order:
                    names = [record["id"] for record in orjson.loads(body)["data"]["records"]]
                    tickets.bodies.setdefault(self.headers["Idempotency-Key"], []).append(names)
                self.send_response(503 if tickets.out_of_order else 201)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def told(self) -> Counter[str]:
        """How many requests each event was in; a body that was posted again counts once."""
        return Counter(name for bodies in self.bodies.values() for name in bodies[0])

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def tickets(monkeypatch: pytest.MonkeyPatch) -> Iterator[Tickets]:
    system = Tickets()
    monkeypatch.setenv("TICKETS_URL", system.url)
    monkeypatch.setenv("TICKETS_SECRET", "secret-of-these-tests")
    yield system
    system.close()


def send(broker: str, names: range, copies: int = 1) -> None:
    producer = confluent_kafka.Producer({"bootstrap.servers": broker, "linger.ms": 5})
    for _ in range(copies):
        for number in names:
            data = {"feedback_id": f"F{number}", "order_id": f"TB{number}", "kind": "nps", "score": 2}
            event = {"specversion": "1.0", "id": str(number), "source": "/s", "type": "survey.answered"}
            value = orjson.dumps({**event, "time": rfc3339(int(time.time() * 1000)), "data": data})
            producer.produce("feedback", value, key=str(number))
    assert producer.flush(20.0) == 0


def until(condition: Any, deadline: float, log: Path) -> None:
    while not condition():
        assert time.monotonic() < deadline, tail(log)
        time.sleep(0.1)


def steps(broker: str) -> list[RequestStep]:
    read = [read_step(value) for value in values(broker)]
    return [step for step in read if isinstance(step, RequestStep)]


def values(broker: str) -> list[bytes]:
    return [message.value() or b"" for message in visible(broker, "pharos-actions")]


def test_each_event_is_in_one_request_though_workers_are_killed_before_between_and_after(
    kafka_run: Any, tmp_path: Path, tickets: Tickets
) -> None:
    deadline = time.monotonic() + LIMIT_S
    config = tmp_path / "pharos.yaml"
    broker = kafka_run.KafkaBroker(0, tmp_path / "kafka")
    broker.start()
    with contextlib.ExitStack() as stack:
        stack.callback(broker.stop)
        address = broker.address
        common = {"port": 0, "state_dir": str(tmp_path / "state"), "flush_interval_s": 0.5, "dedup_records": 50}
        faster = {"session_timeout_s": 6.0, "heartbeat_interval_s": 1.0, "cells_partitions": 1}
        config.write_text(yaml.safe_dump({**common, **faster, "on": [detractor_rule(PER_MINUTE)]}))
        make = (*PHAROS, "topics", "--create", "--broker", address, "--partitions", "1", "--config", str(config))
        subprocess.run(make, check=True, capture_output=True)
        command = (*PHAROS, "worker", "--broker", address, "--config", str(config))

        def start(number: int) -> tuple[subprocess.Popen[bytes], Path]:
            log = tmp_path / f"worker-{number}.log"
            process = stack.enter_context(started(command, log))
            page = wait_for(log, r"page (http://\S+)", process, deadline)
            wait_until_ready(f"{page}readyz", deadline)
            return process, log

        tickets.out_of_order = True
        first, log = start(1)
        send(address, range(EVENTS // 3), copies=2)
        until(lambda: len(steps(address)) >= PER_MINUTE, deadline, log)
        first.kill()  # requests are written and none is delivered; the rest waits for the end of its minute

        second, log = start(2)
        send(address, range(EVENTS // 3, 2 * EVENTS // 3))
        tickets.out_of_order = False
        until(lambda: len(tickets.bodies) >= 2, deadline, log)
        second.kill()  # some are delivered, and perhaps not written down

        _, log = start(3)
        send(address, range(2 * EVENTS // 3, EVENTS))
        send(address, range(EVENTS))  # far beyond the fifty records by which ingest knows a copy
        until(lambda: len(tickets.told) == EVENTS, deadline, log)
        time.sleep(5.0)
        written = steps(address)
        texts = [path.read_text(errors="replace") for path in tmp_path.glob("worker-*.log")]

    assert set(tickets.told.values()) == {1}
    assert all(body == bodies[0] for bodies in tickets.bodies.values() for body in bodies)
    asked = {step.data.request: step for step in written if step.stage is Stage.REQUESTED}
    assert asked.keys() == tickets.bodies.keys()
    by_minute = Counter(
        (step.time // 60_000, bool(step.data.events and step.data.events.requests)) for step in asked.values()
    )
    assert all(count <= (1 if digest else PER_MINUTE) for (_, digest), count in by_minute.items())
    assert any(digest for _, digest in by_minute)
    assert not any("TB1" in text for text in [*texts, *(repr(step) for step in written)])
