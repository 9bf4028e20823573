"""Real calls down the whole road: import, ingest, merge, detectors, incidents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from streams.imports.calls import import_calls

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from streams.records.anomaly import Anomaly

pytestmark = pytest.mark.data
CATALOGUE = "call-centre.yaml"
HISTORY = "1999-02-01T00:00:00+02:00"


def alarms(found: list[Anomaly]) -> list[str]:
    return [anomaly.detected_at for anomaly in found if anomaly.severity in {"warning", "critical"}]


def test_the_outage_of_the_lines_is_found_within_five_minutes_by_those_whom_the_menu_holds(
    evaluation_data: Path, judged: Callable[..., list[Anomaly]]
) -> None:
    calls = import_calls(evaluation_data / "calls")

    found = judged(calls, CATALOGUE, HISTORY, "1999-02-03T12:15:00+02:00", "1999-02-03T12:55:00+02:00")

    # It begins at 12:45 there, which is two hours later than in UTC.
    assert "1999-02-03T10:45" < alarms(found)[0] <= "1999-02-03T10:50:00.000Z"
    assert {anomaly.metric for anomaly in found if anomaly.caused_by is None} == {"held_in_menu"}


def test_without_the_menu_it_is_found_within_80_s_of_the_first_minute_in_which_all_hang_up(
    evaluation_data: Path, judged: Callable[..., list[Anomaly]]
) -> None:
    calls = import_calls(evaluation_data / "calls")
    others = ("abandonment", "service_level", "asa", "calls")

    found = judged(calls, CATALOGUE, HISTORY, "1999-02-03T12:15:00+02:00", "1999-02-03T12:55:00+02:00", others)

    assert "1999-02-03T10:52" < alarms(found)[0] < "1999-02-03T10:53:21"


def test_closing_time_on_friday_is_no_incident(evaluation_data: Path, judged: Callable[..., list[Anomaly]]) -> None:
    calls = import_calls(evaluation_data / "calls")

    assert alarms(judged(calls, CATALOGUE, HISTORY, "1999-02-05T13:40:00+02:00", "1999-02-05T14:25:00+02:00")) == []
