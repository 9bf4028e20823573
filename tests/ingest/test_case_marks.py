"""What ingest marks of an event whose case is followed, and what it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from streams.catalogue.metric import Direction, Metric
from streams.catalogue.term import After, Condition, Events, Term
from streams.cells.case_record import NO_VALUE, CasesRecord
from streams.events.case_hash import CaseHash
from streams.events.customer import CustomerKey
from tests.ingest.direct_marks import KEY, marks_of
from tests.ingest.records import NOON, make_batch, make_event, text_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from streams.ingest.flush import Flush
    from streams.ingest.partition import IngestPartition

    Make = Callable[..., IngestPartition]

PARTITIONS = 3


def metric(term: Term, *scopes: tuple[str, ...]) -> Metric:
    return Metric(
        id="X1",
        name="x",
        title="X",
        touchpoint="order",
        unit="per_minute",
        signal="count",
        direction=Direction.UP,
        minimum_effect=0.5,
        minimum_exposure=20,
        numerator=(term,),
        scopes=scopes or ((),),
    )


SOON_AGAIN = metric(Term(("order.paid",), by="order_id", after=After(("order.paid",), 600)), (), ("region",))


def paid(number: int, at: int = NOON, **data: Any) -> dict[str, Any]:
    return make_event("order.paid", at, str(number), {"order_id": f"TB{number}", **data})


def flush_of(make: Make, of: Metric, *events: dict[str, Any]) -> Flush:
    ingest = make("orders", (of,))
    ingest.feed(make_batch(events, timestamp=NOON + 3_600_000))
    return ingest.take_flush(PARTITIONS)


def test_an_event_is_marked_with_its_time_and_its_scope_in_the_partition_of_its_hash(partition: Make) -> None:
    flush = flush_of(partition, SOON_AGAIN, *(paid(number, NOON + number, region="hunan") for number in range(60)))

    marks = list(marks_of([flush]))
    assert sorted(mark.time - NOON for mark in marks) == list(range(60))
    assert {mark.scope for mark in marks} == {("hunan",)}
    assert {mark.case % PARTITIONS - mark.partition for mark in marks} == {0}
    assert {mark.partition for mark in marks} == set(range(PARTITIONS))
    assert len({mark.case for mark in marks}) == 60
    assert flush.records[0].metrics == []  # what counts is decided where cases meet


def test_the_same_case_has_the_same_mark_whoever_reads_it_with_the_same_key(partition: Make) -> None:
    one, other = (flush_of(partition, SOON_AGAIN, paid(1)) for _ in range(2))
    by_customer = metric(Term(("order.paid",), by="customer", after=After(("order.paid",), 600)))
    named_alike = flush_of(partition, by_customer, paid(1, customer="TB1"))

    (mark,), (same,), (customer,) = (list(marks_of([flush])) for flush in (one, other, named_alike))
    assert mark.case == same.case
    assert customer.case != mark.case


def test_an_event_without_a_case_is_counted_as_such_and_not_marked(partition: Make) -> None:
    by_customer = metric(Term(("order.paid",), by="customer", after=After(("order.paid",), 600)))
    flush = flush_of(partition, by_customer, paid(1, customer="c1"), paid(2, customer=""), paid(3))

    assert len(marks_of([flush])) == 1
    assert flush.without_case == {("order.paid", "customer"): 2}


def test_a_customer_is_marked_by_the_hash_of_the_installation_and_by_no_other(partition: Make) -> None:
    by_customer = metric(Term(("order.paid",), by="customer", after=After(("order.paid",), 600)))
    (mark,) = marks_of([flush_of(partition, by_customer, paid(1, customer="c1"))])

    assert mark.case == CustomerKey(KEY).cases.named("customer")(CustomerKey(KEY).hashed("c1"))
    assert mark.case != CustomerKey(b"a key of somebody else").cases.named("customer")(CustomerKey(KEY).hashed("c1"))
    assert mark.case != CustomerKey(KEY).cases.named("customer")("c1")


def test_a_late_event_is_marked_late_and_one_that_is_too_late_is_not_marked(partition: Make) -> None:
    events = [paid(1), paid(2, NOON - 29_999), paid(3, NOON - 30_001), paid(4, NOON - 7_200_001)]
    flush = flush_of(partition, SOON_AGAIN, *events)

    late_by_time = {mark.time - NOON: mark.late for mark in marks_of([flush])}
    assert late_by_time == {0: 0, -29_999: 0, -30_001: 1}


def test_a_copy_is_not_marked(partition: Make) -> None:
    flush = flush_of(partition, SOON_AGAIN, paid(1), paid(1), paid(2))

    assert len(marks_of([flush])) == 2
    assert set(marks_of([flush]).values()) == {1}


def test_a_mark_carries_the_time_field_that_is_compared_and_says_where_it_is_missing(partition: Make) -> None:
    compared = metric(
        Term(
            ("order.paid",),
            by="order_id",
            after=After(("order.created",), 600),
            where={"created_at": Condition(start="after.created_at", above=1)},
        )
    )
    event = make_event("order.created", NOON + 2, "3", {"order_id": "TB3", "created_at": text_of(NOON - 5)})
    flush = flush_of(partition, compared, paid(1, created_at=text_of(NOON - 7)), paid(2, NOON + 1), event)

    assert {mark.time - NOON: mark.value for mark in marks_of([flush])} == {0: NOON - 7, 1: NO_VALUE, 2: NOON - 5}


def test_a_role_without_a_time_to_compare_carries_none(partition: Make) -> None:
    flush = flush_of(partition, SOON_AGAIN, paid(1, created_at=text_of(NOON)))

    assert [marks.value for record in flush.cases.values() for marks in record.marks] == [[]]


def test_events_that_do_as_well_are_marked_by_conditions_of_their_own(partition: Make) -> None:
    either = metric(
        Term(
            ("order.paid",),
            by="order_id",
            nth=2,
            reach_s=600,
            where={"region": Condition(equals="hunan")},
            others=(Events(("order.cancelled", "order.paid"), where={"reason": Condition(equals="late")}),),
        )
    )
    cancelled = make_event("order.cancelled", NOON + 5, "6", {"order_id": "TB6", "reason": "late"})
    other = make_event("order.cancelled", NOON + 6, "7", {"order_id": "TB7", "reason": "size", "region": "hunan"})
    both = paid(4, NOON + 3, region="hunan", reason="late")
    flush = flush_of(
        partition, either, paid(1, region="hunan"), paid(2, NOON + 1), paid(3, NOON + 2, reason="late"), both,
        cancelled, other,
    )  # fmt: skip

    assert sorted(mark.time - NOON for mark in marks_of([flush])) == [0, 2, 3, 5]
    assert set(marks_of([flush]).values()) == {1}  # what fits both ways is one event


def test_a_second_field_makes_another_case(partition: Make) -> None:
    also = metric(Term(("order.paid",), by="order_id", also="region", after=After(("order.paid",), 600)))
    same = [
        make_event("order.paid", NOON, str(n), {"order_id": "TB", "region": r}) for n, r in enumerate(["a", "b", "a"])
    ]
    flush = flush_of(partition, also, *same)

    assert sorted(marks_of([flush]).values()) == [1, 2]


def test_every_partition_of_cases_is_promised_the_watermark_marks_or_none(partition: Make) -> None:
    flush = flush_of(partition, SOON_AGAIN, paid(1))

    assert sorted(flush.cases) == list(range(PARTITIONS))
    assert {(record.topic, record.partition, record.watermark) for record in flush.cases.values()} == {
        ("orders", 0, NOON - 30_000)
    }
    assert sum(bool(record.marks) for record in flush.cases.values()) == 1


def test_nothing_is_written_where_no_metric_follows_cases(partition: Make) -> None:
    plain = metric(Term(("order.paid",)))
    followed = flush_of(partition, SOON_AGAIN, paid(1)).cases

    assert all(isinstance(record, CasesRecord) for record in followed.values())
    assert flush_of(partition, plain, paid(1)).cases == {}


def test_a_case_that_several_roles_follow_is_hashed_once_and_where_none_marks_the_event_not_at_all(
    partition: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed = []

    def named(self: CaseHash, fields: str) -> Callable[[str], int]:
        return lambda text: hashed.append((fields, text)) or 7  # type: ignore[func-returns-value] # notes it, says 7

    monkeypatch.setattr(CaseHash, "named", named)
    twice = metric(Term(("order.paid",), by="order_id", nth=2, reach_s=600), ("store",))
    large = metric(Term(("order.paid",), by="order_id", also="region", nth=2, where={"reason": Condition(equals="x")}))
    ingest = partition("orders", tuple(replace(of, name=f"x{n}") for n, of in enumerate([SOON_AGAIN, twice, large])))
    ingest.feed(make_batch([paid(1), paid(2, region="hunan", reason="x")], timestamp=NOON))

    assert sum(marks_of([ingest.take_flush(PARTITIONS)]).values()) == 5
    assert hashed == [("order_id", "TB1"), ("order_id", "TB2"), ("order_id/region", "TB2\0hunan")]
