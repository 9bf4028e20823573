"""docs/journey.md says what the table of deadlines, the states and the bounds are."""

from __future__ import annotations

import re
from pathlib import Path

from streams.affected.journey_search import LONGEST_DAYS, JourneyBounds
from streams.app.journeys import BOUNDS
from streams.journey.deadline import DeadlineState
from streams.journey.deadline_table import DEADLINES
from streams.journey.membership import MOST_CASES

PAGE = (Path(__file__).parents[2] / "docs" / "journey.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (`[^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", PAGE, re.MULTILINE)


def test_the_page_names_every_deadline_with_what_begins_and_ends_it() -> None:
    named = {name: row for row in ROWS for name in re.findall(r"`(\w+)`", row[0])}

    assert set(named) == {rule.name for rule in DEADLINES}
    for rule in DEADLINES:
        _, begins, ends, due = named[rule.name]
        if rule.in_time_too:
            assert set(re.findall(r"`([\w.]+)`", begins)) == {*rule.opens, *rule.reopens}
            assert set(re.findall(r"`([\w.]+)`", ends)) == set(rule.closes)
        assert ("measured only" in due) is not rule.has_due
        assert f"`{rule.due}`" in due or not rule.due


def test_the_page_names_every_state() -> None:
    meanings = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \| [^|]+ \|$", PAGE, re.MULTILINE)

    assert {name for row in meanings for name in re.findall(r"`(\w+)`", row)} == {
        state.value for state in DeadlineState
    }


def test_the_page_names_the_bounds() -> None:
    command = JourneyBounds()

    assert f"| time | {command.seconds:g} s (`--timeout`) | {BOUNDS.seconds:g} s |" in PAGE
    assert f"| records | {command.records:,} (`--records`) | {BOUNDS.records:,} |" in PAGE
    assert f"| bytes | {command.bytes >> 30} GiB | {BOUNDS.bytes >> 30} GiB |" in PAGE
    assert f"| events of the journey | {command.events:,} (`--most`) | {BOUNDS.events:,} |" in PAGE
    assert f"| cases that are followed | {MOST_CASES} | {MOST_CASES} |" in PAGE
    assert f"{LONGEST_DAYS} days at most" in PAGE
