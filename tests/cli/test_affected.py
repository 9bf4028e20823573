"""`pharos affected` against the embedded broker."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING, Any

import confluent_kafka
import orjson
import pytest

from streams.broker.embedded import EmbeddedBroker
from streams.cli import main
from streams.records.anomaly import Change, Transition
from streams.records.anomaly_event import encode, key
from streams.records.instant import rfc3339
from streams.settings.settings import Settings
from streams.topics.wanted import embedded_topics
from tests.support.sample_anomaly import sample_anomaly

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.embedded
START = 1_794_326_400_000
MINUTE = 60_000


def event(number: int, time: int, kind: str = "order.payment_failed", **data: Any) -> bytes:
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": str(number),
            "source": "/oms",
            "type": kind,
            "time": rfc3339(time),
            "data": {"order_id": f"TB{number}", "payment_method": "alipay", **data},
        }
    )


@pytest.fixture(scope="module")
def broker() -> Iterator[str]:
    """Ten failed payments, one in each minute from START on, two that succeeded, a copy, strangers and garbage."""
    anomaly = sample_anomaly(
        rfc3339(START + MINUTE), rfc3339(START + 2 * MINUTE), scope={"payment_method": "alipay"}, window_s=60,
        ended_at=rfc3339(START + 6 * MINUTE), state="resolved",
    )  # fmt: skip
    transition = Transition("t", Change.RESOLVED, START + 6 * MINUTE, anomaly)
    with EmbeddedBroker(0, embedded_topics(Settings(cells_partitions=1), 2)) as running:
        producer = confluent_kafka.Producer({"bootstrap.servers": running.address})
        values = [event(number, START + number * MINUTE) for number in range(10)]
        values += [b"garbage", values[3], b"{}", event(20, START + MINUTE, payment_method="wechat")]
        values += [event(number, START + MINUTE, "order.paid") for number in (30, 31)]
        for number, value in enumerate(values):
            producer.produce("orders", value, partition=number % 2, timestamp=START + min(number, 9) * MINUTE)
        producer.produce("pharos-anomaly-state", encode(transition), key=key(transition))
        assert producer.flush(10.0) == 0
        yield running.address


def orders(text: str) -> list[str]:
    return sorted(orjson.loads(line)["order_id"] for line in text.splitlines())


def test_it_writes_the_orders_of_the_anomaly_once_each(broker: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["affected", "f1", "--broker", broker])
    out, err = capsys.readouterr()

    assert code == 0
    assert orders(out) == ["TB0", "TB1", "TB2", "TB3", "TB30", "TB31", "TB4", "TB5"]
    line = next(orjson.loads(line) for line in out.splitlines() if '"TB3"' in line)
    assert line == {
        "order_id": "TB3",
        "event": "order.payment_failed",
        "time": rfc3339(START + 3 * MINUTE),
        "parts": ["denominator"],
        "topic": "orders",
        "partition": 1,
        "offset": 1,
    }
    assert "all records of that time were read" in err


def test_time_and_part_can_be_narrowed_and_a_file_is_its_owners(
    broker: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "orders.jsonl"
    times = ["--from", rfc3339(START + MINUTE), "--to", rfc3339(START + 2 * MINUTE)]
    code = main(["affected", "f1", "--broker", broker, "--out", str(file), "--part", "numerator", *times])

    assert code == 0
    assert orders(file.read_text()) == ["TB30", "TB31"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(("flags", "why"), [(["--most", "2"], "--most"), (["--records", "3"], "--records")])
def test_what_stops_early_says_so(broker: str, flags: list[str], why: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["affected", "f1", "--broker", broker, *flags])
    out, err = capsys.readouterr()

    assert code == 1
    assert why in err
    assert 0 < len(out.splitlines()) <= 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["none"], "take the fingerprint from the board"),
        (["f1", "--from", "yesterday"], "RFC 3339"),
        (["f1", "--from", "2030-01-01T00:00:00Z"], "--from must be before --to"),
        (["f1", "--most", "0"], "--most must be a number from 1"),
    ],
)
def test_what_cannot_be_meant_is_said_with_the_remedy(
    broker: str, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["affected", *arguments, "--broker", broker]) == 2
    assert said in capsys.readouterr().err


SETTINGS = """\
mappings:
  till:
    topics: [shop.till]
    events:
      - type: order.payment_failed
        id: "text(nr)"
        source: "'/till'"
        time: at
        data: {order_id: "text(nr)", payment_method: "'alipay'"}
"""


def test_orders_of_a_mapped_topic_are_found_too(
    broker: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "pharos.yaml"
    config.write_text(SETTINGS, encoding="utf-8")
    producer = confluent_kafka.Producer({"bootstrap.servers": broker})
    for number, value in enumerate([{"nr": 77, "at": rfc3339(START + MINUTE)}, {"nr": "?"}]):
        producer.produce("shop.till", orjson.dumps(value), partition=0, timestamp=START + number * MINUTE)
    assert producer.flush(10.0) == 0

    assert main(["affected", "f1", "--broker", broker, "--config", str(config)]) == 0
    assert {"77", "TB3"} <= set(orders(capsys.readouterr().out))
