"""Steps as records of pharos-actions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.linkage.clerk import Clerk, settled
from streams.records.action import ActionRecord
from streams.records.action_event import encode as encode_action
from streams.records.request import Ending, RequestStep
from streams.records.request_event import Passed, encode, read_step
from streams.register.requests import RequestLog
from streams.settings.settings import LinkageRule

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.records.anomaly import Transition


@pytest.fixture
def step(transition: Callable[..., Transition], now: int) -> RequestStep:
    found = next(iter(Clerk([LinkageRule("r", "act", note='é"<b>')], RequestLog()).rule(transition(), now))).step
    assert found is not None
    return found


def test_what_is_written_is_read(step: RequestStep, now: int) -> None:
    for one in (step, settled(step, Ending.REJECTED, now, reason="status 400")):
        assert read_step(encode(one)) == one
        assert orjson.loads(encode(one))["id"] == one.id


@pytest.mark.parametrize("change", [{"time": "soon"}, {"subject": ""}, {"data": {}}, {"subject": "f" * 300}])
def test_what_claims_to_be_a_step_and_is_none_is_told_apart(step: RequestStep, change: dict[str, Any]) -> None:
    assert read_step(orjson.dumps(orjson.loads(encode(step)) | change)) is Passed.MALFORMED


@pytest.mark.parametrize(
    ("text", "hostile"),
    [
        (b'"window_s":60', b'"window_s":%d' % 10**30),
        (b'"rule":"r"', b'"rule":"\\ud800"'),
        (b'"score":3.0', b'"score":1e999'),
        (b'"rule":"r"', b'"rule":"\xff"'),
    ],
)
def test_what_could_not_be_passed_on_is_not_taken(step: RequestStep, text: bytes, hostile: bytes) -> None:
    value = encode(step)
    assert text in value

    assert isinstance(read_step(value.replace(text, hostile)), Passed)


def test_an_action_that_quotes_a_step_is_an_action(step: RequestStep, now: int) -> None:
    quoting = ActionRecord(
        source="/crm", id="1", fingerprint="f", time=now, action="x", note=encode(step).decode()[:500]
    )

    assert read_step(encode_action(quoting)) is Passed.OTHER
    assert read_step(None) is Passed.OTHER


@given(st.binary(max_size=200))
def test_no_bytes_stop_the_reading(value: bytes) -> None:
    assert read_step(value + b'"pharos.action.settled"') in {Passed.OTHER, Passed.MALFORMED}
