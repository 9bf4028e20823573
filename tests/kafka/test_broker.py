"""Apache Kafka as `make kafka` starts it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.kafka.support.kafka_reading import produce, visible

pytestmark = pytest.mark.kafka
RUN = Path(__file__).resolve().parents[2] / "deploy" / "kafka" / "run.py"


def test_it_says_where_it_answers_and_ends_cleanly_at_ctrl_c(tmp_path: Path) -> None:
    data = tmp_path / "kafka"
    with subprocess.Popen(
        [sys.executable, str(RUN), "--port", "0", "--data", str(data)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        code = process.wait(30.0)

    assert "answers at 127.0.0.1:" in line
    assert code == 0
    assert (data / "logs" / ".kafka_cleanshutdown").exists()


def test_what_was_written_is_there_after_a_kill(kafka_run: Any, tmp_path: Path) -> None:
    from confluent_kafka.admin import AdminClient, NewTopic

    broker = kafka_run.KafkaBroker(0, tmp_path)
    broker.start()
    try:
        admin = AdminClient({"bootstrap.servers": broker.address})
        admin.create_topics([NewTopic("t", 1, 1)])["t"].result(20.0)
        produce(broker.address, "t", [b"1", b"2"], timestamp=-1)
        broker.kill()
        assert not broker.alive()
        broker.start()

        assert [message.value() for message in visible(broker.address, "t")] == [b"1", b"2"]
    finally:
        broker.stop()


def test_a_broker_that_cannot_start_says_why(kafka_run: Any, tmp_path: Path) -> None:
    broker = kafka_run.KafkaBroker(0, tmp_path, {"process.roles": "nonsense"})
    with pytest.raises(kafka_run.BrokerError, match="nonsense"):
        broker.start()


def test_without_a_java_of_its_own_the_wheel_s_is_taken(kafka_run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka_run.shutil, "which", lambda _name: None)

    assert subprocess.run([str(kafka_run.java()), "-version"], check=False, capture_output=True).returncode == 0
