"""The function written for a type of event does what the terms say, and takes nothing of the catalogue as text."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
import pytest

from streams.catalogue.metric import Direction, Metric
from streams.catalogue.term import Condition, Term
from streams.events.vocabulary import SHIPPED
from streams.ingest.codes import Codes
from streams.ingest.group import GroupKey, make_groups
from streams.ingest.grouping import WrongTimeError, compile_grouping
from streams.ingest.routes import routes_of
from tests.ingest.records import SERVICE

if TYPE_CHECKING:
    from streams.events.fields import Data

Order = SHIPPED.data["order.paid"]
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


def group(event_type: str, data: Data, *metrics: Metric) -> tuple[list[GroupKey], list[tuple[GroupKey, int]]]:
    """The keys of one event, and its sums."""
    groups = list(enumerate(make_groups(event_type, routes_of(metrics, event_type), "orders")))
    event = SHIPPED.types[event_type](id="1", source="/oms", time="", specversion="1.0", data=data)
    codes = {name: Codes() for _, each in groups for name in each.dimensions}
    (keys,), sums = compile_grouping({SHIPPED.types[event_type]: groups}, codes, SHIPPED, "orders")([event], [NOON])
    return list(keys), [(key, amount) for _, key, amount in sums]


PAID = Term(("order.paid",))


def test_an_event_of_one_key_is_that_key_slot_and_codes_of_the_dimensions_used() -> None:
    whole, by_store = metric("a", PAID), metric("b", PAID, scopes=((), ("store",), ("region", "store")))

    assert group("order.paid", Order("1", region="zhejiang", store="s1", sku="x"), whole, by_store) == (
        [(0, NOON // 10_000, 1, 1)],
        [],
    )


def test_an_event_that_no_metric_uses_has_no_key_and_its_times_are_checked_all_the_same() -> None:
    assert group("order.created", Order("1"), metric("a", PAID)) == ([], [])
    with pytest.raises(WrongTimeError, match=r"\$\.data\.created_at"):
        group("order.created", Order("1", created_at="soon"), metric("a", PAID))


def test_deadlines_counted_from_the_event_itself_need_no_key_of_their_own() -> None:
    due = metric("a", Term(("order.paid",), plus_s=86_400), Term(("order.paid",), plus_s=172_800))

    assert group("order.paid", Order("1"), due) == ([(0, NOON // 10_000)], [])


def test_a_deadline_in_service_hours_is_the_slot_in_which_they_have_passed() -> None:
    due = metric("a", Term(("order.paid",), at="created_at", plus_service_s=3_600))
    order = Order("1", created_at="2025-11-10T16:30:00+08:00")  # a Monday; it closes at 17:00 and opens at 9:00
    groups = list(enumerate(make_groups("order.paid", routes_of((due,), "order.paid"), "orders")))
    grouping = compile_grouping({OrderPaid: groups}, {}, SHIPPED, "orders", service=SERVICE.after)
    event = OrderPaid(id="1", source="/oms", time="", specversion="1.0", data=order)

    due_ms = datetime.fromisoformat("2025-11-11T09:30:00+08:00").timestamp() * 1000
    assert grouping([event], [NOON])[0] == [[(0, NOON // 10_000, due_ms // 10_000)]]


def test_an_event_that_opens_a_case_tells_how_many_steps_ahead_its_deadline_lies() -> None:
    due = msgspec.structs.replace(metric("a"), signal="due_soon", denominator=(Term(("order.paid",), plus_s=86_400),))
    closed = msgspec.structs.replace(
        due, numerator=(Term(("order.paid",), at="created_at", plus_s=86_400, no_later=True),), denominator=()
    )
    slot = NOON // 10_000

    assert group("order.paid", Order("1"), due) == ([(0, slot, 2 * 288 + 1)], [])
    created = Order("1", created_at="2025-11-09T07:00:00Z")  # 21 h before it was paid
    assert group("order.paid", created, closed) == ([(0, slot, True, 2 * 36)], [])
    assert group("order.paid", Order("1", created_at="2025-11-09T03:59:00Z"), closed) == ([], [])
    assert group("order.paid", Order("1"), closed) == ([(0, slot, None, 0)], [])


def test_another_time_and_a_sum_have_keys_of_their_own() -> None:
    terms = (PAID, Term(("order.paid",), value="amount"), Term(("order.paid",), at="created_at", within_s=60))
    recent = Order("1", amount=12.345, created_at="2025-11-10T03:59:50Z")
    old = Order("1", created_at="2025-11-10T03:00:00Z")
    slot = NOON // 10_000

    assert ([(0, slot), (2, slot, slot - 1)], [((1, slot), 1234)]) == group("order.paid", recent, metric("a", *terms))
    assert ([(0, slot)], []) == group("order.paid", old, metric("a", *terms))


def test_events_of_several_types_are_told_apart_and_their_keys_stand_in_their_order() -> None:
    metrics = (metric("a", PAID, Term(("order.paid",), value="amount")),)
    numbered = enumerate(make_groups("order.paid", routes_of(metrics, "order.paid"), "orders"))
    grouping = compile_grouping({OrderCreated: (), OrderPaid: list(numbered)}, {}, SHIPPED, "orders")
    events = [
        kind(id="1", source="/oms", time="", specversion="1.0", data=Order("1", amount=2.0))
        for kind in (OrderCreated, OrderPaid, OrderCreated, OrderPaid)
    ]
    slot = NOON // 10_000

    keys, sums = grouping(events, [NOON, NOON, NOON, NOON + 10_000])

    assert [[], [(0, slot)], [], [(0, slot + 1)]] == list(map(list, keys))
    assert [(1, (1, slot), 200), (3, (1, slot + 1), 200)] == sums


def test_a_value_of_the_catalogue_never_becomes_code() -> None:
    evil = '\'); raise SystemExit  #\n"""'
    closed = metric("a", Term(("order.paid",), where={"reason": Condition(equals=evil)}))

    assert group("order.paid", Order("1", reason=evil), closed, metric("b", PAID))[0] == [(0, NOON // 10_000, True)]
    assert group("order.paid", Order("1", reason="'"), closed, metric("b", PAID))[0] == [(0, NOON // 10_000, False)]


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
        if group("order.paid", Order("1", reason=reason), gated, metric("b", PAID))[0] == [(0, NOON // 10_000, True)]
    }
