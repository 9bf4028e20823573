"""A worker that reads every shipped mapping, a declared type of event, and webhooks of five senders."""

from __future__ import annotations

import json
import os
import re
import urllib.request
from collections import Counter
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from confluent_kafka.admin import AdminClient, NewTopic

from streams.catalogue.load import SHIPPED, Catalogue, load
from streams.settings.mapping import MappingSettings, SignatureSettings
from tests.ingest.direct_computation import ms_of
from tests.ingest.mapped_direct import MappedDirect
from tests.kafka.crash.feed import ANY_TIME
from tests.kafka.support.counted_orders import Running, until
from tests.kafka.support.faults_bench import Bench

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.kafka.crash.crash_direct import Cell

FOLDERS = {folder.name: folder for folder in (Path(__file__).parents[2] / "mapping" / "golden").iterdir()}
SECRET = "shared by sender and shop"
SENDERS = ("shopify", "woocommerce", "aftership", "zendesk", "easypost")
DECLARED = """
events:
  - type: locker.opened
    topic: lockers
    fields: {locker_id: id, region: dimension, waited: seconds}
"""
COUNTS_DECLARED = """
  - {id: L1, name: lockers_opened, title: Opened lockers, touchpoint: logistics, unit: per_minute, signal: count,
     direction: both, minimum_effect: 0.3, minimum_exposure: 20, windows: [300, 900], scopes: [[], [region]],
     numerator: [{events: [locker.opened]}]}
"""


class Sample(NamedTuple):
    """A documented record and what must come of it. `timestamp_ms`: no event of it is ahead of that."""

    value: bytes
    events: list[dict[str, Any]]
    timestamp_ms: int


def samples(name: str) -> list[Sample]:
    """In the order of their newest events."""
    found = []
    for file in FOLDERS[name].glob("*.json"):
        if not file.name.endswith(".events.json"):
            events = json.loads(file.with_suffix(".events.json").read_bytes())
            newest = max((ms_of(event["time"]) for event in events), default=0)
            found.append(Sample(file.read_bytes(), events, newest + 1_000))
    return sorted(found, key=lambda sample: (sample.timestamp_ms, sample.value))


def topic_of(mapping: str) -> str:
    return f"golden.{mapping}"


class MappedShop:
    """One worker on topics of its own.

    Attributes:
        bench: its broker and settings.
        page: the address of its page.

    """

    def __init__(self, address: str, folder: Path) -> None:
        self.catalogue = load(_catalogue(folder))
        self.bench = Bench(address, folder, cells_partitions=1, mappings={}, evaluate_from="2030-01-01T00:00:00Z")
        _create(address, [*map(topic_of, FOLDERS), "lockers"])
        self.bench.settings = msgspec.structs.replace(
            self.bench.settings,
            timezone="Asia/Shanghai",
            mappings=_mappings(),
            catalogue=str(folder / "catalogue.yaml"),
        )
        os.environ["WEBHOOK_SECRET"] = SECRET
        try:
            self._worker = Running(self.bench)
        finally:
            del os.environ["WEBHOOK_SECRET"]
        until("the worker has a page", lambda: self._said_page() is not None or self._worker.process.poll() is not None)
        page = self._said_page()
        assert page is not None, self.bench.told()
        self.page = page

    def kill(self) -> None:
        self._worker.kill()

    def outcomes(self) -> dict[str, Counter[str]]:
        """How many records of each topic had which outcome, as /metrics says."""
        found: dict[str, Counter[str]] = {}
        for outcome, topic, count in re.findall(
            r'^pharos_records_total\{outcome="(\w+)",topic="([^"]+)"\} ([0-9.]+)$', self.metrics(), re.MULTILINE
        ):
            found.setdefault(topic, Counter())[outcome] += int(float(count))
        return {topic: +counts for topic, counts in found.items() if counts.total()}

    def metrics(self) -> str:
        with urllib.request.urlopen(f"{self.page}metrics", timeout=10.0) as answer:
            return str(answer.read().decode())

    def until_read(self, topic: str, records: int) -> Counter[str]:
        """Until so many records of a topic have an outcome. Returns how many had which."""
        until(f"{records} of {topic} are read", lambda: self.outcomes().get(topic, Counter()).total() >= records)
        return self.outcomes()[topic]

    def _said_page(self) -> str | None:
        said = re.search(r"page (http://\S+/)", self.bench.told())
        return said and said[1]


class Expected:
    """What the samples of one mapping must come to in one partition, computed from the events beside them."""

    def __init__(self, name: str, catalogue: Catalogue) -> None:
        self._samples = samples(name)
        by_value = {sample.value: sample.events for sample in self._samples}
        self._direct = MappedDirect(
            catalogue.metrics, topic_of(name), 2_000, 30_000, 7_200_000, lambda value: by_value[value]
        )

    @cached_property
    def twice(self) -> list[Sample]:
        return [*self._samples, *self._samples]

    def count(self) -> tuple[Counter[str], Iterator[tuple[Cell, int]]]:
        """Outcomes, and cells by minutes."""
        outcomes = Counter(
            self._direct._outcome(offset, sample.timestamp_ms, sample.value) for offset, sample in enumerate(self.twice)
        )
        return outcomes, (
            ((metric, component, number, values, slot // 6), amount)
            for (metric, (number, values), component, slot, _), amount in self._direct.cells.items()
        )


def _mappings() -> dict[str, MappingSettings]:
    signed = SignatureSettings(secret_env="WEBHOOK_SECRET")
    return {
        name: MappingSettings(
            topics=(topic_of(name),), intake=name in SENDERS, signature=signed if name in SENDERS else None
        )
        for name in FOLDERS
    }


def _catalogue(folder: Path) -> Path:
    """The shipped one, with a type of event declared, and counted."""
    path = folder / "catalogue.yaml"
    path.write_text(DECLARED + SHIPPED.read_text() + COUNTS_DECLARED)
    return path


def _create(address: str, topics: list[str]) -> None:
    admin = AdminClient({"bootstrap.servers": address})
    for made in admin.create_topics([NewTopic(topic, 1, 1, config=ANY_TIME) for topic in topics]).values():
        made.result(30.0)
