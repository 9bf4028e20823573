"""What `pharos record` writes of a cluster gives in a backtest what the worker published there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from streams.broker.connection import Connection
from streams.broker.make_topics import ensure_topics
from streams.cli import main
from streams.offline.backtest import Backtest
from streams.offline.events_file import Line, read
from streams.offline.scenario import partitions_of
from streams.settings.settings import SOURCE_TOPICS
from tests.support.shop_evening import PARTITIONS, Evening, assert_worth_comparing, settings_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.shop_evening import Told

pytestmark = pytest.mark.kafka


@pytest.fixture
def own_kafka(kafka_run: Any, tmp_path: Path) -> Iterator[str]:
    """A broker for one test: the names of the source topics are fixed."""
    broker = kafka_run.KafkaBroker(0, tmp_path / "kafka")
    broker.start()
    ensure_topics(Connection(broker.address), dict.fromkeys(SOURCE_TOPICS, PARTITIONS))
    yield broker.address
    broker.stop()


def unruly(lines: list[Line]) -> list[Line]:
    """As producers are: some records lie where no key says, come twice, have no value or hold what is no JSON."""
    found: list[Line] = []
    for number, line in enumerate(lines):
        other = 1 - line.partition(PARTITIONS)
        sent = line._replace(key=None, placed=other) if number % 7 == 0 else line
        found.append(sent)
        if number % 211 == 0:
            found.append(sent)
        if number % 499 == 0:
            found += [line._replace(event=None), line._replace(event=b"\xff{", key=b"\xfe\x00", name=b"\xfe\x00")]
        if number % 997 == 0:
            found.append(line._replace(event=line.event and line.event.replace(b',"', b',\n  "')))
    return found


async def test_a_backtest_of_a_recording_gives_what_the_worker_published(own_kafka: str, tmp_path: Path) -> None:
    evening = Evening()
    evening.lines = unruly(evening.lines)
    settings = settings_for(evening, own_kafka, str(tmp_path / "state"), transactions=True)
    published, outcomes = await evening.live(settings, 0.0, 120.0)
    assert_worth_comparing(published)
    assert {"dead_letter", "duplicate", "ignored"} <= {name for name, count in outcomes.items() if count}

    assert backtested(own_kafka, tmp_path / "plain.jsonl.gz", evening) == (published, outcomes)
    assert backtested(own_kafka, tmp_path / "masked.jsonl", evening, "--mask") == (published, outcomes)
    assert b'"TB' not in (tmp_path / "masked.jsonl").read_bytes()


def backtested(broker: str, file: Path, evening: Evening, *flags: str) -> tuple[list[Told], dict[str, int]]:
    """What a recording of all topics comes to."""
    assert main(["record", "--broker", broker, "--out", str(file), *flags]) == 0
    scenario, lines = read(file)
    run = Backtest(evening.catalogue, evening.settings, partitions_of(scenario, SOURCE_TOPICS, None, str(file)))
    for line in lines:
        run.add(line)
    run.finish()
    return evening.told(run.transitions), {outcome.value: count for outcome, count in run.outcomes().items()}
