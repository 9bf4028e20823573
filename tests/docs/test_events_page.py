"""The tables of docs/events.md: every type, no field that there is not, and none of theirs left out."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from streams.events.binary_mode import structured
from streams.events.declaration import CUSTOMER
from streams.events.decoder import TopicDecoder
from streams.events.fields import Kind
from streams.events.vocabulary import SHIPPED

PAGE = (Path(__file__).parents[2] / "docs" / "events.md").read_text(encoding="utf-8")
HEAD = "| type | topic | when | fields, the first of them always |"


def rows(head: str) -> list[list[str]]:
    """The cells of all tables with this head."""
    found: list[list[str]] = []
    for below in PAGE.split(f"{head}\n")[1:]:
        for line in below.splitlines()[1:]:
            if not line.startswith("|"):
                break
            found.append([cell.strip() for cell in line.strip("|").split("|")])
    return found


ROWS = rows(HEAD)


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_each_row_has_the_topic_and_all_fields_of_its_types(row: list[str]) -> None:
    types, topic, _, fields = row
    names = re.findall(r"[a-z_]+", fields)

    for kind in re.findall(r"`([a-z_.]+)`", types):
        assert SHIPPED.topic_of[kind] == topic
        assert set(names) == SHIPPED.fields[kind] - {CUSTOMER}
        assert names[0] == next(iter(SHIPPED.data[kind].__struct_fields__))


def test_every_type_has_a_row() -> None:
    named = [kind for row in ROWS for kind in re.findall(r"`([a-z_.]+)`", row[0])]

    assert sorted(named) == sorted(SHIPPED.types)


@pytest.mark.parametrize("row", rows("| kind | JSON | fields |"), ids=lambda row: row[0])
def test_the_fields_that_show_a_kind_are_of_it(row: list[str]) -> None:
    kinds = set(map(Kind, row[0].split(", ")))
    of_field: dict[str, set[Kind]] = {}
    for fields in SHIPPED.kinds.values():
        for name, kind in fields.items():
            of_field.setdefault(name, set()).add(kind)

    for name in re.findall(r"`([a-z_]+)`", row[2]):
        assert of_field.get(name, {Kind.CUSTOMER}) <= kinds, name


def test_the_record_in_binary_mode_is_the_one_in_structured_mode() -> None:
    (whole,) = re.findall(r"^```json\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    (binary,) = re.findall(r"^```text\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    head, value = binary.strip().split("\n\n")
    headers = tuple((name, text.encode()) for name, text in (line.split(": ", 1) for line in head.splitlines()))

    assert json.loads(structured(headers, value.encode())) == json.loads(whole)
    assert TopicDecoder("orders").decode(whole.encode()).data.order_id == "TB123"
