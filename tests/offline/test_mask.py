"""A masked recording names nobody, and a worker decides about its records as before."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.events.dead_letter import Rejection
from streams.events.decoder import TopicDecoder
from streams.offline.mask import Mask
from streams.offline.record_line import KafkaRecord

KINDS = {
    "order.paid": {
        "order_id": "id",
        "customer": "customer",
        "region": "dimension",
        "amount": "money",
        "paid_at": "time",
    },
    "consultation.closed": {"consultation_id": "id", "order_id": "id", "handled_by": "text", "resolved": "flag"},
}
MASK = Mask(b"k" * 32, KINDS)
DECODER = TopicDecoder("orders")
PAID = {
    "specversion": "1.0",
    "id": "paid-TB1",
    "source": "/oms",
    "type": "order.paid",
    "time": "2026-11-11T00:00:00+08:00",
    "subject": "TB1",
    "data": {
        "order_id": "TB1",
        "region": "zhejiang",
        "amount": 12.5,
        "paid_at": "2026-11-11T00:00:00+08:00",
        "note": "ring twice, Wang Fang",
    },
}


def masked(event: Any, topic: str = "orders", **changes: Any) -> Any:
    found = KafkaRecord(topic, 3, 7, 1_000, b"TB1", orjson.dumps(event))._replace(**changes)
    return orjson.loads(MASK.masked(found).value or b"null")


def what_is_wrong(value: bytes) -> Any:
    try:
        DECODER.decode(value)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        found = DECODER.explain(value)
        return found.reason if isinstance(found, Rejection) else "ignored"
    return "an event"


def test_ids_become_pseudonyms_and_belong_together_as_before() -> None:
    event = masked(PAID)
    closed = masked({**PAID, "type": "consultation.closed", "data": {"consultation_id": "c1", "order_id": "TB1"}})

    assert event["subject"] == event["data"]["order_id"] == closed["data"]["order_id"] == MASK.pseudonym("TB1")
    assert event["id"] == MASK.pseudonym("paid-TB1")
    assert MASK.masked(KafkaRecord("orders", 3, 7, 1_000, b"TB1", b"{}")).key == event["subject"].encode()


def test_another_file_has_other_pseudonyms() -> None:
    assert MASK.pseudonym("TB1") != Mask(b"x" * 32, KINDS).pseudonym("TB1")


def test_dimensions_amounts_and_times_stay_and_what_is_not_listed_goes() -> None:
    event = masked(PAID)

    assert {name: event["data"].get(name) for name in ("region", "amount", "paid_at", "note")} == {
        "region": "zhejiang",
        "amount": 12.5,
        "paid_at": "2026-11-11T00:00:00+08:00",
        "note": None,
    }
    assert (event["source"], event["time"], event["type"]) == ("/oms", PAID["time"], "order.paid")


def test_who_handled_it_stays_for_metrics_ask_for_it() -> None:
    data = {"consultation_id": "c1", "handled_by": "bot", "resolved": True}

    assert masked({**PAID, "type": "consultation.closed", "data": data})["data"]["handled_by"] == "bot"


def test_an_unlisted_type_keeps_nothing_of_its_data() -> None:
    assert masked({**PAID, "type": "customer.renamed"})["data"] == {}


def test_an_event_in_binary_mode_is_masked_in_headers_and_data() -> None:
    headers = tuple((f"ce_{name}", str(value).encode()) for name, value in PAID.items() if name != "data")
    found = KafkaRecord("orders", 3, 7, 1_000, None, orjson.dumps(PAID["data"]), (*headers, ("x-user", b"Wang")))

    hidden = MASK.masked(found)

    assert dict(hidden.headers)["ce_subject"] == MASK.pseudonym("TB1").encode()
    assert dict(hidden.headers)["ce_type"] == b"order.paid"
    assert b"Wang" not in b"".join(text or b"" for _, text in hidden.headers) + (hidden.value or b"")


WRONG = [
    PAID | {"time": "yesterday, said Wang Fang"},
    PAID | {"specversion": "0.3 of Wang Fang"},
    PAID | {"subject": ["Wang Fang"]},
    PAID | {"id": ""},
    PAID | {"id": 13812345678},
    PAID | {"data": "Wang Fang"},
    PAID | {"data": {"order_id": 13812345678}},
    PAID | {"data": {"order_id": "TB1", "region": {"name": "Wang Fang"}}},
    PAID | {"data": {"order_id": "TB1", "amount": "13812345678"}},
    PAID | {"data": {"order_id": "TB1", "amount": 10**30}},
    PAID | {"data": {"order_id": "TB1", "paid_at": "yesterday, said Wang Fang"}},
    PAID | {"data": {"region": "zhejiang"}},
    {name: value for name, value in PAID.items() if name != "source"},
    ["Wang Fang"],
    "Wang Fang",
    None,
]


@pytest.mark.parametrize("event", WRONG, ids=range(len(WRONG)))
def test_what_is_wrong_stays_wrong_for_the_same_reason_without_its_value(event: Any) -> None:
    value = json.dumps(event).encode()
    hidden = MASK.masked(KafkaRecord("orders", 0, 0, 0, None, value)).value or b""

    assert what_is_wrong(hidden) == what_is_wrong(value)
    assert b"Wang" not in hidden
    assert b"13812345678" not in hidden


@pytest.mark.parametrize("value", [b"Wang Fang", b"\xff\xfe", b"[" * 5000, b""])
def test_what_is_no_json_stays_none(value: bytes) -> None:
    hidden = MASK.masked(KafkaRecord("orders", 0, 0, 0, None, value)).value or b""

    assert what_is_wrong(hidden) == what_is_wrong(value)
    assert b"Wang" not in hidden


def test_a_tombstone_stays_one() -> None:
    hidden = MASK.masked(KafkaRecord("orders", 0, 5, 0, b"TB1", None))

    assert (hidden.value, hidden.offset, hidden.key) == (None, 5, MASK.pseudonym("TB1").encode())


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.dictionaries(st.sampled_from([*PAID, "note"]), JSON),
    st.dictionaries(st.sampled_from(sorted(PAID["data"])), JSON),
)
def test_no_text_of_any_event_is_left_but_of_dimensions_times_source_and_type(
    attributes: dict[str, Any], data: dict[str, Any]
) -> None:
    secret = "Wang Fang 13812345678"
    planted = json.loads(json.dumps({**PAID, **attributes, "data": {**data, "note": secret, "order_id": secret}}))
    planted |= {"id": secret, "type": "order.paid"}
    hidden = MASK.masked(KafkaRecord("orders", 0, 0, 0, secret.encode(), json.dumps(planted).encode()))

    assert secret.encode() not in (hidden.value or b"") + (hidden.key or b"")
