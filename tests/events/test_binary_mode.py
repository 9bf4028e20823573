"""Events in binary mode are the same events, and what is refused of them stays as it came."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from streams.catalogue.load import load
from streams.events.binary_mode import is_binary, structured
from streams.events.dead_letter import Reason
from streams.ingest.outcome import Outcome
from streams.ingest.partition import IngestPartition
from streams.records.batch import RecordBatch
from tests.ingest.records import NOON, make_event, text_of

ATTRIBUTES = {"specversion": "1.0", "id": "1", "source": "/oms", "type": "order.paid", "time": text_of(NOON)}


def headers(**changes: str | None) -> tuple[tuple[str, bytes | None], ...]:
    given = {**ATTRIBUTES, **changes}
    return tuple((f"ce_{name}", text.encode()) for name, text in given.items() if text is not None)


def ingest() -> IngestPartition:
    return IngestPartition(
        load(), "orders", 0, dedup_records=10, lateness_ms=30_000, late_limit_ms=7_200_000, future_limit_ms=300_000
    )


def feed(part: IngestPartition, values: list[bytes | None], heads: list[tuple[tuple[str, bytes | None], ...]]) -> None:
    offsets = range(part.next_offset, part.next_offset + len(values))
    part.feed(RecordBatch("orders", 0, offsets, [NOON] * len(values), values, offsets.stop, heads))


def test_an_event_in_binary_mode_is_counted_as_in_structured_mode_and_a_copy_of_it_is_one() -> None:
    part = ingest()
    structured_mode = json.dumps(make_event("order.paid") | {"source": "/oms"}).encode()
    feed(part, [b'{"order_id":"TB1"}', structured_mode], [headers(), ()])

    assert part.outcomes[Outcome.COUNTED] == 1
    assert part.outcomes[Outcome.DUPLICATE] == 1


def test_a_dead_letter_keeps_value_and_headers() -> None:
    part = ingest()
    feed(part, [b'{"region":"zhejiang"}', b"<order/>", b""], [headers(), headers(id="2"), headers(id="3")])
    letters = part.take_flush(1).dead_letters

    assert [(letter.reason, letter.value) for letter in letters] == [
        (Reason.MISSING_ATTRIBUTE, b'{"region":"zhejiang"}'),
        (Reason.NOT_JSON, b"<order/>"),
        (Reason.MISSING_ATTRIBUTE, b""),
    ]
    assert letters[1].headers == headers(id="2")


def test_a_tombstone_with_headers_is_ignored() -> None:
    part = ingest()
    feed(part, [None], [headers()])

    assert part.outcomes[Outcome.IGNORED] == 1


@given(
    st.dictionaries(st.sampled_from(["ce_id", "ce_source", "ce_data", "ce_", "x", "ce_specversion"]), st.binary()),
    st.binary(),
)
def test_whatever_the_headers_hold_a_record_has_one_outcome(raw: dict[str, bytes], value: bytes) -> None:
    part = ingest()
    heads: tuple[tuple[str, bytes | None], ...] = tuple(raw.items())
    feed(part, [value, b'{"order_id":"TB1"}'], [heads if is_binary(heads) else (), headers()])

    assert sum(part.outcomes.values()) == 2
    assert part.outcomes[Outcome.COUNTED] >= 1


def test_data_cannot_be_given_by_a_header() -> None:
    made = json.loads(structured((("ce_data", b"x"), ("ce_id", b"1")), b"{}"))

    assert made == {"id": "1", "data": {}}
