"""`pharos journey` against the embedded broker."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import confluent_kafka
import orjson
import pytest

from streams.broker.embedded import EmbeddedBroker
from streams.cli import main
from streams.events.customer import CustomerKey
from streams.records.instant import rfc3339
from streams.settings.settings import Settings
from streams.topics.wanted import embedded_topics

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.embedded
START = 1_794_326_400_000  # 2026-11-11 00:00 in Shanghai
HOUR = 3_600_000
AT = ["--at", "2026-11-14T00:00:00+08:00"]


def event(kind: str, hours: float, **data: Any) -> bytes:
    name = f"{kind}-{hours}-{sorted(map(str, data.values()))}"
    time = rfc3339(START + round(hours * HOUR))
    return orjson.dumps({"specversion": "1.0", "id": name, "source": "/oms", "type": kind, "time": time, "data": data})


@pytest.fixture(scope="module")
def broker() -> Iterator[str]:
    """An order that the shop hands over too late, one of somebody else, a copy and garbage."""
    values = [
        ("orders", event("order.created", 0, order_id="TB1", store="flagship", amount=129.9, customer="ana")),
        ("orders", event("order.paid", 0.1, order_id="TB1", store="flagship")),
        ("orders", event("order.paid", 0.1, order_id="TB2", customer="bob")),
        ("orders", b"garbage of TB1"),
        ("logistics", event("parcel.scanned", 51, parcel_id="L1")),
        (
            "logistics",
            event("parcel.collected", 50.1, parcel_id="L1", order_id="TB1", paid_at=rfc3339(START + HOUR // 10)),
        ),
        ("logistics", event("parcel.scanned", 51, parcel_id="L1")),
        ("logistics", event("parcel.scanned", 51, parcel_id="L2")),
        ("visits", event("page.viewed", -1, session_id="S1", customer="ana")),
    ]
    with EmbeddedBroker(0, embedded_topics(Settings(cells_partitions=1), 2)) as running:
        producer = confluent_kafka.Producer({"bootstrap.servers": running.address})
        for number, (topic, value) in enumerate(values):
            producer.produce(topic, value, partition=number % 2, timestamp=START + number)
        assert producer.flush(10.0) == 0
        yield running.address


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    file = tmp_path / "key"
    file.write_text("a secret of this shop")
    return file


def test_an_order_is_told_with_its_parcel_and_its_deadlines(broker: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["journey", "TB1", "--broker", broker, *AT])
    out, err = capsys.readouterr()

    assert code == 0
    assert [line.split("  ")[1] for line in out.split("\n\n")[0].splitlines()] == [
        "order.created",
        "order.paid",
        "parcel.collected",
        "parcel.scanned",
    ]
    assert "collection within 48 h TB1: late, 2 h after it was due" in out
    assert "promised delivery L1: unknown, after 21 h 54 min, missing: promised_at" in out
    assert "4 events" in err
    assert "all records of that time were read" in err


def test_json_is_what_the_api_answers_and_shows_no_customer(broker: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["journey", "TB1", "--json", "--broker", broker, *AT])
    out = capsys.readouterr().out
    told = orjson.loads(out)

    assert code == 0
    assert [one["type"] for one in told["events"]][:2] == ["order.created", "order.paid"]
    assert {(row["name"], row["state"]) for row in told["deadlines"]} >= {("collection_24h", "late")}
    assert "ana" not in out


def test_a_customer_is_hashed_at_once_and_never_written(
    broker: str, key_file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("ana\n"))
    code = main(["journey", "--customer", "-", "--broker", broker, "--customer-key-file", str(key_file), *AT])
    out, err = capsys.readouterr()

    assert code == 0
    assert "page.viewed" in out.splitlines()[0]
    assert "5 events" in err
    assert "TB2" not in out
    assert "ana" not in out + err


def test_a_hash_is_printed_for_the_page_and_the_audit_log_without_a_broker(
    key_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--hash", "--broker", "localhost:1", "--customer-key-file", str(key_file)]
    assert main(["journey", "--customer", "ana", *given]) == 0
    customer = capsys.readouterr().out.strip()
    assert main(["journey", "TB1", *given]) == 0
    order = capsys.readouterr().out.strip()

    assert len(customer) == len(order) == 32
    assert customer != order
    assert customer != CustomerKey(b"a secret of this shop").hashed("ana")  # the file's secret is no key by itself


def test_on_an_embedded_broker_the_key_is_the_one_that_its_worker_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "customer.key").write_text("ab" * 32)
    hashes = []
    for given in (["--state-dir", str(tmp_path)], ["--customer-key-file", str(tmp_path / "customer.key")]):
        assert main(["journey", "--customer", "ana", "--hash", "--broker", "localhost:1", *given]) == 0
        hashes.append(capsys.readouterr().out)

    assert hashes[0] == hashes[1]


@pytest.mark.parametrize(
    ("flags", "why"), [(["--most", "2"], "too many events"), (["--records", "3"], "too many records")]
)
def test_what_stops_early_says_so(broker: str, flags: list[str], why: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["journey", "TB1", "--broker", broker, *AT, *flags])

    assert code == 1
    assert why in capsys.readouterr().err


def test_an_order_that_is_unknown_has_no_events(broker: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["journey", "TB9", "--broker", broker]) == 0
    assert capsys.readouterr().err.startswith("0 events")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "name one: an order, or a customer by --customer"),
        (["TB1", "--customer", "ana"], "name one"),
        (["TB1", "--days", "46"], "--days must be a number from 1 to 45"),
        (["TB1", "--at", "yesterday"], "--at: write RFC 3339"),
        (["x" * 201], "1 to 200 printable characters"),
        (["--customer", "ana"], "set customer_key_file"),
        (["--customer", ""], "the id is empty"),
        (["TB1", "--hash"], "set customer_key_file"),
    ],
)
def test_what_cannot_be_meant_is_said_with_the_remedy(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["journey", *arguments, "--broker", "localhost:1", "--state-dir", str(tmp_path)]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert "ana" not in err
