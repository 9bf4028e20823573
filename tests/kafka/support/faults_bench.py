"""The bench of the fault tests: a broker with topics, settings small enough to wait for, and the workers' log."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from typing import TYPE_CHECKING, Any

import msgspec
from confluent_kafka.admin import AdminClient

from streams.settings.settings import ReceiverSettings, Settings
from streams.transport.clients.topics import prepare_topics
from tests.kafka.crash.comparison import Comparison, Load, Truth, compare
from tests.kafka.crash.crash_sales import MAPPINGS
from tests.kafka.crash.feed import create_sources, wait_for_commits, wait_for_the_desk
from tests.kafka.crash.fleet import FAULTY_WORKER, Fleet

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CELLS_PARTITIONS = 2
LIMIT_S = 300.0  # for what takes half a minute on an idle machine
LOAD = Load(seed=20261125, events=40_000, partitions=2)

_numbers = itertools.count()


def fault_settings(broker: str, folder: Path, **changed: Any) -> Settings:
    """Short sessions and frequent snapshots."""
    key = folder / "customer.key"
    key.write_text("a secret of the shop")
    settings = Settings(
        app=f"faults-{next(_numbers)}",
        broker=broker,
        time="events",
        dedup_records=2_000,
        cells_partitions=CELLS_PARTITIONS,
        session_timeout_s=6.0,
        heartbeat_interval_s=1.0,
        snapshot_interval_s=3.0,
        full_snapshot_interval_s=15.0,
        idle_after_s=2.0,
        mappings=MAPPINGS,
        state_dir=str(folder / "state"),
        customer_key_file=str(key),
        receivers=(ReceiverSettings(name="console", kind="console"),),
    )
    return msgspec.structs.replace(settings, **changed)


class Bench:
    """One cluster with fresh topics of Pharos on it, and a group of its own.

    Attributes:
        settings: of the workers to come.
        log: what all workers wrote.

    """

    def __init__(self, address: str, folder: Path, copies: int = 1, **changed: Any) -> None:
        self.address = address
        self.settings = fault_settings(address, folder, **changed)
        self.log = folder / "workers.log"
        self._folder = folder
        _delete_topics(address)
        create_sources(address, LOAD.partitions, copies)
        asyncio.run(prepare_topics(self.settings))

    @property
    def group(self) -> str:
        return self.settings.app

    def config(self, name: str = "pharos", **changed: Any) -> Path:
        """A file of settings for `pharos worker --config`."""
        path = self._folder / f"{name}.yaml"
        path.write_text(json.dumps(msgspec.to_builtins(msgspec.structs.replace(self.settings, **changed))))
        return path

    def fleet(self, workers: int, environment: Mapping[str, str] | None = None, **changed: Any) -> Fleet:
        """Workers that come back whenever they end."""
        return Fleet([*FAULTY_WORKER, self.config(**changed)], self.log, workers, environment)

    def wait_for(self, fleet: Fleet, events: int, limit_s: float = LIMIT_S) -> int:
        """Until so many records are waiting. Returns how many."""
        return wait_for_commits(self.address, self.group, LOAD, fleet, limit_s, events=events)

    def finish(self, fleet: Fleet, limit_s: float = LIMIT_S) -> None:
        """Until all of `LOAD` is counted and judged."""
        wait_for_commits(self.address, self.group, LOAD, fleet, limit_s)
        wait_for_the_desk(self.address, self.group, CELLS_PARTITIONS, fleet, limit_s)

    def compare(self, truth: Truth) -> Comparison:
        comparison = compare(self.address, truth, CELLS_PARTITIONS)
        print(", ".join(f"{name.replace('_', ' ')} {number}" for name, number in comparison.report().items()))
        return comparison

    def told(self) -> str:
        """What the workers wrote."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""


def _delete_topics(address: str) -> None:
    """What a test before left; the broker's own topics stay."""
    admin = AdminClient({"bootstrap.servers": address})
    for gone in admin.delete_topics(_topics(admin)).values() if _topics(admin) else ():
        gone.result(20.0)
    deadline = time.monotonic() + 20.0
    while _topics(admin):
        assert time.monotonic() < deadline, "topics cannot be deleted"
        time.sleep(0.1)


def _topics(admin: AdminClient) -> list[str]:
    return [name for name in admin.list_topics(timeout=10.0).topics if not name.startswith("__")]
