"""The function written for a type of event does what the terms say, and takes nothing of the catalogue as text."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
import pytest

from streams.catalogue.metric import Direction, Metric
from streams.catalogue.term import Condition, Term
from streams.events.vocabulary import SHIPPED
from streams.ingest.case_names import CaseBook
from streams.ingest.codes import Codes
from streams.ingest.elements import ABSENT, Amount, Bin, Case, Code, Element, Holds, Moment, ServiceTime, Time
from streams.ingest.routes import routes_of
from streams.ingest.row_shape import RowShape
from streams.ingest.row_writer import WrongTimeError, compile_rows
from tests.ingest.records import SERVICE

if TYPE_CHECKING:
    from streams.events.fields import Data

Order, Page = SHIPPED.data["order.paid"], SHIPPED.data["page.viewed"]
OrderCreated, OrderPaid = SHIPPED.types["order.created"], SHIPPED.types["order.paid"]
NOON = 1_762_747_200_000


def metric(name: str, *terms: Term, scopes: tuple[tuple[str, ...], ...] = ((),)) -> Metric:
    return Metric(
        id="T",
        name=name,
        title=name,
        touchpoint="order",
        unit="per_minute",
        signal="count",
        direction=Direction.DOWN,
        minimum_effect=0.1,
        minimum_exposure=1,
        numerator=terms,
        scopes=scopes,
    )


def shape_of(event_type: str, *metrics: Metric) -> RowShape:
    return RowShape(event_type, "orders", routes_of(metrics, event_type), scales=SHIPPED.scales[event_type])


def row(event_type: str, data: Data, *metrics: Metric) -> dict[Element, int]:
    """What is kept of one event."""
    shape, event = shape_of(event_type, *metrics), SHIPPED.types[event_type]
    codes = {name: Codes() for name in shape.dimensions}
    rows_of = compile_rows({event: shape}, codes, SHIPPED, service=SERVICE.after)
    (flat,) = rows_of([event(id="1", source="/oms", time="", specversion="1.0", data=data)], [NOON])
    return dict(zip(shape.positions, flat, strict=True)) if shape.width else {}


PAID = Term(("order.paid",))


def test_of_an_event_its_moment_is_kept_and_the_codes_of_the_dimensions_used() -> None:
    whole, by_store = metric("a", PAID), metric("b", PAID, scopes=((), ("store",), ("region", "store")))

    kept = row("order.paid", Order("1", region="zhejiang", store="", sku="x"), whole, by_store)

    assert kept == {Moment(): NOON, Code("store"): 0, Code("region"): 1}


def test_of_an_event_that_no_metric_uses_nothing_is_kept_and_its_times_are_checked_all_the_same() -> None:
    assert row("order.created", Order("1"), metric("a", PAID)) == {}
    with pytest.raises(WrongTimeError, match=r"\$\.data\.created_at"):
        row("order.created", Order("1", created_at="soon"), metric("a", PAID))


def test_a_time_that_is_counted_for_is_kept_and_so_is_that_it_lacks() -> None:
    opened = metric("a", Term(("order.paid",), at="created_at", plus_s=86_400))

    assert row("order.paid", Order("1", created_at="2025-11-10T03:59:50Z"), opened)[Time("created_at")] == NOON - 10_000
    assert row("order.paid", Order("1"), opened)[Time("created_at")] == ABSENT


def test_a_deadline_in_service_hours_is_the_time_when_they_have_passed() -> None:
    due = metric("a", Term(("order.paid",), at="created_at", plus_service_s=3_600))
    order = Order("1", created_at="2025-11-10T16:30:00+08:00")  # a Monday; it closes at 17:00 and opens at 9:00
    passed = datetime.fromisoformat("2025-11-11T09:30:00+08:00").timestamp() * 1000

    assert row("order.paid", order, due)[ServiceTime("created_at", 3_600)] == passed
    assert row("order.paid", Order("1"), due)[ServiceTime("created_at", 3_600)] == ABSENT


def test_a_number_is_kept_as_an_integer_and_a_duration_that_is_sorted_as_its_bin() -> None:
    total = metric("a", Term(("order.paid",), value="amount"))
    assert row("order.paid", Order("1", amount=12.345), total)[Amount("amount", 100)] == 1234
    assert row("order.paid", Order("1"), total)[Amount("amount", 100)] == ABSENT

    load_time = msgspec.structs.replace(
        metric("a", Term(("page.viewed",), value="load_time")), signal="quantile", quantile=0.9, bins=(1.0, 1_000.0)
    )
    assert row("page.viewed", Page("1", load_time=1.0), load_time)[Bin("load_time", (1.0, 1_000.0))] == 1
    assert row("page.viewed", Page("1"), load_time)[Bin("load_time", (1.0, 1_000.0))] == ABSENT


def test_rows_of_several_types_stand_apart_each_in_the_order_of_its_events() -> None:
    shape = shape_of("order.paid", metric("a", Term(("order.paid",), value="amount")))
    rows_of = compile_rows({OrderCreated: shape_of("order.created"), OrderPaid: shape}, {}, SHIPPED)
    events = [
        kind(id="1", source="/oms", time="", specversion="1.0", data=Order("1", amount=amount))
        for kind, amount in ((OrderCreated, 1.0), (OrderPaid, 2.0), (OrderCreated, 3.0), (OrderPaid, 4.0))
    ]

    assert rows_of(events, [NOON, NOON, NOON, NOON + 1]) == [[], [NOON, 200, NOON + 1, 400]]


def test_a_case_is_numbered_by_its_name_and_only_where_a_condition_of_those_that_follow_it_holds() -> None:
    only = Holds(((("reason", Condition(equals="x")),),))
    shape = RowShape("order.paid", "orders", {}, others=[only, Case("order_id", "region", (only,))])
    book = CaseBook()
    rows_of = compile_rows({OrderPaid: shape}, {}, SHIPPED, book)
    data = [Order("1", reason="x", region="hunan"), Order("1"), Order("1", reason="x"), Order("1", "hunan", reason="x")]
    events = [OrderPaid(id="1", source="/oms", time="", specversion="1.0", data=each) for each in data]

    (flat,) = rows_of(events, [NOON] * 4)

    assert [flat[begin + 1 : begin + 3] for begin in range(0, len(flat), 3)] == [[1, 1], [0, 0], [1, 2], [1, 1]]
    assert list(book["order_id", "region"]) == ["1\0hunan", "1\0"]


def test_a_value_of_the_catalogue_never_becomes_code() -> None:
    evil = '\'); raise SystemExit  #\n"""'
    closed = metric("a", Term(("order.paid",), where={"reason": Condition(equals=evil)}))

    test = Holds(((("reason", Condition(equals=evil)),),))
    assert row("order.paid", Order("1", reason=evil), closed)[test]
    assert not row("order.paid", Order("1", reason="'"), closed)[test]


@pytest.mark.parametrize(
    ("condition", "holds_for"),
    [
        (Condition(any_of=(None, "x")), {None, "", "x"}),
        (Condition(equals="x"), {"x"}),
        (Condition(equals=""), {None, ""}),
        (Condition(present=True), {"x", "y"}),
        (Condition(present=False), {None, ""}),
        (Condition(any_of=("x", "y"), equals="y"), {"y"}),
    ],
)
def test_a_missing_dimension_is_empty_for_conditions_too(condition: Condition, holds_for: set[str | None]) -> None:
    gated = metric("a", Term(("order.paid",), where={"reason": condition}))

    assert holds_for == {
        reason
        for reason in (None, "", "x", "y")
        if row("order.paid", Order("1", reason=reason), gated)[Holds(((("reason", condition),),))]
    }
