"""The scenario as a whole, on a small profile."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import datetime, timedelta
from itertools import islice
from statistics import mean, median, stdev
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from streams.catalogue.calendar_rules import check_entry
from streams.events.customer import CustomerKey
from streams.events.vocabulary import SHIPPED
from streams.scenarios.named import simulate
from streams.settings.calendar import CalendarEntry
from streams.simulate import double11
from streams.simulate.plan import QUIET
from streams.simulate.rhythm import MINUTE_MS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from streams.simulate.simulation import Simulation


HOUR = timedelta(hours=1)


@pytest.fixture(scope="module", autouse=True)
def _small() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    small = double11._Size(2.0, 0.3, 3, QUIET[0] - 5, 20 * MINUTE_MS, broken=12, foreign=6)
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
        msgspec.convert(event, SHIPPED.types[event["type"]], dec_hook=CustomerKey().decode)
        assert SHIPPED.topic_of[event["type"]] == topics[event["id"]]
        assert set(event["data"]) <= set(SHIPPED.data[event["type"]].__struct_fields__)


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
    rare = {
        *("dispute.closed", "dispute.opened", "parcel.lost", "parcel.damaged", "refund.retained", "refund.rejected"),
        *("promise.withdrawn", "case.reopened"),
        *("alert.fired", "alert.resolved"),  # the shop has no monitoring of its own
    }

    assert set(SHIPPED.types) - {event["type"] for event in whole(records)} <= rare


def truth_of(simulation: Simulation, kind: str) -> dict[str, Any]:
    return next(entry for entry in simulation.truth if entry["id"] == kind)


def during(records: list[dict[str, Any]], truth: dict[str, Any], *kinds: str) -> list[dict[str, Any]]:
    """`data` of the events of some types within an incident, copies left out."""
    events = {event["id"]: event for event in whole(records) if event["type"] in kinds}
    return [event["data"] | event for event in events.values() if truth["start"] <= event["time"] < truth["end"]]


def test_a_failing_payment_method_loses_what_its_size_says_and_others_nothing(
    simulation: Simulation, records: list[dict[str, Any]]
) -> None:
    truth = truth_of(simulation, "payment")
    results: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for event in during(records, truth, "order.paid", "order.payment_failed"):
        results[event["payment_method"] == truth["scope"]["payment_method"]][event["type"]] += 1

    failed = {hit: count["order.payment_failed"] / count.total() for hit, count in results.items()}
    assert failed[True] > 0.35
    assert failed[False] < 0.15


def test_a_stalled_carrier_hardly_moves_in_two_provinces(simulation: Simulation, records: list[dict[str, Any]]) -> None:
    truth = truth_of(simulation, "carrier")
    regions = {symptom["scope"]["region"] for symptom in truth["symptoms"]}
    inside = [
        event
        for event in during(records, truth, "parcel.collected", "parcel.scanned")
        if event["carrier"] == truth["scope"]["carrier"]
    ]

    assert len(regions) == 2
    assert len(inside) > 10
    assert sum(event["region"] in regions for event in inside) <= 0.1 * len(inside)


def test_a_closed_warehouse_hands_over_nothing_and_its_parcels_under_way_move_on(
    simulation: Simulation, records: list[dict[str, Any]]
) -> None:
    truth = truth_of(simulation, "warehouse")
    moved: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for event in during(records, truth, "parcel.collected", "parcel.scanned"):
        moved[event["warehouse"] == truth["scope"]["warehouse"]][event["type"]] += 1

    assert moved[False]["parcel.collected"] > 20
    assert moved[True]["parcel.collected"] < 0.1 * moved[False]["parcel.collected"]
    assert moved[True]["parcel.scanned"] > 0.2 * moved[False]["parcel.scanned"]


def test_questions_about_a_wrong_coupon_begin_with_it_to_the_second(
    simulation: Simulation, records: list[dict[str, Any]]
) -> None:
    truth = truth_of(simulation, "coupon")
    start, end = (datetime.fromisoformat(truth[key]) for key in ("start", "end"))
    asked = [
        (datetime.fromisoformat(event["time"]) - start).total_seconds()
        for event in whole(records)
        if event["type"] == "consultation.opened" and event["data"]["intent"] == "coupon"
    ]
    first, before = (sum(low <= second < low + 60 for second in asked) for low in (0, -60))

    assert first > 2 * before
    last = (end - start).total_seconds()
    assert sum(last - 60 <= second < last for second in asked) > 2 * sum(last <= second < last + 60 for second in asked)


def test_a_slow_page_takes_longer_and_the_others_do_not(simulation: Simulation, records: list[dict[str, Any]]) -> None:
    truth = truth_of(simulation, "page")
    times: dict[bool, list[float]] = {True: [], False: []}
    for event in during(records, truth, "page.viewed"):
        times[event["page"] == truth["scope"]["page"]].append(event["load_time"])

    assert median(times[True]) > 2 * median(times[False])
    assert median(times[False]) == pytest.approx(1.0, abs=0.15)


def test_checkouts_fail_on_one_device(simulation: Simulation, records: list[dict[str, Any]]) -> None:
    truth = truth_of(simulation, "checkout")
    ends = during(records, truth, "checkout.failed", "checkout.completed")
    failed: dict[bool, list[bool]] = {True: [], False: []}
    for event in ends:
        failed[event["device"] == truth["scope"]["device"]].append(event["type"] == "checkout.failed")

    assert sum(failed[True]) > 0.2 * len(failed[True])
    assert sum(failed[False]) < 0.1 * len(failed[False])


def test_a_bad_batch_comes_back_with_its_reason_and_number(
    simulation: Simulation, records: list[dict[str, Any]]
) -> None:
    truth = truth_of(simulation, "batch")
    spoilt = [event for event in during(records, truth, "refund.requested") if event["batch"] == "B9"]

    assert len(spoilt) > 5  # of a shop so small
    assert {event["sku"] for event in spoilt} == {truth["scope"]["sku"]}
    assert {event["reason"] for event in spoilt} == {"damaged"}


def test_automatic_refunds_are_done_by_hand_while_they_are_broken(
    simulation: Simulation, records: list[dict[str, Any]]
) -> None:
    truth = truth_of(simulation, "refunds")
    asked = during(records, truth, "refund.requested")
    automatic = [event for event in asked if event["kind"] == "refund_only" and event["automatic"]]

    assert len([event for event in asked if event["kind"] == "refund_only"]) > 5
    assert len(automatic) <= 0.3 * len(asked)


def test_a_silent_source_says_nothing_and_hands_in_afterwards(
    simulation: Simulation, records: list[dict[str, Any]]
) -> None:
    truth = truth_of(simulation, "silent")
    mine = [record for record in records if record["topic"] == truth["scope"]["topic"]]
    told = [record for record in mine if record["event"] in whole([record])]

    assert not [record for record in told if truth["start"] <= record["at"] < truth["end"]]
    late = [r for r in told if truth["start"] <= r["event"]["time"] < truth["end"] <= r["at"]]
    assert len(late) > 20


def test_an_erratic_carrier_delivers_as_many_parcels_as_old_on_average_and_more_of_them_young_or_old(
    simulation: Simulation, records: list[dict[str, Any]]
) -> None:
    truth = truth_of(simulation, "erratic")
    ages: dict[bool, list[float]] = {True: [], False: []}
    for event in during(records, truth, "parcel.delivered"):
        hours = (datetime.fromisoformat(event["time"]) - datetime.fromisoformat(event["collected_at"])) / HOUR
        ages[event["carrier"] == truth["scope"]["carrier"]].append(hours)

    assert stdev(ages[True]) > 1.4 * stdev(ages[False])
    assert mean(ages[True]) == pytest.approx(mean(ages[False]), rel=0.25)


def test_the_order_system_sends_the_minutes_before_again(simulation: Simulation, records: list[dict[str, Any]]) -> None:
    trap = truth_of(simulation, "resend-order")
    ids = Counter(
        record["event"]["id"] for record in records if record["topic"] == "orders" and "id" in record["event"]
    )
    resent = {
        record["event"]["id"]
        for record in records
        if record["topic"] == "orders" and trap["start"] <= record["at"] < trap["end"] and "id" in record["event"]
    }

    assert sum(ids[name] > 1 for name in resent) > 0.5 * len(resent)


def test_deposits_are_paid_for_at_the_peaks(records: list[dict[str, Any]]) -> None:
    balance = [event for event in whole(records) if event["type"] == "order.paid" and "created_at" not in event["data"]]

    assert len(balance) > 1_000
    assert {event["time"][5:13] for event in balance} >= {"11-10T20", "11-11T00"}


def test_the_calendar_says_what_is_planned(simulation: Simulation) -> None:
    calendar = msgspec.convert(simulation.scenario["calendar"], tuple[CalendarEntry, ...])

    assert {"first peak", "second peak"} <= {entry.name for entry in calendar}
    assert not [fault for entry in calendar for fault in check_entry(entry)]


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
