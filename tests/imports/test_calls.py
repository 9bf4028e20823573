"""Calls of a bank as events."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from streams.events.vocabulary import SHIPPED
from streams.imports.calls import import_calls
from streams.imports.table import ImportProblem

if TYPE_CHECKING:
    from pathlib import Path

HEADER = (
    "call,arrival,type,priority,identified,vru_seconds,queue_start,queue_exit,queue_seconds,outcome,"
    "service_start,service_end,service_seconds,agent\n"
)
ANSWERED = (
    "7,1999-02-01 08:00:00,PS,0,0,10,1999-02-01 08:00:10,1999-02-01 08:00:40,30,AGENT,"
    "1999-02-01 08:00:40,1999-02-01 08:02:00,80,A1\n"
)
GAVE_UP = "8,1999-02-01 08:00:00,NW,0,0,10,1999-02-01 08:00:10,1999-02-01 08:00:15,5,HANG,,,0,\n"
MENU_ONLY = "9,1999-02-01 08:00:00,NE,0,0,120,,,0,HANG,,,0,\n"
PHANTOM = "10,1999-02-01 08:00:00,PS,0,0,10,1999-02-01 08:00:10,1999-02-01 08:00:12,2,PHANTOM,,,0,\n"


def events(tmp_path: Path, rows: str) -> list[tuple[str, str, float | None]]:
    """(type, local time, waited) of the events of some rows, which all are valid."""
    (tmp_path / "calls_1999.csv").write_text(HEADER + rows)
    made = import_calls(tmp_path).events
    for _, _, event in made:
        msgspec.convert(event, SHIPPED.types[event["type"]])
    calls = [told for told in made if told[2]["type"] != "queue.snapshot"]
    return [(event["type"], f"{time:%H:%M:%S}", event["data"].get("waited")) for time, _, event in calls]


def test_an_answered_call_opens_after_the_menu(tmp_path: Path) -> None:
    assert events(tmp_path, ANSWERED) == [
        ("consultation.opened", "08:00:10", None),
        ("consultation.answered", "08:00:40", 30.0),
        ("consultation.closed", "08:02:00", None),
    ]


def test_who_hangs_up_in_the_queue_or_in_the_menu_gave_up(tmp_path: Path) -> None:
    assert events(tmp_path, GAVE_UP + MENU_ONLY) == [
        ("consultation.opened", "08:00:10", None),
        ("consultation.abandoned", "08:00:15", 5.0),
        ("consultation.opened", "08:02:00", None),
        ("consultation.abandoned", "08:02:00", 0.0),
    ]


def test_whom_the_menu_holds_is_told_as_a_queue(tmp_path: Path) -> None:
    (tmp_path / "calls_1999.csv").write_text(HEADER + ANSWERED + MENU_ONLY)

    told = [
        (f"{time:%H:%M:%S}", each["data"])
        for time, _, each in import_calls(tmp_path).events
        if "queue." in each["type"]
    ]

    assert told[1] == ("08:00:20", {"queue": "voice_menu", "waiting": 1, "oldest_wait": 20.0})
    assert [(at, data["waiting"]) for at, data in told] == [
        ("08:00:00", 0),
        ("08:00:20", 1),
        ("08:01:00", 1),
        ("08:02:00", 0),
    ]


def test_a_phantom_never_was(tmp_path: Path) -> None:
    assert events(tmp_path, PHANTOM) == []


def test_missing_columns_are_named(tmp_path: Path) -> None:
    (tmp_path / "calls_1999.csv").write_text("call,arrival\n1,2\n")

    with pytest.raises(ImportProblem, match="lacks the columns type, vru_seconds"):
        import_calls(tmp_path)


@pytest.mark.data
def test_the_office_hours_and_the_warm_up_are_in_the_scenario(evaluation_data: Path) -> None:
    imported = import_calls(evaluation_data / "calls")

    assert imported.scenario["evaluate_from"] == "1999-02-03T00:00:00+02:00"
    opened = sum(event["type"] == "consultation.opened" for _, _, event in imported.events)
    assert opened == 15_868 - 136
    assert [hours["days"][0] for hours in imported.scenario["opening_hours"]] == ["sun", "fri", "sat"]
