"""When a silence begins that is made beforehand, by the clocks of the shop."""

from __future__ import annotations

from datetime import datetime

import orjson
import pytest

from streams.catalogue.load import load
from streams.register.label_values import LabelValues
from streams.web.action_request import BodyFault
from streams.web.silence_request import SilenceRequest, read_silence

LABELS = LabelValues(load().metrics)
ASKED = {"matchers": ["region=zhejiang"], "actor": "li", "reason": "storm", "minutes": 60}


def read(begins: str, now: str) -> SilenceRequest | BodyFault:
    body = orjson.dumps(ASKED | {"begins": begins})
    return read_silence(body, int(datetime.fromisoformat(now).timestamp() * 1000), "Europe/Berlin", LABELS)


@pytest.mark.parametrize("begins", ["2026-03-29T02:00", "2026-03-29T02:30", "2026-03-29T02:59:59"])
def test_a_time_that_spring_skips_is_refused_with_the_remedy(begins: str) -> None:
    fault = read(begins, "2026-03-28T12:00Z")

    assert isinstance(fault, BodyFault)
    assert fault == ("begins", "begins is a time that is skipped when clocks go forward: choose a later one.")


@pytest.mark.parametrize(
    ("begins", "meant"),
    [
        ("2026-03-29T01:59", "2026-03-29T00:59Z"),
        ("2026-03-29T03:00", "2026-03-29T01:00Z"),
        ("2026-03-29T02:30+01:00", "2026-03-29T01:30Z"),
        ("2026-10-25T02:30", "2026-10-25T00:30Z"),  # the first of the two
        ("2026-10-25T02:30+01:00", "2026-10-25T01:30Z"),
    ],
)
def test_any_other_time_is_one_moment(begins: str, meant: str) -> None:
    asked = read(begins, "2026-10-24T12:00Z" if "-10-" in begins else "2026-03-28T12:00Z")

    assert isinstance(asked, SilenceRequest)
    assert asked.begins == datetime.fromisoformat(meant).timestamp() * 1000
