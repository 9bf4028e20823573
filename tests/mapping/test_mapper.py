"""From a record to events, or to the reason why there are none."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.events.customer import CustomerKey
from streams.events.dead_letter import Reason
from streams.events.vocabulary import SHIPPED, type_of
from streams.mapping.failure import MappingError
from streams.mapping.mapper import RecordMapper, compile_mapping
from streams.mapping.rule import MOST_EVENTS
from streams.settings.mapping import MappingSettings
from tests.mapping.support.shop import DATA, ignored, mapper, order, rule


def refused(one: RecordMapper, record: bytes) -> tuple[Reason, str]:
    with pytest.raises(MappingError) as caught:
        one.events(record)
    return caught.value.rejection.reason, caught.value.rejection.detail


def failed(one: RecordMapper, record: bytes) -> str:
    reason, detail = refused(one, record)
    assert reason is Reason.MAPPING_FAILED
    return detail


def test_a_record_becomes_an_event_with_what_is_named_and_nothing_else() -> None:
    (event,) = mapper().events(order(name="Jane Roe", address={"code": "NY", "street": "Main St"}))

    assert type_of(type(event)) == "order.paid"
    assert (event.id, event.source, event.time, event.subject) == ("paid-1", "/shop", "2026-11-11T00:00:01Z", "1")
    assert (event.data.order_id, event.data.amount, event.data.region) == ("1", 12.5, "NY")  # type: ignore[attr-defined]
    assert b"Jane" not in msgspec.json.encode(event)
    assert b"Main" not in msgspec.json.encode(event)


@pytest.mark.parametrize("number", [2**53 + 1, 2**63 - 1, 2**64 + 1, 10**40 + 1])
def test_a_large_number_keeps_its_digits(number: int) -> None:
    (event,) = mapper().events(order(id=number))

    assert event.subject == str(number)


def test_what_no_rule_fits_is_unmapped() -> None:
    assert refused(mapper(), order(status="open")) == (Reason.UNMAPPED, "no rule fits")


def test_two_rules_that_fit_are_a_mistake() -> None:
    two = mapper(rule(), ignored("id"), rule(when="total"))

    assert failed(two, order()) == "rules 1 and 2 both fit; narrow one `when`, or set all: true"


def test_with_all_every_rule_that_fits_gives_its_events() -> None:
    both = mapper(rule(), ignored("id"), rule(when="total", type="order.created"), all=True)

    assert [type_of(type(event)) for event in both.events(order())] == ["order.paid", "order.created"]


def test_a_record_that_only_a_rule_with_ignore_fits_gives_nothing() -> None:
    assert mapper(rule(), ignored("status == 'open'")).events(order(status="open")) == []
    assert mapper(rule(), ignored("status == 'open'"), all=True).events(order(status="open")) == []


def test_rules_of_a_shipped_mapping_are_asked_where_no_own_one_fits() -> None:
    extending = mapper(ignored("test"), rule(), rule(when="id", type="order.created"), own=1, extends="shopify")

    assert extending.events(order(test=True)) == []
    assert failed(extending, order()) == "shopify rules 1 and 2 both fit; narrow one `when`, or set all: true"
    assert failed(extending, order(status="open", total="x")).startswith("shopify rule 2: data.amount")


def test_each_element_of_an_array_gives_an_event() -> None:
    scans = rule(
        when="scans",
        each="scans",
        type="lookup('tags', item.tag)",
        id="join('-', [record.number, item.at])",
        time="item.at",
        subject="record.number",
        data={"parcel_id": "record.number", "carrier": "lower(record.carrier)"},
    )
    tracked = mapper(scans, tables={"tags": {"InTransit": "parcel.scanned", "Delivered": "parcel.delivered"}})
    times = ["2026-11-11T00:00:01Z", "2026-11-11T00:00:02Z", "2026-11-11T00:00:03Z"]
    tags = ["InTransit", "Unknown", "Delivered"]
    record = {
        "number": "P1",
        "carrier": "DHL",
        "scans": [{"tag": t, "at": at} for t, at in zip(tags, times, strict=True)],
    }

    events = tracked.events(msgspec.json.encode(record))

    assert [(type_of(type(event)), event.id) for event in events] == [
        ("parcel.scanned", f"P1-{times[0]}"),
        ("parcel.delivered", f"P1-{times[2]}"),
    ]
    assert {event.data.carrier for event in events} == {"dhl"}  # type: ignore[attr-defined]


def test_elements_that_are_no_array_are_a_mistake_and_null_is_none() -> None:
    each = mapper(rule(when="", each="scans", id="text(item)", subject=""))

    assert each.events(b'{"scans": null}') == each.events(b"{}") == []
    assert failed(each, b'{"scans": 5}') == "rule 1: each is no array"


def test_one_element_that_fails_makes_the_whole_record_a_dead_letter() -> None:
    each = mapper(rule(when="", each="scans", id="item.id", time="item.at", subject="", data={"order_id": "item.id"}))
    good = {"id": "1", "at": "2026-11-11T00:00:01Z"}

    assert len(each.events(msgspec.json.encode({"scans": [good, good]}))) == 2
    assert failed(each, msgspec.json.encode({"scans": [good, {"id": "2"}]})) == (
        "rule 1: time is null; every order.paid needs it"
    )


def test_a_record_gives_no_endless_number_of_events() -> None:
    each = mapper(
        rule(when="", each="scans", id="text(item)", time="record.at", subject="", data={"order_id": "text(item)"})
    )
    record = {"at": "2026-11-11T00:00:01Z", "scans": [1] * MOST_EVENTS}

    assert len(each.events(msgspec.json.encode(record))) == MOST_EVENTS
    assert failed(each, msgspec.json.encode({**record, "scans": [1] * (MOST_EVENTS + 1)})) == (
        "rule 1: gives more than 10,000 events"
    )


@pytest.mark.parametrize(
    ("changes", "detail"),
    [
        ({"source": 5}, "data.channel is a number where text is wanted; write text(...)"),
        ({"source": ["x"]}, "data.channel is an array where text is wanted"),
        ({"total": "12,50"}, "data.amount: number() is given a text that is no number"),
        ({"total": 1e12}, "data.amount is empty, too long or out of range"),
        ({"id": None}, "id: join() is given an array with null in it where an array of texts is wanted"),
        ({"paid_at": None}, "time is null; every order.paid needs it"),
        (
            {"paid_at": 1_762_000_000},
            "time is a number where a time is wanted; write epoch_s(...), epoch_ms(...) or epoch_us(...)",
        ),
        ({"paid_at": "2026-11-11 00:00:01"}, "time has no offset; set timezone"),
        ({"paid_at": "2026-11-11"}, "time is a date without a time of day; write start_of_day(...) or end_of_day(...)"),
        ({"paid_at": "yesterday"}, "time is no time; write it as RFC 3339"),
        ({"address": [1, 2]}, None),
    ],
)
def test_the_detail_says_rule_field_and_remedy(changes: dict[str, object], detail: str | None) -> None:
    if detail is None:
        assert len(mapper().events(order(**changes))) == 1
    else:
        assert failed(mapper(), order(**changes)) == f"rule 1: {detail}"


@pytest.mark.parametrize(
    ("data", "record", "detail"),
    [
        ({"order_id": "id"}, {"id": 5}, "data.order_id is a number where text is wanted; write text(...)"),
        ({"order_id": "nothing"}, {}, "order_id is null; every order.paid needs it"),
        ({**DATA, "amount": "total"}, {}, "data.amount is a text where a number is wanted; write number(...)"),
        (
            {**DATA, "shipped": "sent"},
            {"sent": 1},
            "data.shipped is a number where true or false is wanted; write flag(...)",
        ),
        (
            {**DATA, "created_at": "x"},
            {"x": 5},
            "data.created_at is a number where a time is wanted; write epoch_s(...), epoch_ms(...) or epoch_us(...)",
        ),
        ({**DATA, "customer": "who"}, {"who": 5}, "data.customer is a number where text is wanted; write text(...)"),
    ],
)
def test_nothing_is_changed_in_kind_silently(data: dict[str, str], record: dict[str, object], detail: str) -> None:
    assert failed(mapper(rule(data=data)), order(**record)).removeprefix("rule 1: ").removeprefix("data.") == (
        detail.removeprefix("data.")
    )


def test_a_fraction_is_no_count() -> None:
    scanned = rule(type="parcel.scanned", data={"parcel_id": "text(id)", "part": "part"})

    assert "whole number is wanted" in failed(mapper(scanned), order(part=1.5))


@pytest.mark.parametrize("empty", ["id", "source"])
def test_an_id_and_a_source_are_not_empty(empty: str) -> None:
    assert failed(mapper(rule(**{empty: "''"})), order()) == f"rule 1: {empty} is empty, too long or out of range"


def test_an_empty_subject_is_none() -> None:
    (event,) = mapper(rule(subject="x")).events(order(x=""))

    assert event.subject is None


@pytest.mark.parametrize(
    ("given", "detail"), [("order.sold", "type is no type of event"), (5, "type is no type of event")]
)
def test_a_type_that_the_record_gives_must_be_known(given: object, detail: str) -> None:
    assert failed(mapper(rule(type="kind")), order(kind=given)) == f"rule 1: {detail}"
    assert mapper(rule(type="kind")).events(order(kind=None)) == []


def test_a_condition_that_cannot_be_computed_is_told() -> None:
    assert failed(mapper(rule(when="starts_with(topic, 'orders')")), order()) == (
        "rule 1: when: starts_with() is given null where a text is wanted"
    )


@pytest.mark.parametrize(
    ("record", "detail"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (order()[:-1], "not JSON"),
        (order() + b"}", "not JSON"),
        (b"\xef\xbb\xbf" + order(), "not JSON"),
        (order().decode().encode("utf-16"), "not UTF-8"),
        (order(name="ü").decode().encode("latin-1"), "not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"status": "paid", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deeply"),
    ],
)
def test_what_is_not_json_is_told(record: bytes, detail: str) -> None:
    assert refused(mapper(), record) == (Reason.NOT_JSON, detail)


def test_a_customer_is_hashed_and_left_out_without_a_key() -> None:
    mapping = MappingSettings(events=(rule(data={**DATA, "customer": "who"}),))
    key = CustomerKey(b"a secret of this shop")

    (hashed,) = compile_mapping("shop", mapping, SHIPPED, key).events(order(who="C-1"))
    (nobody,) = compile_mapping("shop", mapping, SHIPPED).events(order(who="C-1"))

    assert hashed.data.customer == key.hashed("C-1")  # type: ignore[attr-defined]
    assert nobody.data.customer == ""  # type: ignore[attr-defined]


def test_the_types_that_a_mapping_can_give_are_known_before_any_record() -> None:
    tables = {"tags": {"a": "parcel.scanned", "b": "parcel.lost", "c": ""}}
    found = mapper(rule(), rule(type="lookup('tags', x) || 'order.created'"), ignored("y"), tables=tables)

    assert found.types == {"order.paid", "parcel.scanned", "parcel.lost", "order.created"}
    assert mapper(rule(type="kind")).types == frozenset(SHIPPED.types)


MARK = "zq7"


@given(
    st.fixed_dictionaries(
        {},
        optional={
            name: st.sampled_from(
                [MARK, f"{MARK}.5", [MARK], {MARK: MARK}, {"code": [MARK]}, 7_777_777, 7.777777, True]
            )
            for name in ("id", "status", "paid_at", "total", "source", "address", "who")
        },
    )
)
def test_a_detail_never_holds_a_value_of_the_record(changes: dict[str, object]) -> None:
    strict = mapper(rule(when="", data={**DATA, "customer": "who", "created_at": "total", "shipped": "id"}))

    _, detail = refused(strict, order(**changes))

    assert MARK not in detail
    assert "777" not in detail
