"""Which events rules on single events find: those that a metric with the same conditions counts, each once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.catalogue.load import load
from streams.catalogue.single_events import Watched
from streams.catalogue.term import Condition, Term
from streams.events.customer import CustomerKey
from streams.events.vocabulary import SHIPPED
from streams.ingest.outcome import Outcome
from streams.ingest.partition import IngestPartition
from streams.ingest.reading import Reading
from streams.ingest.routes import routes_of
from streams.ingest.row_shape import RowShape
from streams.ingest.row_writer import compile_rows
from streams.ingest.rows import Rows
from streams.ingest.selection import Selection
from tests.ingest.records import NOON, make_batch, make_event
from tests.ingest.test_row_writer import metric

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.records.single_event import SingleEvent

HOUR = 3_600_000
KEY = CustomerKey(b"a secret of these tests")
SURVEY = "survey.answered"
DETRACTOR = Watched("detractor", (SURVEY,), (("kind", Condition(equals="nps")), ("score", Condition(at_most=6))))
EACH_SURVEY = Watched("each", (SURVEY,), ())


@pytest.fixture(scope="module")
def catalogue() -> Any:
    return load()


def ingest(catalogue: Any, *rules: Watched, warm: Sequence[Any] = (), now_ms: Any = None) -> IngestPartition:
    selection = Selection(rules, SHIPPED, "feedback")
    made = IngestPartition(
        catalogue,
        "feedback",
        0,
        dedup_records=1_000,
        lateness_ms=30_000,
        late_limit_ms=2 * HOUR,
        future_limit_ms=300_000,
        now_ms=now_ms,
        customers=KEY,
        selection=selection,
    )
    made.warm(make_batch(warm, "feedback"))
    return made


def survey(name: str, age: int = 0, **data: Any) -> dict[str, Any]:
    return make_event(SURVEY, NOON - age, name, {"feedback_id": f"F-{name}", "kind": "nps", "score": 3, **data})


def found(partition: IngestPartition) -> list[tuple[str, str]]:
    return [(event.rule, event.event_id) for event in partition.take_flush(1).single_events]


def test_what_matches_is_found_with_its_identity_its_scope_and_its_ids(catalogue: Any) -> None:
    partition = ingest(catalogue, DETRACTOR)
    partition.feed(make_batch([survey("a", order_id="TB1", customer="C-9", store="s1", cause="late")], "feedback"))
    (event,) = partition.take_flush(1).single_events

    assert (event.event_source, event.event_id, event.time) == ("/test", "a", NOON)
    assert event.scope == {"store": "s1"}
    assert event.ids == {"feedback_id": "F-a", "order_id": "TB1", "customer": KEY.hashed("C-9")}


def test_only_what_counts_is_found_and_once(catalogue: Any) -> None:
    partition = ingest(catalogue, DETRACTOR, EACH_SURVEY, warm=[survey("before")])
    records = [
        survey("before"),  # a copy of what was counted by the last owner
        survey("new"),
        survey("new"),
        survey("fan", score=9),
        survey("behind", HOUR),  # counted, on the plane of late events
        survey("late", 3 * HOUR),
        survey("ahead", -2 * HOUR),
        {**survey("broken"), "time": "?"},
        make_event("review.posted", NOON, "other", {"feedback_id": "F-9", "score": 1}),
    ]
    partition.feed(make_batch(records, "feedback", first=1))

    of_each_rule = {"detractor": ["new", "behind"], "each": ["new", "fan", "behind"]}
    assert sorted(found(partition)) == sorted((rule, name) for rule, names in of_each_rule.items() for name in names)
    assert partition.outcomes[Outcome.COUNTED] == 4
    assert found(partition) == []


def test_a_record_that_spoils_its_batch_costs_no_other_its_turn(catalogue: Any) -> None:
    partition = ingest(catalogue, DETRACTOR)
    partition.feed(make_batch([survey("a"), b"{", survey("b")], "feedback"))

    assert found(partition) == [("detractor", "a"), ("detractor", "b")]


def test_what_is_warmed_is_not_found_again(catalogue: Any) -> None:
    partition = ingest(catalogue, EACH_SURVEY, warm=[survey("a"), survey("b")])

    assert found(partition) == []


def test_a_long_id_is_cut_so_that_the_record_fits_its_topic(catalogue: Any) -> None:
    partition = ingest(catalogue, DETRACTOR)
    partition.feed(make_batch([survey("a", order_id="x" * 1_000_000)], "feedback"))
    (event,) = partition.take_flush(1).single_events

    assert event.ids["order_id"] == "x" * 256


_CONDITIONS = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.sampled_from(
            [
                Condition(equals="nps"),
                Condition(any_of=("csat", None)),
                Condition(present=True),
                Condition(present=False),
            ]
        ),
        "score": st.sampled_from(
            [Condition(at_most=6), Condition(above=3), Condition(above=3, at_most=8), Condition(equals=5)]
        ),
        "store": st.sampled_from([Condition(equals=""), Condition(any_of=("s1", "s2"))]),
    },
)
_DATA = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.sampled_from(["nps", "csat", ""]),
        "score": st.sampled_from([0.0, 3.0, 5.0, 6.0, 7.0, 10.0]),
        "store": st.sampled_from(["s1", "s2", "s3"]),
    },
)


@settings(max_examples=60, deadline=None)
@given(st.lists(_CONDITIONS, min_size=1, max_size=3), st.lists(_DATA, min_size=1, max_size=5))
def test_a_rule_finds_what_a_metric_with_the_same_conditions_counts(
    conditions: list[dict[str, Condition]], written: list[dict[str, Any]]
) -> None:
    kind = SHIPPED.types[SURVEY]
    data = [SHIPPED.data[SURVEY]("F", **fields) for fields in written]
    events = [kind(id=str(n), source="/x", time="", specversion="1.0", data=each) for n, each in enumerate(data)]
    rules = [Watched(str(n), (SURVEY,), tuple(sorted(where.items()))) for n, where in enumerate(conditions)]
    selection = Selection(rules, SHIPPED, "feedback")
    found = selection.select(events, [NOON] * len(events))
    selected: list[SingleEvent] = selection.take([held for _, held in found])

    counted = set()
    for number, where in enumerate(conditions):
        shape = RowShape(SURVEY, "feedback", routes_of([metric("m", Term((SURVEY,), where))], SURVEY))
        (flat,) = compile_rows({kind: shape}, {}, SHIPPED)(events, [NOON] * len(events))
        (route,) = shape.routes
        passing = Reading(shape, route).passing(Rows.of(shape, flat))
        counted |= {(str(number), str(place)) for place in np.flatnonzero(passing)}
    assert {(event.rule, event.event_id) for event in selected} == counted
    assert len(selected) == len(counted)
