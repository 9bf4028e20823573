"""Kills workers in the middle of everything, and then counts every cell against a direct computation."""

from __future__ import annotations

import asyncio
import json
import os
import platform
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from streams.catalogue.load import load as load_catalogue
from streams.settings.settings import Settings
from streams.transport.clients.topics import prepare_topics
from streams.transport.flush.flush import FailureReason
from tests.kafka.crash.comparison import Load, compare, truth_of
from tests.kafka.crash.crash_course import Size, run_course
from tests.kafka.crash.crash_sales import MAPPINGS
from tests.kafka.crash.feed import Feed, committed, create_sources, wait_for_the_desk
from tests.kafka.crash.fleet import CRASH_WORKER, Fleet

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.crash, pytest.mark.kafka]

SIZES = {
    "tiny": Size(workers=2, partitions=2, events=60_000, kills=3, dedup_records=2_000, stop_s=9.0, limit_s=240.0),
    "small": Size(workers=2, partitions=4, events=200_000, kills=5, dedup_records=2_000, stop_s=9.0, limit_s=400.0),
    "full": Size(
        workers=2, partitions=12, events=2_000_000, kills=20, dedup_records=20_000, stop_s=15.0, limit_s=1800.0
    ),
}
CELLS_PARTITIONS = 4
SEED = 20261111


@pytest.fixture
def broker(kafka_run: Any, tmp_path: Path) -> Iterator[Any]:
    """A Kafka of its own: it is restarted on the way."""
    kafka = kafka_run.KafkaBroker(0, tmp_path / "kafka")
    kafka.start()
    yield kafka
    kafka.stop()


def test_counts_and_anomalies_are_those_of_an_undisturbed_run(broker: Any, tmp_path: Path) -> None:
    name = os.environ.get("PHAROS_CRASH", "full")
    size = SIZES[name]
    settings = Settings(
        app="crash",
        broker=broker.address,
        time="events",
        dedup_records=size.dedup_records,
        cells_partitions=CELLS_PARTITIONS,
        session_timeout_s=6.0,
        heartbeat_interval_s=1.0,
        snapshot_interval_s=5.0,
        full_snapshot_interval_s=30.0,
        mappings=MAPPINGS,
        state_dir=str(tmp_path / "state"),
    )
    load = Load(SEED, size.events, size.partitions)
    create_sources(broker.address, size.partitions)
    asyncio.run(prepare_topics(settings))
    log = tmp_path / "workers.log"
    feed = Feed(broker.address, load, size.kills * 6.0 + 10.0)
    given = json.dumps({"settings": msgspec.to_builtins(settings), "partitions": size.partitions})
    fleet = Fleet([*CRASH_WORKER, given], log, size.workers)
    try:
        course = run_course(
            size, fleet, broker, lambda: committed(broker.address, "crash", size.partitions), SEED, _say
        )
        wait_for_the_desk(broker.address, "crash", CELLS_PARTITIONS, fleet)
    finally:
        ended_in = fleet.stop()
        told = log.read_text(errors="replace")
        if os.environ.get("PHAROS_CRASH_REPORT"):
            Path(os.environ["PHAROS_CRASH_REPORT"]).with_suffix(".log").write_text(told)
    feed.join()

    truth = truth_of(load, load_catalogue(), settings)
    comparison = compare(broker.address, truth, CELLS_PARTITIONS)
    report = {
        "size": name,
        **course,
        "kills_inside_a_flush": dict(Counter(re.findall(r"SIGKILL at step (\w+)", told))),
        "stopped_at": re.findall(r"SIGSTOP at step (\w+)", told) or "between flushes",
        "flushes_that_were_fenced": told.count(FailureReason.FENCED.value),
        "flushes_that_failed_otherwise": told.count(FailureReason.BROKER.value),
        "workers_ended_in_s": round(ended_in, 1),
        "events": size.events,
        **truth.outcomes,
        **comparison.report(),
    }
    _write_report(report, size)

    assert course["kills"] >= size.kills
    comparison.assert_equal()


def _say(text: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S} {text}", flush=True)


def _write_report(report: dict[str, Any], size: Size) -> None:
    rows = {
        "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "machine": f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, Kafka 4.4.0",
        "workers, partitions a topic": f"{size.workers}, {size.partitions}",
        **{key.replace("_", " "): value for key, value in report.items()},
    }
    lines = ["| | |", "|---|---|", *(f"| {key} | {value} |" for key, value in rows.items())]
    text = "\n".join(lines) + "\n"
    print(text)
    path = os.environ.get("PHAROS_CRASH_REPORT")
    if path:
        Path(path).write_text(text)
