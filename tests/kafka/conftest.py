"""One real Apache Kafka for the session, and topics with names of their own for each test."""

from __future__ import annotations

import fcntl
import importlib.util
import itertools
import os
import pickle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from confluent_kafka.admin import AdminClient, NewTopic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.kafka.crash.comparison import Truth

HERE = Path(__file__).resolve().parent
RUN = HERE.parents[1] / "deploy" / "kafka" / "run.py"

os.environ.setdefault("KAFKA_OPTS", "-XX:TieredStopAtLevel=1")  # these brokers live for a minute: half their CPU

_numbers = itertools.count()


@pytest.fixture(scope="session")
def kafka_run() -> Any:
    """deploy/kafka/run.py as a module: it is a script beside its pom.xml, and no package."""
    spec = importlib.util.spec_from_file_location("kafka_run", RUN)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def kafka(kafka_run: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A running KafkaBroker."""
    broker = kafka_run.KafkaBroker(0, tmp_path_factory.mktemp("kafka"))
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture(scope="module")
def faults_kafka(kafka_run: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A KafkaBroker whose topics the tests of faults delete as they like; what outlives a file finds none."""
    broker = kafka_run.KafkaBroker(0, tmp_path_factory.mktemp("faults-kafka"))
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture(scope="session")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Truth:
    """What the load of the fault tests must come to; the first process that asks computes it for all of this run."""
    from streams.catalogue.load import load
    from tests.kafka.crash.comparison import truth_of
    from tests.kafka.support.faults_bench import LOAD, fault_settings

    folder = tmp_path_factory.getbasetemp()
    kept = (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "truth.pickle"
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            kept.write_bytes(pickle.dumps(truth_of(LOAD, load(), fault_settings("nowhere:1", folder))))
        found: Truth = pickle.loads(kept.read_bytes())
    return found


@pytest.fixture
def new_topic(kafka: Any) -> Callable[..., str]:
    """Makes a topic that only this test uses; the function takes partitions and configuration."""

    def make(partitions: int = 1, **config: str) -> str:
        name = f"topic-{next(_numbers)}"
        admin = AdminClient({"bootstrap.servers": kafka.address})
        settings = {"retention.ms": "-1", **{key.replace("_", "."): value for key, value in config.items()}}
        admin.create_topics([NewTopic(name, partitions, 1, config=settings)])[name].result(20.0)
        return name

    return make


@pytest.fixture
def new_name() -> Callable[[str], str]:
    """Makes names of groups and transactional ids that only this test uses."""
    return lambda kind: f"{kind}-{next(_numbers)}"


@pytest.fixture(scope="session")
def kafka_cells(kafka: Any) -> None:
    """The topics of ours that flushes and snapshots of these tests go to, with one partition."""
    admin = AdminClient({"bootstrap.servers": kafka.address})
    names = ("pharos-cells", "pharos-cases", "pharos-single-events", "pharos-dead-letters", "pharos-snapshots")
    wanted = [NewTopic(name, 1, 1) for name in names]
    for made in admin.create_topics(wanted).values():
        made.result(20.0)


@pytest.fixture(scope="session")
def secured(kafka_run: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A broker that asks who you are, with all topics, the users pharos, shop and desk, and docs/security.md's ACLs.

    Its attribute `rights` holds those of User:pharos.
    """
    from confluent_kafka.admin import ScramMechanism

    from streams.broker.admin import Admin
    from streams.broker.connection import Connection
    from streams.broker.make_topics import make_topics
    from streams.settings.settings import Settings
    from streams.topics.wanted import wanted_topics
    from tests.kafka.support.documented_rights import granted, grants
    from tests.kafka.support.secure_kafka import add_user, secure_broker

    broker = secure_broker(kafka_run, tmp_path_factory.mktemp("secure"))
    broker.start()
    try:
        for user in ("pharos", "shop", "desk"):
            add_user(broker.address, user)
        add_user(broker.address, "pharos", ScramMechanism.SCRAM_SHA_256)
        given = [right for grant in grants() for right in granted(broker.address, grant)]
        broker.rights = [right for right in given if right.principal == "User:pharos"]
        for grant in grants():  # the same for who shows the client's certificate
            if "User:pharos" in grant:
                granted(broker.address, [word.replace("User:pharos", "User:CN=client") for word in grant])
        wanted = [topic._replace(partitions=topic.partitions or 1) for topic in wanted_topics(Settings())]
        make_topics(Admin(Connection(broker.address)), wanted)
        yield broker
    finally:
        broker.stop()
