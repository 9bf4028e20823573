"""What is remembered of cases, as Prometheus is told it."""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from streams.cases.partition import CasesPartition
from streams.cases.readings import CasesReading, MemoryReading, reading
from streams.catalogue.load import Catalogue
from streams.catalogue.term import After, Term
from streams.cells.case_record import CasesRecord, RoleMarks
from streams.cells.record import NO_WATERMARK
from streams.web.case_readings import CaseCollector
from tests.cases.test_cases_equal_direct_computation import ASKED, PAID, START_MS, metric_of

CATALOGUE = Catalogue.of((metric_of(Term((PAID,), by="customer", after=After((ASKED,), 60), scope_of="after")),))
CASES = (7_777_777, 8_888_888)
LATEST_MS = START_MS + 7_200_000


def followed() -> CasesReading:
    """One case asked and paid, another one only paid; one mark is of another catalogue, and one still waits."""
    partition = CasesPartition(CATALOGUE, 0, {"orders": 1})
    (link,) = partition.links
    assert link.earlier is not None

    def marks(role: str, cases: list[int], times: list[int]) -> RoleMarks:
        return RoleMarks(role, [("app",)], [0] * len(cases), cases, times, [0] * len(cases), [])

    asked = marks(link.earlier.key(), [CASES[0]], [START_MS])
    paid = marks(link.later.key(), [*CASES, CASES[0]], [START_MS + 20_000, START_MS + 20_000, LATEST_MS])
    other = marks("a role of somebody else", [CASES[0]], [START_MS])
    partition.apply(CasesRecord("orders", 0, START_MS + 60_000, "", [asked, paid, other]))
    return reading(partition, CATALOGUE.metrics)


def test_a_reading_says_what_is_remembered_what_waits_and_what_was_not_known() -> None:
    found = followed()

    assert (found.frontier_ms, found.waiting) == (START_MS + 60_000, 1)
    assert found.skipped == {"no_room": 0, "missed": 0, "unknown_role": 1, "crowded": 0}
    assert found.memories == [MemoryReading(ASKED, "customer", 1, START_MS // 3_600_000 * 3_600_000, 0)]
    assert found.unknown == {"x": 1}


@pytest.fixture
def registry() -> CollectorRegistry:
    memories = [MemoryReading(ASKED, "customer", 30, 400_000, 2), MemoryReading(ASKED, "customer", 12, 700_000, 1)]
    empty = MemoryReading("order.paid", "order_id", 0, None, 0)
    readings = {
        3: CasesReading(1_000_000, 5, {"missed": 4}, [*memories, empty], {"x": 2}),
        4: CasesReading(NO_WATERMARK, 6, {"missed": 0}, [], {"x": 1, "y": 0}),
    }
    registry = CollectorRegistry()
    registry.register(CaseCollector(lambda: readings, lambda: {("order.paid", "customer"): 9}, lambda: 1_030.5))
    return registry


def test_memories_of_the_same_events_are_told_together_and_how_far_back_all_of_them_reach(
    registry: CollectorRegistry,
) -> None:
    of = {"partition": "3", "events": ASKED, "field": "customer"}

    assert registry.get_sample_value("pharos_case_marks", of) == 42
    assert registry.get_sample_value("pharos_case_marks_forgotten_total", of) == 3
    assert registry.get_sample_value("pharos_case_memory_seconds", of) == 300
    empty = {"partition": "3", "events": "order.paid", "field": "order_id"}
    assert registry.get_sample_value("pharos_case_marks", empty) == 0
    assert registry.get_sample_value("pharos_case_memory_seconds", empty) is None


def test_how_late_cases_are_decided_is_told_once_every_source_has_spoken(registry: CollectorRegistry) -> None:
    assert registry.get_sample_value("pharos_case_lag_seconds", {"partition": "3"}) == 30.5
    assert registry.get_sample_value("pharos_case_lag_seconds", {"partition": "4"}) is None
    assert registry.get_sample_value("pharos_case_marks_waiting", {"partition": "4"}) == 6


def test_what_was_not_known_is_told_by_metric_over_all_partitions(registry: CollectorRegistry) -> None:
    assert registry.get_sample_value("pharos_case_unknown_total", {"metric": "x"}) == 3
    assert registry.get_sample_value("pharos_case_unknown_total", {"metric": "y"}) == 0
    assert registry.get_sample_value("pharos_case_marks_skipped_total", {"partition": "3", "reason": "missed"}) == 4
    lacking = {"event": "order.paid", "field": "customer"}
    assert registry.get_sample_value("pharos_without_case_total", lacking) == 9


def test_no_case_shows_not_even_by_its_hash() -> None:
    registry = CollectorRegistry()
    registry.register(CaseCollector(lambda: {0: followed()}, dict, lambda: LATEST_MS / 1000))

    text = generate_latest(registry).decode()
    assert 'pharos_case_marks{events="consultation.opened",field="customer",partition="0"} 1.0' in text
    assert not any(str(case) in text for case in CASES)
