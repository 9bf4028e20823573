"""A worker on a Kafka that asks who it is: by password, by certificate, and with no more rights than it needs."""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import confluent_kafka
import pytest
import yaml
from confluent_kafka.admin import AclBindingFilter, AclOperation, AdminClient, ScramMechanism
from secure_kafka import KEY_PASSWORD, PASSWORD, add_user, allow, secure_broker

from streams.connection import Connection
from streams.events_file import EventsWriter
from streams.settings import SecuritySettings, Settings
from streams.transport.topics import TopicsError, prepare_topics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.kafka
PHAROS = [sys.executable, "-c", "import sys; from streams.cli import main; sys.exit(main())"]
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "security.md"
COUNT = 200
LIMIT_S = 60.0
SECRETS = (PASSWORD, KEY_PASSWORD, "not-the-password")
_rounds = itertools.count()


@pytest.fixture(scope="module")
def secured(kafka_run: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A broker with all topics, the users pharos, shop and desk, and the ACLs of docs/security.md."""
    folder = tmp_path_factory.mktemp("secure")
    authorizer = {
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": "User:ANONYMOUS",  # who comes by the listener without security: the administrator of these tests
    }
    broker = secure_broker(kafka_run, folder, authorizer)
    broker.folder = folder
    broker.start()
    try:
        for user in ("pharos", "shop", "desk"):
            add_user(broker.address, user)
        add_user(broker.address, "pharos", ScramMechanism.SCRAM_SHA_256)
        broker.rights = [right for grant in grants() for right in granted(broker.address, grant)]
        granted_to_certificate = [grant for grant in grants() if "User:pharos" in grant]
        for grant in granted_to_certificate:
            granted(broker.address, [word.replace("User:pharos", "User:CN=client") for word in grant])
        done = pharos(["topics", "--create", "--broker", broker.address, "--partitions", "1"], broker.folder)
        assert done.returncode == 0, done.stdout + done.stderr
        yield broker
    finally:
        broker.stop()


def grants() -> list[list[str]]:
    """The words of the commands of docs/security.md."""
    lines = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("kafka-acls.sh")]
    assert lines
    return [shlex.split(line) for line in lines]


def granted(address: str, words: list[str]) -> list[Any]:
    """Does what kafka-acls.sh would do; returns an ACL for each pair of resource and operation."""
    pairs = list(itertools.pairwise(words))
    values = {flag: [value for name, value in pairs if name == flag] for flag in words if flag.startswith("--")}
    user = values["--allow-principal"][0].removeprefix("User:")
    prefixed = values.get("--resource-pattern-type") == ["prefixed"]
    made = []
    for flag in ("--topic", "--group", "--transactional-id"):
        kind = flag.removeprefix("--").replace("-", "_")
        for name, operation in itertools.product(values.get(flag, ()), values["--operation"]):
            spelled = re.sub(r"(?<=.)(?=[A-Z])", "_", operation)
            made += allow(address, user, kind, name, spelled, prefixed=prefixed)
    return made


def by_scram(broker: Any, **more: Any) -> tuple[str, dict[str, Any]]:
    ca = str(broker.folder / "ca.pem")
    security = {"protocol": "SASL_SSL", "mechanism": "SCRAM-SHA-512", "username": "pharos", "ca_file": ca}
    return broker.address_of("SCRAM"), security | {"password_env": "KAFKA_PASSWORD"} | more


def by_plain(broker: Any, **more: Any) -> tuple[str, dict[str, Any]]:
    (broker.folder / "password").write_text(PASSWORD + "\n")
    security = {"protocol": "SASL_PLAINTEXT", "mechanism": "PLAIN", "username": "pharos"}
    return broker.address_of("PLAIN"), security | {"password_file": str(broker.folder / "password")} | more


def by_certificate(broker: Any, **more: Any) -> tuple[str, dict[str, Any]]:
    files = {"ca_file": "ca.pem", "cert_file": "client.pem", "key_file": "client.locked.key"}
    security = {"protocol": "SSL", **{key: str(broker.folder / name) for key, name in files.items()}}
    return broker.address_of("MUTUAL"), security | {"key_password_env": "KEY_PASSWORD"} | more


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
    with (tmp_path / "worker.log").open("w") as log:
        command = [*PHAROS, "worker", "--config", str(file)]
        worker = subprocess.Popen(command, cwd=tmp_path, env=environment(), stdout=log, stderr=log)
    try:
        sent = pharos(["replay", str(events(tmp_path)), "--broker", secured.address], tmp_path)
        assert sent.returncode == 0, sent.stderr
        deadline = time.monotonic() + LIMIT_S
        while counted(port) < COUNT and worker.poll() is None and time.monotonic() < deadline:
            time.sleep(0.3)
        said = (tmp_path / "worker.log").read_text()
        assert counted(port) == COUNT, said[-3000:]
        assert not any(secret in said for secret in SECRETS)
    finally:
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(20.0) == 0


def test_scram_sha_256_works_too_and_check_says_all_is_well(secured: Any, tmp_path: Path) -> None:
    file = config(tmp_path, by_scram(secured, mechanism="SCRAM-SHA-256"))

    done = pharos(["check", "--live", "--config", str(file)], tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    for line in (
        "(SASL_SSL, user pharos)",
        "user pharos may do all that a worker does",
        "12 topics are there and fit",
        "clock is 0.0",
    ):
        assert line in done.stdout


@pytest.mark.parametrize(
    ("changed", "listener", "what"),
    [
        ({}, "ELSEWHERE", "bears another name: call it by a name that stands in it"),
        ({"ca_file": "other.pem"}, "SCRAM", "is not signed by"),
        (
            {"password_env": "WRONG"},
            "SCRAM",
            "refuse user pharos by SCRAM-SHA-512: correct security.username, its password",
        ),
        ({"mechanism": "PLAIN"}, "SCRAM", "refuse user pharos by PLAIN"),
        ({}, "PLAIN", "speaks no SASL_SSL on that port"),
        ({}, "MUTUAL", "want a certificate of ours: set security.cert_file"),
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


def worker_settings(broker: Any) -> Settings:
    address, security = by_scram(broker)
    return Settings(broker=address, security=SecuritySettings(**security))


def test_a_worker_that_lacks_a_right_is_told_which_and_how_to_get_it(secured: Any) -> None:
    settings = worker_settings(secured)
    connection = Connection.of(settings, {"KAFKA_PASSWORD": PASSWORD})
    admin = AdminClient({"bootstrap.servers": secured.address})
    optional = AclOperation.DESCRIBE_CONFIGS
    rights = [right for right in secured.rights if right.principal == "User:pharos"]
    assert len(rights) > 20
    asyncio.run(prepare_topics(settings, connection))

    for right in rights:
        (gone,) = admin.delete_acls([exactly(right)]).values()
        assert len(gone.result(20.0)) == 1
        expected = right.operation is not optional and not implied(right)
        try:
            said = refusal(settings, connection, expected=expected)
        finally:
            for made in admin.create_acls([right]).values():
                made.result(20.0)
        assert bool(said) is expected, f"{right}: {said}"
        if said:
            assert right.name in said
            assert "kafka-acls.sh --bootstrap-server" in said
            assert right.operation.name.title() in said
            assert PASSWORD not in said
    assert not refusal(settings, connection, expected=False)


def exactly(right: Any) -> AclBindingFilter:
    """What finds this ACL and no other."""
    fields = ("restype", "name", "resource_pattern_type", "principal", "host", "operation", "permission_type")
    return AclBindingFilter(*(getattr(right, field) for field in fields))


def implied(right: Any) -> bool:
    """Write holds Describe."""
    return right.operation is AclOperation.DESCRIBE


def refusal(settings: Settings, connection: Connection, *, expected: bool) -> str:
    """What a start says; ACLs take a moment to reach the broker, so what is expected is waited for."""
    deadline = time.monotonic() + (5.0 if expected else 1.0)
    said = ""
    while time.monotonic() < deadline:
        try:
            asyncio.run(prepare_topics(settings, connection))
            said = ""
        except TopicsError as error:
            said = str(error)
        if bool(said) is expected:
            return said
        time.sleep(0.1)
    return said


def test_a_sender_sends_and_a_subscriber_reads_with_the_rights_of_the_document(secured: Any) -> None:
    ca = str(secured.folder / "ca.pem")

    def client(user: str) -> Connection:
        return Connection(secured.address_of("SCRAM"), "SASL_SSL", "SCRAM-SHA-512", user, PASSWORD, ca)

    failures: list[Any] = []
    for user, topic in (("shop", "visits"), ("shop", "pharos-cells"), ("desk", "visits")):
        producer = confluent_kafka.Producer(client(user).for_librdkafka({"delivery.timeout.ms": 5_000}))
        producer.produce(topic, b"{}", on_delivery=lambda error, message: failures.append((message.topic(), error)))
        producer.flush(20.0)
    outcomes = [(topic, error and error.name()) for topic, error in failures]
    denied = "TOPIC_AUTHORIZATION_FAILED"
    assert outcomes == [("visits", None), ("pharos-cells", denied), ("visits", denied)]

    reader = confluent_kafka.Consumer(
        client("desk").for_librdkafka(
            {"group.id": "desk-1", "auto.offset.reset": "earliest", "enable.partition.eof": True}
        )
    )
    reader.subscribe(["pharos-anomalies"])
    message = reader.poll(30.0)
    reader.close()
    assert message is not None
    assert message.error() is None or message.error().name() == "_PARTITION_EOF"
