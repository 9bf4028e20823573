"""What the body of a write may say, and how it is told what is wrong with it."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.records.action import Kind, Opinion
from streams.web.action_request import ActionRequest, BodyFault, read_request


def read(kind: Kind, name: str = "", **said: Any) -> ActionRequest | BodyFault:
    return read_request(kind, orjson.dumps(said), name)


def test_an_ack_takes_half_an_hour_unless_it_says_otherwise() -> None:
    assert read(Kind.ACK, actor="li") == ActionRequest(Kind.ACK, "li", "", 30)
    assert read(Kind.ACK, actor="li", note=None, minutes=None) == ActionRequest(Kind.ACK, "li", "", 30)
    assert read(Kind.ACK, actor=" li ", note=" on it ", minutes=1440) == ActionRequest(Kind.ACK, "li", "on it", 1440)


def test_a_snooze_says_for_how_long() -> None:
    assert read(Kind.SNOOZE, actor="li", minutes=1) == ActionRequest(Kind.SNOOZE, "li", "", 1)


@pytest.mark.parametrize("verdict", Opinion)
def test_feedback_is_one_of_four(verdict: Opinion) -> None:
    assert read(Kind.FEEDBACK, actor="li", verdict=verdict.value, minutes="-") == ActionRequest(
        Kind.FEEDBACK, "li", "", 0, verdict
    )


def test_the_name_of_the_token_wins_over_the_one_that_is_claimed() -> None:
    assert read(Kind.ACK, "Li Wei", actor="somebody else") == read(Kind.ACK, "Li Wei") == read(Kind.ACK, actor="Li Wei")


def test_names_and_notes_of_any_language_are_taken() -> None:
    assert read(Kind.ACK, actor="李伟", note="Zoë 👩‍🚀: «ok», ☎") == ActionRequest(
        Kind.ACK, "李伟", "Zoë 👩‍🚀: «ok», ☎", 30
    )


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'"ack"', b"{", b"\xff", b'{"actor": NaN}', b"[" * 50_000])
@pytest.mark.parametrize("kind", Kind)
def test_a_body_that_is_no_object_is_shown_what_one_looks_like(kind: Kind, body: bytes) -> None:
    fault = read_request(kind, body)

    assert isinstance(fault, BodyFault)
    example = fault.sentence.partition("such as ")[2].removesuffix(".")
    assert isinstance(read_request(kind, example.encode()), ActionRequest)


@pytest.mark.parametrize(
    ("kind", "said", "field"),
    [
        (Kind.ACK, {}, "actor"),
        (Kind.ACK, {"actor": ""}, "actor"),
        (Kind.ACK, {"actor": "   "}, "actor"),
        (Kind.ACK, {"actor": "x" * 81}, "actor"),
        (Kind.ACK, {"actor": 5}, "actor"),
        (Kind.ACK, {"actor": None}, "actor"),
        (Kind.ACK, {"actor": "li\nwei"}, "actor"),
        (Kind.ACK, {"actor": "li\x00"}, "actor"),
        (Kind.ACK, {"actor": "li\u202egnaw"}, "actor"),
        (Kind.ACK, {"actor": "li", "note": "x" * 501}, "note"),
        (Kind.ACK, {"actor": "li", "note": ["x"]}, "note"),
        (Kind.ACK, {"actor": "li", "note": "a\u2028b"}, "note"),
        (Kind.ACK, {"actor": "li", "note": "a\x1b[31mb"}, "note"),
        (Kind.ACK, {"actor": "li", "minutes": 0}, "minutes"),
        (Kind.ACK, {"actor": "li", "minutes": 1441}, "minutes"),
        (Kind.ACK, {"actor": "li", "minutes": 30.5}, "minutes"),
        (Kind.ACK, {"actor": "li", "minutes": "30"}, "minutes"),
        (Kind.ACK, {"actor": "li", "minutes": True}, "minutes"),
        (Kind.SNOOZE, {"actor": "li"}, "minutes"),
        (Kind.SNOOZE, {"actor": "li", "minutes": -1}, "minutes"),
        (Kind.FEEDBACK, {"actor": "li"}, "verdict"),
        (Kind.FEEDBACK, {"actor": "li", "verdict": "fine"}, "verdict"),
        (Kind.FEEDBACK, {"actor": "li", "verdict": ["confirmed"]}, "verdict"),
        (Kind.FEEDBACK, {"actor": "li", "verdict": None}, "verdict"),
    ],
)
def test_what_is_wrong_is_named_by_field_and_with_the_remedy(kind: Kind, said: dict[str, Any], field: str) -> None:
    fault = read(kind, **said)

    assert isinstance(fault, BodyFault)
    assert fault.field == field
    assert fault.sentence.startswith(f"{field} must be ")


@given(
    kind=st.sampled_from(Kind),
    said=st.dictionaries(
        st.sampled_from(["actor", "note", "minutes", "verdict"]),
        st.text(max_size=600) | st.integers(-5, 3_000) | st.none() | st.booleans() | st.just("confirmed"),
    ),
)
def test_what_is_accepted_is_within_the_limits(kind: Kind, said: dict[str, Any]) -> None:
    asked = read(kind, **said)

    if isinstance(asked, ActionRequest):
        assert 1 <= len(asked.actor) <= 80
        assert len(asked.note) <= 500
        assert all(ord(sign) >= 32 for sign in asked.actor + asked.note)
        assert asked.minutes in (range(1, 1441) if kind is not Kind.FEEDBACK else (0,))
        assert (asked.verdict is not None) is (kind is Kind.FEEDBACK)
