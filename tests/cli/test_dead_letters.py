"""`pharos dead-letters` against the embedded broker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import confluent_kafka
import pytest

from streams.broker.embedded import EmbeddedBroker
from streams.cli import main
from streams.records.instant import rfc3339
from streams.settings.settings import Settings
from streams.topics.names import DEAD_LETTERS_TOPIC
from streams.topics.wanted import embedded_topics

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.embedded
START_MS = 1_762_790_400_000
MINUTE_MS = 60_000
VALUE = b'{"source":"/oms","data":{"order_id":"TB1","amount":"Wang Fang"}}'
VALUES = {"not_json": b"\xff\x1b[2J"}


@pytest.fixture(scope="module")
def broker() -> Iterator[str]:
    """Three dead letters of orders, one of them twice, one of visits, and a record that is none."""
    letters = [
        ("orders", 1, "wrong_field", "$.data.amount has the wrong type or range"),
        ("orders", 2, "wrong_field", "$.data.amount has the wrong type or range"),
        ("orders", 2, "wrong_field", "$.data.amount has the wrong type or range"),
        ("orders", 3, "not_json", "not UTF-8"),
        ("visits", 3, "missing_attribute", "$.data.session_id is missing"),
    ]
    with EmbeddedBroker(0, embedded_topics(Settings(cells_partitions=1), 2)) as running:
        producer = confluent_kafka.Producer({"bootstrap.servers": running.address})
        producer.produce(DEAD_LETTERS_TOPIC, b"of somebody else", timestamp=START_MS)
        for minute, (topic, offset, reason, detail) in enumerate(letters):
            named = {"reason": reason, "topic": topic, "partition": "0", "offset": str(offset), "detail": detail}
            headers = [(f"pharos-{name}", text.encode()) for name, text in named.items()]
            producer.produce(
                DEAD_LETTERS_TOPIC, VALUES.get(reason, VALUE), timestamp=START_MS + minute * MINUTE_MS, headers=headers
            )
        assert producer.flush(10.0) == 0
        yield running.address


def shown(broker: str, capsys: pytest.CaptureFixture[str], *flags: str) -> list[str]:
    assert main(["dead-letters", "--broker", broker, *flags]) == 0
    return capsys.readouterr().out.splitlines()


def test_reasons_are_counted_with_field_topic_producer_span_and_place(
    broker: str, capsys: pytest.CaptureFixture[str]
) -> None:
    head, first, *others = shown(broker, capsys)

    assert head.split("  ")[0] == "count"
    assert " ".join(first.split()) == (
        "2 wrong_field $.data.amount has the wrong type or range orders /oms"
        " 2025-11-10 16:00:00 2025-11-10 16:01:00 orders-0 offset 2"
    )
    assert [line.split()[1] for line in others] == ["missing_attribute", "not_json"]


def test_it_can_be_narrowed_by_topic_reason_and_time(broker: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(shown(broker, capsys, "--topic", "visits")) == 2
    assert len(shown(broker, capsys, "--reason", "not_json", "--topic", "orders")) == 2
    assert len(shown(broker, capsys, "--from", rfc3339(START_MS + 3 * MINUTE_MS))) == 3
    assert len(shown(broker, capsys, "--to", rfc3339(START_MS + MINUTE_MS))) == 2
    assert shown(broker, capsys, "--topic", "feedback") == ["no dead letters"]


def test_records_are_shown_without_their_values_unless_these_are_asked_for(
    broker: str, capsys: pytest.CaptureFixture[str]
) -> None:
    without = "\n".join(shown(broker, capsys, "--show", "2"))
    values = "\n".join(shown(broker, capsys, "--show", "3", "--values"))

    assert "visits-0 offset 3: missing_attribute, $.data.session_id is missing" in without
    assert "Wang Fang" not in without
    assert '"amount":"Wang Fang"' in values
    assert "\\xff" in values


def test_a_record_cannot_steer_the_terminal(broker: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "\x1b" not in "\n".join(shown(broker, capsys, "--show", "5", "--values"))


def test_values_alone_show_nothing_and_say_so(broker: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dead-letters", "--broker", broker, "--values"]) == 2
    assert "add --show 5" in capsys.readouterr().err
