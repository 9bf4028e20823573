"""One real Apache Kafka for the session, and topics with names of their own for each test."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

RUN = Path(__file__).resolve().parents[2] / "deploy" / "kafka" / "run.py"


def load_run() -> Any:
    """deploy/kafka/run.py as a module: it is a script beside its pom.xml, and no package."""
    if "kafka_run" not in sys.modules:
        spec = importlib.util.spec_from_file_location("kafka_run", RUN)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules["kafka_run"] = module
        spec.loader.exec_module(module)
    return sys.modules["kafka_run"]


@pytest.fixture(scope="session")
def kafka_run() -> Any:
    """The module deploy/kafka/run.py."""
    return load_run()


@pytest.fixture(scope="session")
def kafka(kafka_run: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A running KafkaBroker."""
    broker = kafka_run.KafkaBroker(0, tmp_path_factory.mktemp("kafka"))
    broker.start()
    yield broker
    broker.stop()
