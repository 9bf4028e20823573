"""A request, whatever it holds, is answered below 500, and with what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from streams.catalogue.load import load
from streams.records.action import Kind
from streams.register.label_values import LabelValues
from streams.web.action_request import BodyFault, read_request
from streams.web.approvals import read_decision
from streams.web.security import Facts, Refusal, Security
from streams.web.silence_request import read_preview, read_silence

if TYPE_CHECKING:
    from collections.abc import Callable

LABELS = LabelValues(load().metrics)
NOW = 1_794_326_400_000
READERS: dict[str, Callable[[bytes], Any]] = {
    **{kind.value: lambda body, kind=kind: read_request(kind, body) for kind in Kind},
    "silence": lambda body: read_silence(body, NOW, "Asia/Shanghai", LABELS),
    "preview": lambda body: read_preview(body, LABELS),
    "decision": read_decision,
}
BODIES = [
    b"",
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b'{"actor":"\\ud800"}',
    b'{"actor":1e400}',
    b'{"minutes":NaN}',
    "{}".encode("utf-16"),
    b"\xef\xbb\xbf{}",
    b"null",
    b"[]",
    b'"text"',
]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("body", BODIES)
def test_a_body_that_is_no_object_is_a_fault_with_an_example(reader: str, body: bytes) -> None:
    found = READERS[reader](body)

    assert isinstance(found, BodyFault)
    assert len(found.sentence) < 300


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("value", ["5", "[]", "{}", "true", "1.5", "-1", "9" * 30, "1e308", '"\\u0000"', '"\\u202e"'])
def test_a_field_of_another_type_is_a_fault_or_left_alone(reader: str, value: str) -> None:
    names = (
        "actor",
        "note",
        "reason",
        "minutes",
        "matchers",
        "begins",
        "end_on_resolve",
        "verdict",
        "assignee",
        "request",
    )

    assert isinstance(
        READERS[reader](("{" + ",".join(f'"{name}":{value}' for name in names) + "}").encode()), BodyFault
    )


@pytest.mark.parametrize(
    "begins",
    [
        "0000-01-01T00:00:00Z",
        "0001-01-01",
        "9999-12-31T23:59:59-23:59",
        "2026-11-11T00:00:00+99:00",
        "1e308",
        "9" * 5_000,
    ],
)
def test_a_time_at_the_end_of_the_years_is_a_fault(begins: str) -> None:
    body = f'{{"matchers":["region=hz"],"actor":"li","reason":"x","minutes":5,"begins":"{begins}"}}'

    found = read_silence(body.encode(), NOW, "Asia/Shanghai", LABELS)

    assert isinstance(found, BodyFault)
    assert found.field == "begins"


@pytest.mark.parametrize("origin", ["http://[", "http://]", "http://a]b", "", "null", "//"])
def test_an_origin_that_is_no_address_is_another_one(origin: str) -> None:
    headers = {"Origin": origin, "Content-Type": "application/json"}

    assert Security().refuse_transport(Facts("POST", "localhost", headers, "")) is Refusal.ORIGIN
