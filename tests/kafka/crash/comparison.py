"""What a run on Kafka left behind, compared cell by cell and anomaly by anomaly with what it must be."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import confluent_kafka

from streams.cells.record import decode
from streams.offline.backtest import Backtest
from streams.offline.events_file import Line
from streams.offline.report import final_anomalies
from streams.records.anomaly import Change
from streams.records.anomaly_event import decode as decode_transition
from tests.kafka.crash.crash_cases import terms_of
from tests.kafka.crash.crash_direct import DirectCount
from tests.kafka.crash.crash_load import SPAN_MS, START_MS, load
from tests.kafka.support.kafka_reading import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from streams.catalogue.load import Catalogue
    from streams.records.anomaly import Transition
    from streams.settings.settings import Settings
    from tests.kafka.crash.crash_cases import Cell
    from tests.kafka.crash.crash_load import Sent

COMPARED_TO_MS = START_MS + SPAN_MS - 120_000  # a live run ends by promises, and later


class Load(NamedTuple):
    """Which records: the same three numbers give the same ones."""

    seed: int
    events: int
    partitions: int

    def records(self) -> Iterator[Sent]:
        return load(*self)


class Truth(NamedTuple):
    """What must come out.

    Attributes:
        cells: by (metric, component, scope, minute), from a direct computation that shares no code with the ingest.
        outcomes: how many records count, are late, are duplicates ...
        anomalies: of an undisturbed run in one loop without a broker.
        of_cases: of the cells, how many are of metrics in which events of one case meet.

    """

    cells: Counter[Cell]
    outcomes: Counter[str]
    anomalies: frozenset[tuple[Any, ...]]
    of_cases: int


def truth_of(wanted: Load, catalogue: Catalogue, settings: Settings) -> Truth:
    """From the records themselves; no broker is asked."""
    direct = DirectCount(catalogue, settings.dedup_records)
    direct.add_all(wanted.records())
    run = Backtest(catalogue, settings, wanted.partitions)
    for record in wanted.records():
        run.add(Line(record.topic, record.value, record.timestamp_ms, None, record.name))  # type: ignore[arg-type]
    run.finish()
    cells = direct.total()
    follow = {metric.key() for metric, _, _ in terms_of(catalogue)}
    of_cases = sum(metric in follow for metric, *_ in cells)
    return Truth(cells, direct.outcomes, anomalies_of(run.transitions), of_cases)


class Comparison(NamedTuple):
    """What differs.

    Attributes:
        values: how many were compared.
        of_cases: how many of them are of metrics in which events of one case meet.
        differing: cells whose sum is not the right one.
        missing: how much they lack together; negative where too much was counted.
        expected, published: anomalies that must be there, and that are.
        transitions: how many were published; `repeated` how many of them under an id that was there before.
        opened_twice: fingerprints that were opened while open, for a subscriber that drops repeated ids.

    """

    values: int
    of_cases: int
    differing: list[Cell]
    missing: int
    expected: frozenset[tuple[Any, ...]]
    published: frozenset[tuple[Any, ...]]
    transitions: int
    repeated: int
    opened_twice: list[str]

    def report(self) -> dict[str, int]:
        return {
            "values_compared": self.values,
            "values_of_cases": self.of_cases,
            "values_differing": len(self.differing),
            "anomalies_of_an_undisturbed_run": len(self.expected),
            "anomalies_differing": len(self.expected ^ self.published),
            "transitions": self.transitions,
            "transitions_repeated": self.repeated,
            "opened_twice": len(self.opened_twice),
        }

    def assert_equal(self, *, told_again: bool = False) -> None:
        """Every value, every anomaly, and each opened once; `told_again`: ids may come twice, as in at-least-once."""
        assert self.differing[:5] == [], f"{len(self.differing)} of {self.values} values differ, {self.missing} missing"
        assert self.expected, "the load holds an incident"
        assert sorted(self.published - self.expected) == sorted(self.expected - self.published) == []
        assert self.repeated == 0 or told_again
        assert self.opened_twice == []


def compare(address: str, truth: Truth, cells_partitions: int) -> Comparison:
    """Reads what is committed in pharos-cells and pharos-anomalies."""
    found = read_cells(address, cells_partitions)
    wanted = truth.cells
    differing = sorted(cell for cell in wanted.keys() | found.keys() if wanted[cell] != found[cell])
    transitions = [decode_transition(message.value()) for message in visible(address, "pharos-anomalies")]
    return Comparison(
        len(wanted.keys() | found.keys()),
        truth.of_cases,
        differing,
        sum(wanted[cell] - found[cell] for cell in differing),
        truth.anomalies,
        anomalies_of(transitions),
        len(transitions),
        len(transitions) - len({transition.id for transition in transitions}),
        opened_twice(transitions),
    )


def anomalies_of(transitions: Iterable[Transition]) -> frozenset[tuple[Any, ...]]:
    """What must agree, up to the time to which both have come."""
    compared = [transition for transition in transitions if transition.time <= COMPARED_TO_MS]
    return frozenset(
        tuple(anomaly[name] for name in ("fingerprint", "started_at", "detected_at", "ended_at", "severity"))
        for anomaly in final_anomalies(compared)
    )


def opened_twice(transitions: Iterable[Transition]) -> list[str]:
    """Fingerprints opened while open, by ids seen for the first time."""
    seen, are_open = set[str](), set[str]()
    twice = []
    for transition in transitions:
        fingerprint = transition.anomaly.fingerprint
        if transition.id in seen:
            continue
        seen.add(transition.id)
        if transition.change is Change.OPENED:
            twice += [fingerprint] if fingerprint in are_open else []
            are_open.add(fingerprint)
        elif transition.change is Change.RESOLVED:
            are_open.discard(fingerprint)
    return twice


def read_cells(address: str, partitions: int) -> Counter[Cell]:
    """Sums of all committed records of pharos-cells, without those that came to nothing."""
    consumer = confluent_kafka.Consumer(
        {"bootstrap.servers": address, "group.id": "reader", "isolation.level": "read_committed",
         "auto.offset.reset": "earliest", "enable.partition.eof": True, "log_level": 0}
    )  # fmt: skip
    consumer.assign([confluent_kafka.TopicPartition("pharos-cells", number, 0) for number in range(partitions)])
    cells: Counter[Cell] = Counter()
    ends = set[int]()
    while len(ends) < partitions:
        message = consumer.poll(30.0)
        assert message is not None, "pharos-cells does not end"
        if message.error() is not None:
            assert message.error().code() == confluent_kafka.KafkaError._PARTITION_EOF
            ends.add(message.partition())
            continue
        for metric in decode(message.value()).metrics:
            scopes = metric.scopes
            for scope, component, slot, value in zip(
                metric.scope, metric.component, metric.slot, metric.value, strict=True
            ):
                number, values = scopes[scope]
                cells[metric.metric, component, number, values, slot // 6] += value
    consumer.close()
    return Counter({cell: value for cell, value in cells.items() if value})
