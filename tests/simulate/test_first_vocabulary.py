"""What the first vocabulary says of a sale stays as it was, whatever is said besides."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from streams.scenarios.named import simulate
from streams.simulate import double11
from streams.simulate.plan import QUIET
from streams.simulate.rhythm import MINUTE_MS

if TYPE_CHECKING:
    from collections.abc import Iterator

SMALL = double11._Size(1.0, 0.15, 1, QUIET[0] - 5, 20 * MINUTE_MS, broken=6, foreign=3)
LINES, DIGEST = 141_150, "f350040be7cb4a0ce876b61054244a1a90e28cb272a10cbad9dbb54b9bfaaed3"
TYPE = re.compile(r'"type":"([a-z_]+)\.([a-z_]+)"')
CUSTOMER = re.compile(r',"customer":"[0-9a-f]{16}"')
ADDED_TYPES = {
    *("payment.started", "message.received", "promise.made", "promise.kept", "promise.withdrawn", "notice.sent"),
    *("case.opened", "case.handed_over", "case.state_changed", "case.reopened", "case.closed"),
    *("complaint.opened", "feedback.closed", "mention.answered"),
}
ADDED_FIELDS = {
    "parcel": ("channel",),
    "refund": ("channel", "return_channel", "care_at", "intervened"),
    "dispute": ("channel", "return_channel"),
    "consultation": ("eta", "unclear"),
    "survey": ("touchpoint", "stage"),
}


@pytest.fixture(scope="module")
def lines() -> Iterator[list[str]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(double11._SIZES, "demo", SMALL)
        yield list(simulate("double11", 11, "demo").lines())


def of_the_first_vocabulary(line: str) -> str | None:
    """The line without what came later; None for a type that came later."""
    found = TYPE.search(line)
    if found is None:
        return line.replace(',"revenue_paid"', "")  # of the calendar
    if ".".join(found.groups()) in ADDED_TYPES:
        return None
    line = CUSTOMER.sub("", line)
    for field in ADDED_FIELDS.get(found[1], ()):
        line = re.sub(rf',"{field}":("[^"]*"|true|false)', "", line)
    return line


def test_without_the_added_types_and_fields_a_sale_has_the_same_bytes_as_ever(lines: list[str]) -> None:
    first = [line for line in map(of_the_first_vocabulary, lines) if line is not None]

    assert len(first) == LINES
    assert hashlib.sha256("\n".join(first).encode()).hexdigest() == DIGEST


def test_the_added_types_are_less_than_a_third_of_all_records(lines: list[str]) -> None:
    added = sum(of_the_first_vocabulary(line) is None for line in lines)

    assert 0.05 * len(lines) < added < 0.3 * len(lines)


def test_a_demo_tells_of_the_service_from_hours_before_the_live_part_on() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(double11._SIZES, "demo", replace(SMALL, service_hours=6))
        short = list(simulate("double11", 11, "demo").lines())
    times = [line.partition('"time":"')[2][:13] for line in short if of_the_first_vocabulary(line) is None]

    assert min(times) == "2026-11-10T12"  # live from 18:40 on
    first = [line for line in map(of_the_first_vocabulary, short) if line is not None]
    assert hashlib.sha256("\n".join(first).encode()).hexdigest() == DIGEST
