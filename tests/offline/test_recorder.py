"""Reading the source topics of a broker, and the command around it, on the embedded broker."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import confluent_kafka
import orjson
import pytest

from streams.broker.connection import Connection
from streams.broker.embedded import EmbeddedBroker
from streams.cli import main
from streams.offline.events_file import read
from streams.offline.recorder import Recorder
from streams.offline.replay import Never
from streams.records.instant import rfc3339
from streams.settings.settings import SOURCE_TOPICS, Settings
from streams.topics.wanted import embedded_topics

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from streams.offline.headway import Stop

pytestmark = pytest.mark.embedded
START_MS = 1_762_790_400_000
COUNT = 3_000


@pytest.fixture(scope="module")
def broker() -> Iterator[str]:
    """Three thousand records, a second apart, in turns over two topics of two partitions; the last one is no JSON."""
    with EmbeddedBroker(0, embedded_topics(Settings(cells_partitions=1), 2)) as running:
        producer = confluent_kafka.Producer({"bootstrap.servers": running.address, "linger.ms": 5})
        for number in range(COUNT):
            topic, partition = ("orders", "visits")[number % 2], number // 2 % 2
            value = b"\xff" if number == COUNT - 1 else orjson.dumps({"id": str(number), "subject": f"TB{number}"})
            producer.produce(topic, value, partition=partition, timestamp=START_MS + number * 1000)
        assert producer.flush(10.0) == 0
        yield running.address


def recorder(broker: str, begins: int | None = None, ends: int | None = None, room: int = 1 << 20) -> Recorder:
    return Recorder(Connection(broker), "pharos", SOURCE_TOPICS, begins, ends, by_time=False, room_bytes=room)


def times(recording: Recorder, stop: Stop | None = None) -> list[int]:
    with recording:
        return [turn.at_ms for turn in recording.turns(stop or Never())]


def test_all_records_come_in_the_order_of_their_time(broker: str) -> None:
    assert times(recorder(broker)) == [START_MS + number * 1000 for number in range(COUNT)]


def test_little_room_changes_nothing(broker: str) -> None:
    assert times(recorder(broker, room=1)) == [START_MS + number * 1000 for number in range(COUNT)]


def test_a_span_has_its_beginning_and_not_its_end(broker: str) -> None:
    assert times(recorder(broker, START_MS + 10_000, START_MS + 20_000)) == [
        START_MS + number * 1000 for number in range(10, 20)
    ]


def test_a_span_in_which_nothing_came_has_no_records(broker: str) -> None:
    assert times(recorder(broker, START_MS - 20_000, START_MS)) == []


def test_who_asks_to_stop_gets_what_was_read(broker: str) -> None:
    class AtOnce(Never):
        def is_set(self) -> bool:
            return True

    assert times(recorder(broker), AtOnce()) == []


def test_the_command_writes_a_file_for_its_owner_which_gives_the_records_back(
    broker: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "day.jsonl.gz"
    code = main(
        ["record", "--broker", broker, "--out", str(file), "--topics", "orders,visits", "--from", rfc3339(START_MS)]
    )

    scenario, lines = read(file)
    found = list(lines)
    assert code == 0
    assert scenario["partitions"] == {"orders": 2, "visits": 2}
    assert len(found) == COUNT
    assert [line.partition(2) for line in found[:4]] == [0, 0, 1, 1]
    assert found[-1].event == b"\xff"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert f"done: {COUNT:,} records" in capsys.readouterr().err


def test_a_masked_file_has_no_id_of_an_order_and_the_same_partitions(broker: str, tmp_path: Path) -> None:
    plain, masked = tmp_path / "plain.jsonl", tmp_path / "masked.jsonl"
    assert main(["record", "--broker", broker, "--out", str(plain)]) == 0
    assert main(["record", "--broker", broker, "--out", str(masked), "--mask"]) == 0

    assert b"TB" in plain.read_bytes()
    assert b"TB" not in masked.read_bytes()
    assert [line.partition(2) for line in read(masked)[1]] == [line.partition(2) for line in read(plain)[1]]


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--topics", "order"], 'order is no source topic; did you mean "orders"?'),
        (["--topics", ","], "--topics names nothing"),
        (["--from", "yesterday"], "--from: write RFC 3339"),
        (["--from", rfc3339(START_MS), "--to", rfc3339(START_MS)], "--from must be before --to"),
        (["--out", "/nowhere/day.jsonl"], "there is no folder /nowhere"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_read(
    broker: str, tmp_path: Path, flags: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["record", "--broker", broker, "--out", str(tmp_path / "day.jsonl"), *flags]) == 2
    assert said in capsys.readouterr().err
