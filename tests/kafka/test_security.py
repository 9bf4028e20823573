"""A worker on a Kafka that asks who it is: by password and by certificate."""

from __future__ import annotations

import itertools
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
import yaml

from streams.broker.connection import Connection
from streams.offline.events_file import EventsWriter
from streams.settings.secrets import ConfigurationError
from streams.settings.settings import SecuritySettings, Settings
from streams.topics.wanted import wanted_topics
from tests.kafka.support.secure_kafka import KEY_PASSWORD, PASSWORD, by_certificate, by_plain, by_scram

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.kafka
PHAROS = [sys.executable, "-c", "import sys; from streams.cli import main; sys.exit(main())"]
COUNT = 200
LIMIT_S = 60.0
SECRETS = (PASSWORD, KEY_PASSWORD, "not-the-password")
_rounds = itertools.count()


def config(folder: Path, way: tuple[str, dict[str, Any]]) -> Path:
    file = folder / "pharos.yaml"
    broker, security = way
    file.write_text(yaml.safe_dump({"broker": broker, "security": security, "port": free_port(), "idle_after_s": 1.0}))
    return file


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "KAFKA_PASSWORD": PASSWORD, "KEY_PASSWORD": KEY_PASSWORD, "PHAROS_LOG": "INFO", **more}


def pharos(arguments: list[str], folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [*PHAROS, *arguments],
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment(**more),
        timeout=60,
    )
    assert not any(secret in done.stdout + done.stderr for secret in SECRETS)
    return done


@contextmanager
def running_worker(file: Path, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / "worker.log").open("w") as log:
        command = [*PHAROS, "worker", "--config", str(file)]
        worker = subprocess.Popen(command, cwd=folder, env=environment(), stdout=log, stderr=log)
    try:
        yield worker
    finally:
        worker.kill()
        worker.wait()


def events(folder: Path) -> Path:
    """A file of orders; each call gives other ids."""
    file, number = folder / "events.jsonl", next(_rounds)
    with EventsWriter(file) as out:
        for index in range(COUNT):
            moment = f"2026-11-11T{number:02d}:{index // 60:02d}:{index % 60:02d}Z"
            order = {"order_id": f"{number}-{index}", "amount": 1.5}
            event = {"specversion": "1.0", "id": f"{number}-{index}", "source": "/s", "type": "order.paid"}
            out.write("orders", {**event, "time": moment, "data": order})
    return file


def counted(port: int) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            text = answer.read().decode()
    except OSError:
        return 0
    return sum(
        round(float(line.rpartition(" ")[2]))
        for line in text.splitlines()
        if line.startswith("pharos_records_total") and 'outcome="counted"' in line
    )


@pytest.mark.parametrize("way", [by_scram, by_plain, by_certificate])
def test_a_worker_counts_whichever_way_it_comes_in(
    secured: Any, tmp_path: Path, way: Callable[[Any], tuple[str, dict[str, Any]]]
) -> None:
    file = config(tmp_path, way(secured))
    port = yaml.safe_load(file.read_text())["port"]
    with running_worker(file, tmp_path) as worker:
        sent = pharos(["replay", str(events(tmp_path)), "--broker", secured.address], tmp_path)
        assert sent.returncode == 0, sent.stderr
        deadline = time.monotonic() + LIMIT_S
        while counted(port) < COUNT and worker.poll() is None and time.monotonic() < deadline:
            time.sleep(0.3)
        said = (tmp_path / "worker.log").read_text()
        assert counted(port) == COUNT, said[-3000:]
        assert not any(secret in said for secret in SECRETS)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(30.0) == 0, (tmp_path / "worker.log").read_text()[-3000:]


def test_scram_sha_256_works_too_and_check_says_all_is_well(secured: Any, tmp_path: Path) -> None:
    file = config(tmp_path, by_scram(secured, mechanism="SCRAM-SHA-256"))

    done = pharos(["check", "--live", "--config", str(file)], tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    for line in (
        "(SASL_SSL, user pharos)",
        "user pharos has all the rights that a worker needs",
        f"{len(wanted_topics(Settings()))} topics exist and are configured right",
        "clock is 0.0",
    ):
        assert line in done.stdout


@pytest.mark.parametrize(
    ("changed", "listener", "what"),
    [
        ({}, "ELSEWHERE", "is for another host name: use a name that is in it"),
        ({"ca_file": "other.pem"}, "SCRAM", "is not signed by"),
        (
            {"password_env": "WRONG"},
            "SCRAM",
            "refuse user pharos by SCRAM-SHA-512: correct security.username, its password",
        ),
        ({"mechanism": "PLAIN"}, "SCRAM", "refuse user pharos by PLAIN"),
        ({}, "PLAIN", "does not speak SASL_SSL on that port"),
        ({}, "MUTUAL", "ask for a client certificate: set security.cert_file"),
    ],
)
def test_what_cannot_work_is_said_once_in_one_sentence(
    secured: Any, tmp_path: Path, changed: dict[str, str], listener: str, what: str
) -> None:
    changed = {key: str(secured.folder / value) if key == "ca_file" else value for key, value in changed.items()}
    _, security = by_scram(secured, **changed)
    file = config(tmp_path, (secured.address_of(listener), security))
    before = len(refusals(secured))

    done = pharos(["worker", "--config", str(file)], tmp_path, WRONG="not-the-password")

    assert done.returncode == 1
    assert done.stderr.startswith("pharos: ")
    assert done.stderr.count("\n") == 1
    assert what in done.stderr
    assert len(refusals(secured)) - before < 20


def refusals(broker: Any) -> list[str]:
    return re.findall("Failed authentication", (broker.data / "broker.log").read_text(errors="replace"))


def test_a_certificate_that_nobody_signed_is_refused(secured: Any, tmp_path: Path) -> None:
    stranger = {"cert_file": str(secured.folder / "other.pem"), "key_file": str(secured.folder / "other.key")}
    file = config(tmp_path, by_certificate(secured, **stranger))

    done = pharos(["worker", "--config", str(file)], tmp_path)

    assert done.returncode == 1
    assert "other.pem: set security.cert_file" in done.stderr


def test_a_key_with_a_password_is_opened_by_that_password_only(secured: Any) -> None:
    address, security = by_certificate(secured)
    settings = Settings(broker=address, security=SecuritySettings(**security))

    connection = Connection.of(settings, {"KEY_PASSWORD": KEY_PASSWORD})

    assert connection.for_librdkafka({})["ssl.key.password"] == KEY_PASSWORD
    assert connection.for_faust().context is connection.ssl_context()
    assert KEY_PASSWORD not in repr(connection)
    with pytest.raises(ConfigurationError, match=r"client\.locked\.key .*the key's password") as refused:
        Connection.of(settings, {"KEY_PASSWORD": "not-the-password"})
    assert "not-the-password" not in str(refused.value)
    without = msgspec.structs.replace(settings, security=SecuritySettings(**security | {"key_password_env": ""}))
    with pytest.raises(ConfigurationError, match="the key's password"):
        Connection.of(without, {})
