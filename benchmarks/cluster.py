"""An Apache Kafka of its own for a benchmark, with the topics of Pharos; gone when the benchmark ends."""

from __future__ import annotations

import contextlib
import importlib.util
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from confluent_kafka.admin import AdminClient, NewTopic

from streams.settings.settings import SOURCE_TOPICS, Settings
from streams.topics.wanted import own_topics

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PROJECT = Path(__file__).parent.parent
PARTITIONS = 4
_LIMIT_S = 30.0
_ANY_YEAR = {"retention.ms": "-1", "message.timestamp.after.max.ms": str((1 << 63) - 1)}


@contextlib.contextmanager
def cluster(partitions: int = PARTITIONS, suffixes: Iterable[str] = ("",)) -> Iterator[str]:
    """Address of a broker with empty topics, the sources once for each suffix.

    SIGTERM ends it as Ctrl-C does, so that no broker is left. Raises BrokerError, whose message says the remedy.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="pharos-bench-") as folder:
        broker = _kafka().KafkaBroker(0, Path(folder))
        broker.start()
        try:
            sources = [topic + suffix for suffix in suffixes for topic in SOURCE_TOPICS]
            wanted = [NewTopic(topic, partitions, 1, config=_ANY_YEAR) for topic in sources]
            _create(broker.address, wanted + _own_topics())
            yield broker.address
        finally:
            broker.stop()


def renew_own_topics(broker: str) -> None:
    """Empty the topics that Pharos writes: a run must not merge the cells of the one before."""
    own = _own_topics()
    admin = AdminClient({"bootstrap.servers": broker, "log_level": 2})
    for gone in admin.delete_topics([topic.topic for topic in own]).values():
        gone.result(_LIMIT_S)
    deadline = time.monotonic() + _LIMIT_S
    while {topic.topic for topic in own} & admin.list_topics(timeout=_LIMIT_S).topics.keys():
        if time.monotonic() > deadline:
            raise TimeoutError(f"topics are still there {_LIMIT_S:.0f} s after they were deleted")
        time.sleep(0.2)
    _create(broker, own)


def _own_topics() -> list[NewTopic]:
    return [NewTopic(own.name, own.partitions or 1, 1, config=dict(own.config)) for own in own_topics(Settings())]


def _create(broker: str, wanted: list[NewTopic]) -> None:
    admin = AdminClient({"bootstrap.servers": broker, "log_level": 2})  # kept until all answers are in
    for made in admin.create_topics(wanted).values():
        made.result(_LIMIT_S)


def _kafka() -> Any:
    """deploy/ is no package: its script is loaded by path."""
    spec = importlib.util.spec_from_file_location("kafka_run", PROJECT / "deploy" / "kafka" / "run.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError("deploy/kafka/run.py is not there: run from a whole checkout")
    module = importlib.util.module_from_spec(spec)
    sys.modules["kafka_run"] = module
    spec.loader.exec_module(module)
    return module
