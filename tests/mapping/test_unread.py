"""Which fields no expression reads."""

from __future__ import annotations

from streams.mapping.expression import read_expression
from streams.mapping.place import Place, mark, read
from streams.mapping.unread import UnreadFields


def unread(payloads: list[object], *expressions: str) -> dict[str, int]:
    place = Place()
    for text in expressions:
        mark(read(read_expression(text), (place,)))
    fields = UnreadFields(place)
    for payload in payloads:
        fields.add(payload)
    return dict(fields.payloads)


def test_fields_are_told_by_path_with_the_number_of_payloads() -> None:
    order = {"id": 1, "customer": {"name": "Jane", "mail": "j@x"}, "lines": [{"sku": "A", "note": "x"}, {"sku": "B"}]}

    assert unread([order, {"id": 2, "tags": []}], "text(id)", "lines[0].sku") == {
        "customer": 1,
        "lines[].note": 1,
        "tags": 1,
    }


def test_below_what_is_read_whole_nothing_is_told() -> None:
    assert unread([{"a": {"b": [1, {"c": 2}]}}], "a") == {}
    assert unread([{"a": {"b": 1}}], "@") == {}


def test_of_what_is_only_tested_the_inside_is_told() -> None:
    assert unread([{"a": {"b": 1}, "x": [1]}], "a && 'yes'", "length(x)") == {"a.b": 1}


def test_conditions_and_projections_are_reading() -> None:
    payload = {"scans": [{"tag": "a", "at": 1, "note": 2}]}

    assert unread([payload], "scans[?tag == 'a'].at | [0]") == {"scans[].note": 1}
    assert unread([payload], "max_by(scans, &at).tag") == {"scans[].note": 1}
    assert unread([payload], "[scans[0].at, scans[0].tag]") == {"scans[].note": 1}


def test_another_shape_than_is_read_is_told() -> None:
    assert unread([{"a": [1, 2], "b": 5}], "a.x", "b.x") == {"a[]": 1, "b": 1}


def test_what_is_nested_without_end_is_passed_over() -> None:
    deep: object = 1
    for _ in range(5_000):
        deep = {"a": deep}

    assert unread([deep], ".".join(["a"] * 900)) == {}
