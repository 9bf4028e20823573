"""The scenario as a whole, on a small profile."""

from __future__ import annotations

import hashlib
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from streams.events.registry import DATA, TOPIC_OF_TYPE, TYPES
from streams.simulate import double11
from streams.simulate.scenarios import simulate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from streams.simulate.simulation import Simulation


@pytest.fixture(scope="module", autouse=True)
def _small() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    small = double11._Size(orders_per_minute=0.5, history_days=1, broken=12, foreign=6)
    patch.setitem(double11._SIZES, "demo", small)
    yield
    patch.undo()


@pytest.fixture(scope="module")
def simulation(_small: None) -> Simulation:
    return simulate("double11", 7, "demo")


@pytest.fixture(scope="module")
def records(simulation: Simulation) -> list[dict[str, Any]]:
    lines = simulation.lines()
    next(lines)
    return [msgspec.json.decode(line) for line in lines]


def whole(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Records without the broken and the foreign ones."""
    events = [record["event"] for record in records if isinstance(record["event"], dict)]
    return [event for event in events if not event.get("id", "broken").startswith(("broken", "foreign"))]


def test_the_same_seed_gives_the_same_bytes_and_another_gives_others() -> None:
    def digest(seed: int) -> str:
        made = hashlib.sha256()
        for line in islice(simulate("double11", seed, "demo").lines(), 0, 20_000):
            made.update(line.encode())
        return made.hexdigest()

    assert digest(3) == digest(3)
    assert digest(3) != digest(4)


def test_every_line_is_a_valid_event_of_its_topic_but_for_the_known_oddities(
    records: list[dict[str, Any]], simulation: Simulation
) -> None:
    good = whole(records)
    assert len(records) == simulation.events
    assert len(records) - len(good) == simulation.broken + simulation.foreign
    topics = {record["event"]["id"]: record["topic"] for record in records if "id" in record["event"]}
    for event in good:
        msgspec.convert(event, TYPES[event["type"]])
        assert TOPIC_OF_TYPE[event["type"]] == topics[event["id"]]
        assert set(event["data"]) <= set(DATA[event["type"]].__struct_fields__)


def test_lines_come_in_the_order_of_ingest_and_after_they_happened(records: list[dict[str, Any]]) -> None:
    times = [record["at"] for record in records]

    assert times == sorted(times)
    some = [record for record in records[::50] if record["event"] in whole([record])]
    assert all(record["event"]["time"] < record["at"] for record in some)


def test_source_and_id_repeat_only_in_copies_which_are_the_same_bytes(
    records: list[dict[str, Any]], simulation: Simulation
) -> None:
    seen = Counter(msgspec.json.encode(event) for event in whole(records))
    names = Counter((event["source"], event["id"]) for event in whole(records))

    assert sum(count - 1 for count in seen.values()) == pytest.approx(simulation.copies, abs=simulation.copies * 0.01)
    assert len(seen) == len(names)


def test_most_types_of_the_contract_occur(records: list[dict[str, Any]]) -> None:
    rare = {"dispute.closed", "dispute.opened", "parcel.lost", "parcel.damaged", "refund.retained", "refund.rejected"}

    assert set(TYPES) - {event["type"] for event in whole(records)} <= rare


def test_a_failing_payment_method_loses_what_its_size_says_and_others_nothing(
    simulation: Simulation, records: list[dict[str, Any]]
) -> None:
    truth = next(entry for entry in simulation.truth if entry["id"] == "payment")
    results: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for event in whole(records):
        if event["type"] in {"order.paid", "order.payment_failed"} and truth["start"] <= event["time"] < truth["end"]:
            hit = event["data"]["payment_method"] == truth["scope"]["payment_method"]
            results[hit][event["type"]] += 1

    failed = {hit: count["order.payment_failed"] / count.total() for hit, count in results.items()}
    assert failed[True] > 0.4
    assert failed[False] < 0.15


def test_a_stalled_carrier_hardly_moves_in_its_province(simulation: Simulation, records: list[dict[str, Any]]) -> None:
    truth = next(entry for entry in simulation.truth if entry["id"] == "carrier")
    inside = [
        event
        for event in whole(records)
        if event["type"] in {"parcel.collected", "parcel.scanned"}
        and truth["start"] <= event["time"] < truth["end"]
        and event["data"]["carrier"] == truth["scope"]["carrier"]
    ]

    stalled = sum(event["data"]["region"] == truth["scope"]["region"] for event in inside)
    assert len(inside) > 20
    assert stalled <= 0.1 * len(inside)


def test_a_file_and_its_truth_are_written(tmp_path: Path, simulation: Simulation) -> None:
    events, truth = tmp_path / "events.jsonl", tmp_path / "truth.json"

    simulation.write(events, truth)

    with events.open(encoding="utf-8") as file:
        assert msgspec.json.decode(file.readline())["scenario"] == simulation.scenario
        assert sum(1 for _ in file) == simulation.events
    assert msgspec.json.decode(truth.read_bytes()) == simulation.truth


def test_an_unknown_scenario_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(ValueError, match="double11"):
        simulate("double12", 1)
