"""A broker, workers and a replay as processes, the way somebody at a terminal starts them."""

from __future__ import annotations

import contextlib
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import confluent_kafka
import orjson
import yaml
from prometheus_client.parser import text_string_to_metric_families

from streams.records.anomaly_event import decode
from streams.settings.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from streams.records.anomaly import Transition

KAFKA = Path(__file__).parents[2] / "deploy" / "kafka" / "run.py"
PHAROS = (sys.executable, "-c", "import sys; from streams.cli import main; sys.exit(main())")
_BROKER_LIMIT_S = 90.0


class Way(NamedTuple):
    """How a file is fed: to which broker, read by how many workers, at which speed (0: as fast as it goes)."""

    kafka: bool
    workers: int
    speed: float


class Run(NamedTuple):
    """What came of it: all of pharos-anomalies, records by outcome, seconds from the first record to the last tick."""

    transitions: list[Transition]
    records: dict[str, int]
    seconds: float


class Feed(NamedTuple):
    """The events file, what a worker must be told of it, partitions a topic, and the last tick that matters."""

    file: Path
    settings: Mapping[str, Any]
    partitions: int
    until_ms: int


def run_processes(feed: Feed, way: Way, folder: Path, limit_s: float) -> Run:
    """`folder` keeps state and logs. Raises AssertionError where something ends that should not, or hangs."""
    deadline = time.monotonic() + limit_s
    config = folder / "pharos.yaml"
    config.write_text(
        yaml.safe_dump({"time": "events", "state_dir": str(folder / "state"), "port": 0, **feed.settings})
    )
    with contextlib.ExitStack() as stack:
        broker = stack.enter_context(broker_process(way, folder, feed.partitions))
        replay = (*PHAROS, "replay", "--broker", broker, "--partitions", str(feed.partitions))
        (folder / "nothing.jsonl").touch()
        subprocess.run((*replay, str(folder / "nothing.jsonl")), check=True, capture_output=True)  # makes the topics
        logs = [folder / f"worker-{number}.log" for number in range(way.workers)]
        command = (*PHAROS, "worker", "--broker", broker, "--config", str(config))
        workers = [stack.enter_context(started(command, log)) for log in logs]
        found = zip(logs, workers, strict=True)
        pages = [wait_for(log, r"page (http://\S+)", process, deadline) for log, process in found]
        for page in pages:
            wait_until_ready(f"{page}readyz", deadline)
        begun = time.monotonic()
        sending = stack.enter_context(
            started((*replay, str(feed.file), "--speed", str(way.speed)), folder / "replay.log")
        )
        with _Ticks(broker) as ticks:
            while not (ticks.handled(feed.until_ms) and sending.poll() is not None):
                for process, log in zip(workers, logs, strict=True):
                    assert process.poll() is None, f"a worker ended with {process.returncode}: {tail(log)}"
                assert sending.poll() in (None, 0), f"the replay failed: {tail(folder / 'replay.log')}"
                assert time.monotonic() < deadline, f"not over in time: {ticks.reached}"
        seconds = time.monotonic() - begun
        return Run(_published(broker), _records(pages), seconds)


class _Ticks:
    """How far every cells partition has delivered its ticks, and the incident agent has committed."""

    def __init__(self, broker: str) -> None:
        settings = Settings()
        self.reached = dict.fromkeys(range(settings.cells_partitions), 0)
        self._reader = _reader(broker, "pharos-verdicts")
        self._agent = confluent_kafka.Consumer(
            {"bootstrap.servers": broker, "group.id": settings.app, "enable.auto.commit": False}
        )
        self._needed = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.close()
        self._agent.close()

    def handled(self, until_ms: int) -> bool:
        for message in self._reader.consume(500, 0.5):
            if message.error() is None and min(self.reached.values()) < until_ms:
                tick = orjson.loads(message.value() or b"")
                self.reached[tick["partition"]] = tick["time"]
                self._needed = message.offset() + 1
        if min(self.reached.values()) < until_ms:
            return False
        place = confluent_kafka.TopicPartition("pharos-verdicts", 0)
        return bool(self._agent.committed([place], 10.0)[0].offset >= self._needed)


def _published(broker: str) -> list[Transition]:
    reader = _reader(broker, "pharos-anomalies")
    found = []
    while True:
        message = reader.poll(20.0)
        assert message is not None, "the broker says nothing of pharos-anomalies"
        if message.error() is not None:
            reader.close()
            return found
        found.append(decode(message.value() or b""))


def _reader(broker: str, topic: str) -> Any:
    settings = {"group.id": "subscriber", "isolation.level": "read_committed", "enable.partition.eof": True}
    reader = confluent_kafka.Consumer({"bootstrap.servers": broker, "enable.auto.commit": False, **settings})
    reader.assign([confluent_kafka.TopicPartition(topic, 0, 0)])
    return reader


def _records(pages: list[str]) -> dict[str, int]:
    """By outcome, over all workers and topics, as Prometheus is told."""
    found: dict[str, int] = {}
    for page in pages:
        with urllib.request.urlopen(f"{page}metrics", timeout=20.0) as answer:
            text = answer.read().decode()
        samples = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
        for sample in samples:
            if sample.name == "pharos_records_total" and sample.value:
                outcome = sample.labels["outcome"]
                found[outcome] = found.get(outcome, 0) + int(sample.value)
    return found


@contextlib.contextmanager
def broker_process(way: Way, folder: Path, partitions: int) -> Iterator[str]:
    """Apache Kafka or the embedded broker; yields its address."""
    if way.kafka:
        place = ("--port", str(free_port()), "--data", str(folder / "kafka"))
        command: tuple[str, ...] = (sys.executable, str(KAFKA), *place)
    else:
        command = (*PHAROS, "broker", "--port", "0", "--partitions", str(partitions))
    log = folder / "broker.log"
    with started(command, log) as process:
        yield wait_for(log, r"((?:127\.0\.0\.1|localhost):\d+)", process, time.monotonic() + _BROKER_LIMIT_S)


@contextlib.contextmanager
def started(command: tuple[str, ...], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is asked to end by SIGINT, and killed where it does not within twenty seconds."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(20.0)


def wait_for(log: Path, pattern: str, process: subprocess.Popen[bytes], deadline: float) -> str:
    """The first group of a pattern once it stands in the log; `deadline` by the monotonic clock."""
    while True:
        text = log.read_text(errors="replace")
        found = re.search(pattern, text)
        if found:
            return found[1]
        assert process.poll() is None, f"{process.args!r} ended: {tail(log)}"
        assert time.monotonic() < deadline, f"no {pattern} in {log}"
        time.sleep(0.1)


def wait_until_ready(probe: str, deadline: float) -> None:
    """Until the address of a readiness probe answers with success."""
    while True:
        with contextlib.suppress(OSError), urllib.request.urlopen(probe, timeout=5.0):
            return
        assert time.monotonic() < deadline, f"{probe} does not become ready"
        time.sleep(0.2)


def tail(log: Path) -> str:
    return log.read_text(errors="replace")[-3_000:]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
