"""Ingest and expansion give what a slow direct computation gives, whatever the order, lateness and copies."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streams.catalogue.load import load
from streams.catalogue.metric import Component, Direction, Metric
from streams.catalogue.single_values import Difference
from streams.catalogue.term import After, Condition, Events, Term
from streams.events.vocabulary import SHIPPED, type_of
from streams.ingest.outcome import Outcome
from tests.ingest.direct_computation import Direct, cells_of
from tests.ingest.direct_marks import direct_marks, marks_of
from tests.ingest.records import NOON, make_batch, text_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.ingest.partition import IngestPartition
    from streams.records.batch import RecordBatch

HOUR = 3_600_000
CATALOGUE = load()
BY_HAND = {"automatic": Condition(any_of=(None, False))}
OLD = {"requested_at": Condition(start="requested_at", to="time", above=60)}


def metric(name: str, signal: str, **parts: Any) -> Metric:
    fixed = {"id": "T", "title": name, "touchpoint": "order", "unit": "ratio", "direction": Direction.DOWN}
    return Metric(name=name, signal=signal, minimum_effect=0.1, minimum_exposure=1, **(fixed | parts))


HARD_METRICS = (
    metric("amounts", "mean", unit="seconds", scopes=((), ("region", "store"), ("store",)), numerator=(
        Term(("refund.requested", "refund.approved"), value="amount", where={"automatic": Condition(equals=True)}),
        Term(("refund.rejected",), value="amount", weight=-1, where={"amount": Condition(above=10.0, at_most=900.0)}),
    ), denominator=(Term(("refund.requested",), where={"region": Condition(present=True)}),)),
    metric("due", "cohort", scopes=((), ("carrier",)), numerator=(
        Term(("refund.completed",), at="paid_at", plus_s=86_400, no_later=True,
             where={"before_collection": Condition(equals=True)}),
    ), denominator=(Term(("refund.requested",), plus_s=86_400),), exposure=(
        Term(("refund.completed",), at="paid_at", plus_s=86_400, no_later=False, within_s=604_800,
             where={"before_collection": Condition(equals=True)}),
    )),
    metric("served", "cohort", scopes=((), ("region",)), numerator=(
        Term(("refund.completed",), at="requested_at", plus_service_s=7_200, no_later=True),
        Term(("refund.rejected",), at="requested_at", plus_service_s=7_200, no_later=True,
             where={"automatic": Condition(equals=True)}),
    ), denominator=(Term(("refund.requested",), plus_service_s=7_200),), exposure=(
        Term(("refund.completed",), at="requested_at", plus_service_s=7_200, no_later=False, within_s=604_800),
    )),
    metric("served_soon", "due_soon", unit="number", scopes=((), ("region",)), numerator=(
        Term(("refund.completed",), at="requested_at", plus_service_s=7_200, no_later=True),
    ), denominator=(Term(("refund.requested",), plus_service_s=7_200),)),
    metric("due_soon", "due_soon", unit="number", scopes=((), ("region",), ("reason", "region")), numerator=(
        Term(("refund.completed", "dispute.closed"), at="paid_at", plus_s=86_400, no_later=True,
             where={"reason": Condition(any_of=(None, "late"))}),
        Term(("refund.rejected",), at="requested_at", no_later=True),
    ), denominator=(
        Term(("refund.requested",), plus_s=86_400), Term(("dispute.opened",), plus_s=7),
        Term(("refund.approved",), at="requested_at", plus_s=6_000_000),
    )),
    metric("soon", "ratio", scopes=(("reason",), ("kind", "reason")), numerator=(
        Term(("dispute.closed", "refund.retained"), at="requested_at", within_s=60,
             where={"reason": Condition(any_of=(None, "late", "size"))}),
        Term(("dispute.opened",), plus_s=5, where={"region": Condition(present=False)}),
    ), denominator=(Term(("dispute.opened", "dispute.closed"), value="amount", at="paid_at", plus_s=3),)),
    metric("lasting", "spread", scopes=((), ("reason",), ("region", "reason")), bins=(60, 100_000), numerator=(
        Term(("refund.completed", "refund.rejected"), since="requested_at",
             where={"automatic": Condition(any_of=(None, False))}),
        Term(("dispute.closed",), value="amount"),
    )),
    metric("long", "quantile", scopes=((), ("reason",)), bins=(1, 1000), quantile=0.5, numerator=(
        Term(("dispute.closed",), value="amount"),
    )),
    metric("again", "ratio", scopes=((), ("region",), ("region", "reason"), ("reason",)), numerator=(
        Term(("refund.requested", "refund.rejected"), by="order_id", where=BY_HAND,
             after=After(("refund.requested", "refund.rejected"), 600, where=BY_HAND)),
    ), denominator=(Term(("refund.requested",), where={"order_id": Condition(present=True)}),)),
    metric("told", "ratio", scopes=((), ("region",), ("accountable", "reason")), numerator=(
        Term(("refund.completed",), by="customer", also="reason", labels={"accountable": "shop"},
             others=(Events(("dispute.closed",), where={"region": Condition(present=True)}),),
             where={"paid_at": Condition(start="after.requested_at", above=60)},
             after=After(("refund.requested",), 600, where={"amount": Condition(above=10.0)}, scope=("region",),
                         others=(Events(("refund.rejected", "refund.requested"), where=OLD),))),
        Term(("dispute.opened",), by="order_id", nth=2, reach_s=3_600, labels={"accountable": "carrier"}),
    ), denominator=(
        Term(("refund.requested",), where={"customer": Condition(present=True)}, labels={"accountable": "nobody"}),
    )),
    metric("fed", "count", scopes=((), ("topic",), ("region", "topic"), ("reason",)), numerator=(
        Term(("refund.requested", "dispute.opened")),
        Term(("refund.requested",), plus_s=60),
    )),
    metric("shown", "last", scopes=(("reason", "kind"),), numerator=(
        Term(("refund.requested",), value="amount", where={"region": Condition(present=True)}),
    )),
    metric("paid_back", "sum", unit="money_per_minute", largest=90.5, scopes=((), ("region",)), numerator=(
        Term(("refund.requested",), value="amount", where={"amount": Condition(any_of=(None, 2.675, 40, 0))}),
        Term(("refund.completed",), value="amount", weight=-1, at="requested_at", within_s=86_400),
    ), exposure=(Term(("refund.requested",)),)),
    metric("paid_at_once", "sum", unit="money_per_minute", scopes=((), ("reason", "region")), numerator=(
        Term(("refund.requested", "refund.completed"), value="amount"),
    )),
    metric("steady", "variation", unit="number", largest=50_000, scopes=((), ("reason",)), numerator=(
        Term(("refund.completed",), value=Difference("requested_at")),
    )),
    metric("slip", "mean", unit="seconds", scopes=((), ("reason",)), numerator=(
        Term(("refund.completed",), value=Difference("requested_at", "paid_at")),
    ), denominator=(
        Term(("refund.completed",), where={"paid_at": Condition(start="requested_at", present=True)}),
    )),
    metric("slipped", "ratio", scopes=((), ("reason",)), numerator=(
        Term(("refund.completed",), where={"much": Condition(start="requested_at", to="paid_at", above=-3_600.5)}),
        Term(("refund.rejected",), where={"time": Condition(start="requested_at", at_most=86_400)}),
    ), denominator=(
        Term(("refund.completed",), where={"requested_at": Condition(start="time", present=False)}),
    )),
    metric("both", "quantile", scopes=((), ("reason",)), bins=(1, 90_000), quantile=0.5, numerator=(
        Term(("refund.completed",), value=Difference("requested_at", "paid_at")),
        Term(("refund.completed",), value=Difference("paid_at")),
    )),
    metric("shown_too", "last", scopes=(("reason",),), numerator=(Term(("refund.requested",), value="amount"),)),
)  # fmt: skip
GAUGES = {metric.key() for metric in (*HARD_METRICS, *CATALOGUE.metrics) if metric.signal == "last"}


@st.composite
def cases(draw: st.DrawFn, fields: frozenset[str], *, required: bool) -> dict[str, Any]:
    """The order that an event names, or not."""
    if "order_id" not in fields:
        return {}
    return {"order_id": draw(st.sampled_from(["x", "y"] if required else ["x", "y", "订单", "", None]))}


@st.composite
def events(draw: st.DrawFn, topic: str) -> dict[str, Any]:
    kind = draw(st.sampled_from([type_of(event) for event in SHIPPED.topics[topic]] + ["somebody.else"]))
    age = draw(st.one_of(st.integers(0, 40_000), st.integers(0, 3 * HOUR), st.just(-400_000)))
    time = NOON - age
    data: dict[str, Any] = {}
    fields = SHIPPED.fields.get(kind, frozenset())
    for field in (name for name in sorted(fields) if name.endswith("_id") and name != "order_id"):
        data[field] = "x"
    data |= draw(cases(fields, required=topic == "orders"))
    if "customer" in fields:
        data["customer"] = draw(st.sampled_from(["", "c1", None]))
    for field in sorted(fields - data.keys() - {"handled_by", "customer"}):
        if field != "queue" and draw(st.integers(0, 3)) == 0:
            continue
        if field in SHIPPED.time_fields[kind]:
            back = draw(st.one_of(st.integers(-1000, 90_000), st.integers(23 * HOUR, 25 * HOUR), st.just(200 * HOUR)))
            data[field] = draw(st.sampled_from([None, text_of(time - back)]))
        elif field in SHIPPED.flag_fields[kind]:
            data[field] = draw(st.sampled_from([True, False, None]))
        elif SHIPPED.scales[kind].get(field) == 1:
            data[field] = draw(st.sampled_from([0, 1, 2, 5]))
        elif field in SHIPPED.scales[kind]:
            data[field] = draw(st.one_of(st.integers(0, 40), st.floats(-50, 1000), st.sampled_from([0.0005, 2.675])))
        elif field in SHIPPED.dimensions[kind]:
            data[field] = draw(st.sampled_from(["late", "size", "", "chat", "浙江"]))
    return {
        "specversion": "1.0",
        "id": draw(st.sampled_from("abcdefghijklmnop")),
        "source": draw(st.sampled_from(["/one", "/two"])),
        "type": kind,
        "time": text_of(time),
        "data": data,
    }


def _batches(draw: st.DrawFn, topic: str) -> list[RecordBatch]:
    """Records with holes in their offsets, tombstones and rubbish among them, in batches."""
    batches, first = [], draw(st.integers(0, 50))
    for _ in range(draw(st.integers(1, 3))):
        record = st.one_of(events(topic), events(topic), events(topic), st.sampled_from([None, b"", b"{", b"[1]"]))
        batch = make_batch(draw(st.lists(record, max_size=10)), topic, first)
        batches.append(batch)
        first = batch.next_offset + draw(st.integers(0, 6))
    return batches


@st.composite
def histories(draw: st.DrawFn) -> tuple[str, list[RecordBatch]]:
    topic = draw(st.sampled_from(sorted(SHIPPED.topics)))
    return topic, _batches(draw, topic)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories(), reach=st.sampled_from([0, 3, 10, 100]), hard=st.booleans())
def test_outcomes_cells_and_marks_equal_a_direct_computation(
    partition: Callable[..., IngestPartition],
    history: tuple[str, list[RecordBatch]],
    reach: int,
    hard: bool,
) -> None:
    topic, batches = history
    metrics = HARD_METRICS if hard else CATALOGUE.metrics
    direct = Direct(metrics, topic, reach, lateness=30_000, limit=7_200_000)
    ingest = partition(topic, metrics, dedup_records=reach)

    flushes = []
    for batch in batches:
        direct.feed(batch)
        ingest.feed(batch)
        flushes.append(ingest.take_flush(3))

    assert dict(direct.outcomes) == {outcome.value: n for outcome, n in ingest.outcomes.items() if n}
    counted = cells_of(flushes, GAUGES)
    assert {key: n for key, n in direct.cells.items() if n} == {key: n for key, n in counted.items() if n}
    assert {key for key, n in direct.without_time.items() if n} == ingest.without_time.keys()
    marks, without_case = direct_marks(metrics, direct.counted, 3)
    assert marks_of(flushes) == marks
    assert sum((Counter(flush.without_case) for flush in flushes), Counter()) == without_case


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories(), split=st.integers(0, 3), reach=st.sampled_from([0, 5, 40]))
def test_a_new_owner_that_warms_up_decides_like_the_one_that_read_on(
    partition: Callable[..., IngestPartition], history: tuple[str, list[RecordBatch]], split: int, reach: int
) -> None:
    topic, batches = history
    before, after = batches[:split], batches[split:]
    old, new = partition(topic, dedup_records=reach), partition(topic, dedup_records=reach)
    for batch in before:
        old.feed(batch)
    committed = old.take_flush(2)
    for batch in before:
        start = next((n for n, offset in enumerate(batch.offsets) if offset >= committed.next_offset - reach), None)
        if start is not None:
            columns = (batch.offsets[start:], batch.timestamps[start:], batch.values[start:])
            new.warm(batch._replace(offsets=columns[0], timestamps=columns[1], values=columns[2]))
    new.largest_event_time = committed.largest_event_time

    letters = [(old.feed(batch), new.feed(batch)) for batch in after]

    assert all(left == right for left, right in letters)
    if after:
        left, right = old.take_flush(2), new.take_flush(2)
        assert (left.outcomes, left.watermark, left.next_offset) == (right.outcomes, right.watermark, right.next_offset)
        assert cells_of([left], GAUGES) == cells_of([right], GAUGES)
        assert marks_of([left]) == marks_of([right])


def test_flushing_often_or_once_gives_the_same_sums(
    partition: Callable[..., IngestPartition],
) -> None:
    values = [
        json.dumps(
            {
                "specversion": "1.0",
                "id": str(n),
                "source": "/oms",
                "type": "order.paid",
                "time": text_of(NOON + n * 777),
                "data": {"order_id": "x", "region": f"r{n % 3}", "store": f"s{n % 2}"},
            }
        ).encode()
        for n in range(60)
    ]
    often, once = partition(), partition()

    flushes = []
    for n, value in enumerate(values):
        often.feed(make_batch([value], first=n))
        flushes.append(often.take_flush(4))
    once.feed(make_batch(values))

    assert cells_of(flushes, GAUGES) == cells_of([once.take_flush(4)], GAUGES)
    assert Component.NUMERATOR in {cell[2] for cell in cells_of(flushes, GAUGES)}
    assert once.outcomes[Outcome.COUNTED] == 60
