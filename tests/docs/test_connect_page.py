"""The tables of events in docs/connect.md: no type or field that there is not, and none of theirs left out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from streams.events.declaration import CUSTOMER
from streams.events.vocabulary import SHIPPED

PAGE = Path(__file__).parents[2] / "docs" / "connect.md"
HEAD = "| type | topic | when | fields, the first of them always |"


def rows(head: str) -> list[list[str]]:
    """The cells of the table with this head."""
    below = PAGE.read_text(encoding="utf-8").partition(f"{head}\n")[2].splitlines()[1:]
    lines = below[: next(number for number, line in enumerate(below) if not line.startswith("|"))]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


ROWS = rows(HEAD)


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_each_row_has_the_topic_and_all_fields_of_its_types(row: list[str]) -> None:
    types, topic, _, fields = row
    names = re.findall(r"[a-z_]+", fields)

    for kind in re.findall(r"`([a-z_.]+)`", types):
        assert SHIPPED.topic_of[kind] == topic
        assert set(names) == SHIPPED.fields[kind] - {CUSTOMER}
        assert names[0] == next(iter(SHIPPED.data[kind].__struct_fields__))


def test_the_table_has_every_type_of_the_words_it_begins_with() -> None:
    named = {kind for row in ROWS for kind in re.findall(r"`([a-z_.]+)`", row[0])}
    words = {kind.partition(".")[0] for kind in named} - {"feedback", "mention"}

    assert {kind for kind in SHIPPED.types if kind.partition(".")[0] in words} <= named
    assert named <= SHIPPED.types.keys()
