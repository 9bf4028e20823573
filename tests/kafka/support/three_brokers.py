"""Three brokers that are controllers as well, on loopback: every topic thrice, and written where two have it."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from confluent_kafka.admin import AdminClient

if TYPE_CHECKING:
    from pathlib import Path

COPIES = 3
IN_SYNC = 2


class ThreeBrokers:
    """Brokers of `deploy/kafka/run.py`, one beside the other.

    Attributes:
        nodes: KafkaBroker by KafkaBroker; each can be killed and started again.

    """

    def __init__(self, kafka_run: Any, folder: Path) -> None:
        ports = [(kafka_run.free_port(), kafka_run.free_port()) for _ in range(COPIES)]
        voters = ",".join(f"{number + 1}@127.0.0.1:{controller}" for number, (_, controller) in enumerate(ports))
        self.nodes = [
            kafka_run.KafkaBroker(port, folder / f"kafka-{number}", _properties(number, port, controller, voters))
            for number, (port, controller) in enumerate(ports)
        ]

    @property
    def address(self) -> str:
        """All of them, as clients are told."""
        return ",".join(node.address for node in self.nodes)

    def start(self) -> None:
        """At once: none answers before most of them are there."""
        with ThreadPoolExecutor(COPIES) as pool:
            list(pool.map(lambda node: node.start(), self.nodes))

    def wait_until_whole(self, limit_s: float = 60.0) -> None:
        """Until every partition has all its copies in sync: only then may the next broker be lost."""
        admin = AdminClient({"bootstrap.servers": self.address, "log_level": 0})
        deadline = time.monotonic() + limit_s
        while True:
            topics = admin.list_topics(timeout=10.0).topics.values()
            behind = {topic.topic for topic in topics for part in topic.partitions.values() if len(part.isrs) < COPIES}
            if not behind:
                return
            assert time.monotonic() < deadline, f"copies are not in sync within {limit_s:.0f} s: {sorted(behind)}"
            time.sleep(0.5)

    def stop(self) -> None:
        """At once too: the last ones would wait for a controller."""
        for node in self.nodes:
            node.kill()


def _properties(number: int, port: int, controller: int, voters: str) -> dict[str, str]:
    copies, in_sync = str(COPIES), str(IN_SYNC)
    return {
        "node.id": str(number + 1),
        "controller.quorum.voters": voters,
        "listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port}",
        "default.replication.factor": copies,
        "min.insync.replicas": in_sync,
        "offsets.topic.replication.factor": copies,
        "transaction.state.log.replication.factor": copies,
        "transaction.state.log.min.isr": in_sync,
        "share.coordinator.state.topic.replication.factor": copies,
        "share.coordinator.state.topic.min.isr": in_sync,
    }
