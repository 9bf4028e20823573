"""A mapping that cannot be meant is refused with place and remedy."""

from __future__ import annotations

import textwrap

import pytest

from streams.events.vocabulary import SHIPPED
from streams.mapping import checks
from streams.mapping.checks import check_mapping
from streams.mapping.shipped import STRUCTS
from streams.settings.located_yaml import Document
from streams.settings.mapping import MappingSettings
from tests.mapping.support.shop import mapper, rule

GOOD = """
tables:
  tags: {a: parcel.scanned, b: parcel.lost, c: ""}
values: {store: flagship}
events:
  - when: status == 'paid'
    type: order.paid
    id: text(id)
    source: value('store')
    time: at
    data: {order_id: text(id)}
  - when: tag
    each: scans
    type: lookup('tags', item.tag)
    id: join('-', [record.number, item.at])
    source: "'/carrier'"
    time: item.at
    data: {parcel_id: record.number}
  - when: test
    ignore: a test
"""


def faults(text: str, name: str = "shop") -> list[str]:
    document = Document(textwrap.dedent(text), "shop.yaml")
    mapping = document.convert((), MappingSettings, STRUCTS)
    return [str(document.error(fault.path, fault.what)) for fault in check_mapping(name, mapping, SHIPPED)]


def changed(old: str, new: str) -> list[str]:
    assert GOOD.count(old) >= 1
    return faults(GOOD.replace(old, new, 1))


def test_a_mapping_that_can_be_meant_has_no_fault() -> None:
    assert faults(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("text(id)", "txt(id)", '8:5: events[0].id: column 1: no function is named txt(); did you mean "text"?'),
        ("time: at", "time: at.", "10:5: events[0].time: is not JMESPath: column 4: it ends too early"),
        (
            "order.paid",
            "order.pay",
            '7:5: events[0].type: no event has the type "order.pay"; did you mean "order.paid"? a path is @.order.pay',
        ),
        (
            "{order_id: text(id)}",
            "{order_id: text(id), amuont: x}",
            '11:32: events[0].data.amuont: order.paid has no such field; did you mean "amount"?',
        ),
        ("{order_id: text(id)}", "{amount: x}", "11:5: events[0].data: order_id is missing; every order.paid needs it"),
        (
            "    data: {order_id: text(id)}\n",
            "",
            "6:5: events[0].data: is missing; every event needs the first field of its type",
        ),
        ("    time: at\n", "", "6:5: events[0].time: is missing; every event needs it"),
        (
            "    type: order.paid\n",
            "",
            "6:5: events[0].type: is missing; write a type of event, or `ignore` where records that fit are none",
        ),
        (
            "id: text(id)",
            "id: \"'paid'\"",
            "8:5: events[0].id: reads nothing of the record: all events would have one id; use what names it",
        ),
        (
            "[record.number, item.at]",
            "[record.number]",
            "15:5: events[1].id: reads nothing of `item`: all events of a record would have one id; use what names it",
        ),
        ("lookup('tags'", "lookup('tag'", '14:5: events[1].type: no table is named "tag"; did you mean "tags"?'),
        ("value('store')", "value('shop')", '9:5: events[0].source: no value is named "shop"; known are store'),
        (
            "flagship",
            '""',
            "9:5: events[0].source: the value store is empty, and every event needs it; set it under `values`",
        ),
        (
            "parcel.lost",
            "parcel.last",
            '3:29: tables.tags.b: no event has the type "parcel.last"; did you mean "parcel.lost"?',
        ),
        (
            "when: test",
            "when: tag",
            "19:5: events[2]: rule 2 has the same `when`, so both fit; narrow one, or set all: true",
        ),
        (
            "when: tag",
            "when: ''",
            "12:5: events[1]: has no `when`, so it fits together with every other rule; give it one, or set all: true",
        ),
        (
            "ignore: a test",
            "ignore: a test\n    type: order.paid",
            "21:5: events[2].type: a rule with `ignore` has nothing else but `when`; remove one of them",
        ),
        (
            "values:",
            "timezone: New York\nvalues:",
            '4:1: timezone: "New York" is unknown; write it as America/New_York',
        ),
        ("values:", "extends: shopiffy\nvalues:", None),
    ],
)
def test_a_mistake_has_line_column_and_remedy(old: str, new: str, fault: str | None) -> None:
    found = changed(old, new)

    if fault is None:
        assert len(found) == 1
        assert found[0].startswith('shop.yaml:4:1: extends: no mapping that comes with Pharos is named "shopiffy"')
    else:
        assert f"shop.yaml:{fault}" in found


def test_a_mapping_without_rules_is_none() -> None:
    (fault,) = faults("topics: [a]", name="nothing-that-is-shipped")

    assert "a mapping needs `events`, or `extends`" in fault


def test_with_all_two_rules_may_fit() -> None:
    assert faults(GOOD.replace("when: tag", "when: ''").replace("values:", "all: true\nvalues:")) == []


@pytest.mark.parametrize("name", ["Shop", "", "a" * 42, "-a", "a_b", "a/b"])
def test_a_name_that_no_topic_could_have_is_refused(name: str) -> None:
    assert any("cannot be the name of a mapping" in fault for fault in faults(GOOD, name))


def test_a_type_may_be_a_path_of_the_record() -> None:
    assert changed("order.paid", "'@.order.type'") == []
    assert changed("lookup('tags', item.tag)", "item.type") == []
    assert changed("order.paid", "'@.body.kind'") == []
    (fault,) = changed("order.paid", "body.kind")
    assert fault.endswith('no event has the type "body.kind"; a catalogue may declare it; a path is @.body.kind')


def test_an_own_table_completes_that_of_a_shipped_mapping(monkeypatch: pytest.MonkeyPatch) -> None:
    base = Document(GOOD, "base.yaml").convert((), MappingSettings, STRUCTS)
    monkeypatch.setattr(checks, "shipped_names", lambda: ("base",))
    monkeypatch.setattr(checks, "shipped", lambda _: base)

    assert faults("extends: base\ntables: {tags: {d: parcel.damaged}}") == []
    assert faults("extends: base\ntables: {tags: {d: parcel.damage}}") == [
        'shop.yaml:2:17: tables.tags.d: no event has the type "parcel.damage"; did you mean "parcel.damaged"?'
    ]
    assert faults("extends: base\nvalues: {store: ''}") == [
        (
            "shop.yaml:1:1: extends: source of rule 1 of base: the value store is empty, and every event needs it; "
            "set it under `values`"
        )
    ]


def test_types_that_a_shipped_mapping_gives_must_be_known(monkeypatch: pytest.MonkeyPatch) -> None:
    base = Document(GOOD.replace("order.paid", "loan.paid"), "base.yaml").convert((), MappingSettings, STRUCTS)
    monkeypatch.setattr(checks, "shipped_names", lambda: ("base",))
    monkeypatch.setattr(checks, "shipped", lambda _: base)

    (fault,) = faults("extends: base")

    assert fault.startswith('shop.yaml:1:1: extends: type of rule 1 of base: no event has the type "loan.paid"')


def test_what_has_no_fault_is_compiled() -> None:
    assert mapper(rule()).types == {"order.paid"}
