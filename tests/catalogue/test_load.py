"""The catalogue is read whole or refused with a place and a remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from streams.catalogue.load import SHIPPED, load, parse
from streams.catalogue.metric import Component
from streams.settings.located_yaml import LocatedError

if TYPE_CHECKING:
    from pathlib import Path

METRIC = """\
metrics:
  - id: X1
    name: paid_share
    title: Paid
    touchpoint: order
    unit: ratio
    signal: ratio
    direction: down
    minimum_effect: 0.05
    minimum_exposure: 20
    numerator:
      - events: [order.paid]
    denominator:
      - events: [order.paid, order.payment_failed]
    scopes: [[], [region]]
"""


def refused(text: str) -> LocatedError:
    with pytest.raises(LocatedError) as caught:
        parse(text, "mine.yaml")
    return caught.value


def test_the_shipped_catalogue_is_right_and_complete() -> None:
    catalogue = load()

    assert set(catalogue.by_name) >= {
        "orders_created",
        "orders_paid",
        "payment_success",
        "pick_up",
        "service_level",
        "asa",
        "abandonment",
        "inquiries",
        "inquiries_per_thousand",
        "collections",
        "parcel_movements",
        "collection_24h",
        "refund_requests",
        "checkout_failed",
    }
    assert all(metric.title_zh and metric.runbook for metric in catalogue.metrics)
    assert len({metric.key() for metric in catalogue.metrics}) == len(catalogue.metrics)


def test_two_readings_of_a_file_have_one_hash() -> None:
    assert load().hash == load(SHIPPED).hash


def test_a_new_title_changes_no_hash_and_a_new_scope_does() -> None:
    before = parse(METRIC, "a")

    assert parse(METRIC.replace("title: Paid", "title: Paid orders"), "a").hash == before.hash
    assert parse(METRIC.replace("[region]]", "[channel]]"), "a").hash != before.hash


def test_the_order_in_which_conditions_are_written_changes_no_hash() -> None:
    conditions = ["channel: {equals: app}", "region: {present: true}"]
    one, other = (
        parse(METRIC.replace("[order.paid]\n", "[order.paid]\n        where: {" + ", ".join(written) + "}\n", 1), "a")
        for written in (conditions, conditions[::-1])
    )

    assert one.metrics[0].numerator[0].where.keys() == {"channel", "region"}
    assert one.hash == other.hash != parse(METRIC, "a").hash


def test_a_minimal_metric_needs_no_more_than_the_mandatory_keys() -> None:
    metric = parse(METRIC, "mine.yaml").by_name["paid_share"]

    assert metric.signal == "ratio"
    assert set(metric.components()) == {Component.NUMERATOR, Component.DENOMINATOR}


def test_an_error_names_file_line_column_and_key() -> None:
    error = refused(METRIC.replace("order.payment_failed", "order.payment_faild"))

    assert (error.file, error.line, error.column) == ("mine.yaml", 14, 30)
    assert error.key == "metrics[0].denominator[0].events[1]"
    assert 'did you mean "order.payment_failed"?' in str(error)
    assert str(error).startswith("mine.yaml:14:30: metrics[0].denominator[0].events[1]: ")


@pytest.mark.parametrize("key", ["direction", "minimum_effect", "minimum_exposure", "numerator", "scopes", "title"])
def test_a_mandatory_key_that_is_missing_is_named(key: str) -> None:
    lines = METRIC.splitlines(keepends=True)
    start = next(number for number, line in enumerate(lines) if line.startswith(f"    {key}:"))
    end = start + 2 if key == "numerator" else start + 1

    error = refused("".join(lines[:start] + lines[end:]))

    assert f"`{key}` is missing" in error.what
    assert error.line == 2


def test_a_ratio_may_have_a_window_of_a_week_and_a_count_may_not() -> None:
    weekly = METRIC.replace("    scopes", "    windows: [86400, 604800]\n    scopes")
    count = weekly.replace("unit: ratio", "unit: per_minute").replace("signal: ratio", "signal: count")

    assert parse(weekly, "mine.yaml").metrics[0].windows == (86_400, 604_800)
    error = refused(count.replace("    denominator:\n      - events: [order.paid, order.payment_failed]\n", ""))
    assert error.key == "metrics[0].windows[1]"
    assert "only cohort, net, ratio" in error.what


def test_an_unknown_key_is_pointed_at_and_a_near_one_suggested() -> None:
    error = refused(METRIC.replace("    minimum_effect:", "    minimal_effect:"))

    assert (error.line, error.column) == (9, 5)
    assert 'did you mean "minimum_effect"?' in error.what


def test_a_key_given_twice_is_refused() -> None:
    assert "twice" in refused(METRIC + "    unit: ratio\n").what


@pytest.mark.parametrize(
    ("old", "new", "key", "what"),
    [
        ("[region]]", "[regoin]]", "metrics[0].scopes[1][0]", 'did you mean "region"?'),
        ("[region]]", "[device]]", "metrics[0].scopes[1][0]", "not a dimension"),
        ("[[], [region]]", "[[region]]", "metrics[0].scopes", "the whole"),
        ("[region]]", "[region, channel], [channel, region]]", "metrics[0].scopes[2]", "twice"),
        ("unit: ratio", "unit: seconds", "metrics[0].unit", "ratio"),
        ("unit: ratio", "unit: percent", "metrics[0].unit", "percent"),
        ("direction: down", "direction: sideways", "metrics[0].direction", "sideways"),
        ("minimum_effect: 0.05", "minimum_effect: 5", "metrics[0].minimum_effect", "between 0 and 1"),
        ("minimum_effect: 0.05", "minimum_effect: 0", "metrics[0].minimum_effect", "above 0"),
        ("minimum_exposure: 20", "minimum_exposure: no", "metrics[0].minimum_exposure", "float"),
        ("    scopes", "    windows: [60, 125]\n    scopes", "metrics[0].windows[1]", "multiple of 10"),
        ("    scopes", "    windows: [300, 60]\n    scopes", "metrics[0].windows[1]", "shortest first"),
        ("    scopes", "    windows: []\n    scopes", "metrics[0].windows", "at least one"),
        ("    scopes", "    symptom_of: [paid]\n    scopes", "metrics[0].symptom_of[0]", 'did you mean "paid_share"?'),
        ("    scopes", "    symptom_of: [paid_share]\n    scopes", "metrics[0].symptom_of", "its own cause"),
        ("    scopes", "    trailing_s: 60\n    scopes", "metrics[0].trailing_s", "not used"),
        ("    scopes", "    windows: [60, 86410]\n    scopes", "metrics[0].windows[1]", "whole number of days"),
        ("    scopes", "    windows: [60, 691200]\n    scopes", "metrics[0].windows[1]", "7 at most"),
        ("    scopes", "    symptom_where: {x: {region: [a]}}\n    scopes", "metrics[0].symptom_where.x", "not among"),
        ("    scopes", "    target: 99.9\n    scopes", "metrics[0].target", "between 0 and 1"),
        ("    scopes", "    runbook: Pick up\n    scopes", "metrics[0].runbook", "anchor"),
        (
            "    scopes",
            "    denominator_dimensions: [queue]\n    scopes",
            "metrics[0].denominator_dimensions[0]",
            "carried",
        ),
        ("signal: ratio", "signal: count", "metrics[0].unit", "per_minute"),
        ("signal: ratio", "signal: cohort", "metrics[0].signal", "closes it late"),
        ("- events: [order.paid]\n", "- events: []\n", "metrics[0].numerator[0].events", "at least one"),
        ("[order.paid]\n", "[order.paid]\n        value: amont\n", "metrics[0].numerator[0].value", '"amount"'),
        ("[order.paid]\n", "[order.paid]\n        at: paid\n", "metrics[0].numerator[0].at", '"paid_at"'),
        ("[order.paid]\n", "[order.paid]\n        at: paid_at\n", "metrics[0].numerator[0].at", "within_s"),
        (
            "[order.paid]\n",
            "[order.paid]\n        at: paid_at\n        within_s: 60\n",
            "metrics[0].numerator[0].within_s",
            "settle_s",
        ),
        ("[order.paid]\n", "[order.paid]\n        plus_s: 60\n", "metrics[0].numerator[0].plus_s", "cohort"),
        (
            "[order.paid]\n",
            "[order.paid]\n        plus_service_s: 60\n",
            "metrics[0].numerator[0].plus_service_s",
            "only a cohort",
        ),
        (
            "[order.paid]\n",
            "[order.paid]\n        plus_service_s: 60\n        plus_s: 60\n",
            "metrics[0].numerator[0].plus_service_s",
            "remove one of them",
        ),
        (
            "[order.paid]\n",
            "[order.paid]\n        plus_service_s: 65\n",
            "metrics[0].numerator[0].plus_service_s",
            "multiple of 10 s",
        ),
        ("[order.paid]\n", "[order.paid]\n        weight: 2\n", "metrics[0].numerator[0].weight", "2"),
        (
            "[order.paid]\n",
            "[order.paid]\n        where: {shiped: {equals: true}}\n",
            "metrics[0].numerator[0].where.shiped",
            '"shipped"',
        ),
        (
            "[order.paid]\n",
            "[order.paid]\n        where: {shipped: {equals: yes}}\n",
            "metrics[0].numerator[0].where.shipped",
            "true or false",
        ),
        (
            "[order.paid]\n",
            "[order.paid]\n        where: {region: {at_most: 3}}\n",
            "metrics[0].numerator[0].where.region",
            "text",
        ),
        (
            "[order.paid]\n",
            "[order.paid]\n        where: {region: {}}\n",
            "metrics[0].numerator[0].where.region",
            "tests nothing",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_with_key_and_remedy(old: str, new: str, key: str, what: str) -> None:
    error = refused(METRIC.replace(old, new))

    assert error.key == key
    assert what in error.what


def test_a_name_taken_twice_is_refused_at_the_second() -> None:
    error = refused(METRIC + METRIC.removeprefix("metrics:\n"))

    assert (error.key, error.line) == ("metrics[1].name", 17)


def test_causes_that_go_round_are_shown() -> None:
    second = METRIC.removeprefix("metrics:\n").replace("paid_share", "other") + "    symptom_of: [paid_share]\n"

    error = refused(METRIC + "    symptom_of: [other]\n" + second)

    assert "paid_share -> other -> paid_share" in error.what


@pytest.mark.parametrize("text", ["", "metrics: 3", "metrics: []", "[1, 2]", "metrics:\n - id: [", "a: \x00", "1: 2"])
def test_what_is_no_catalogue_is_refused_with_a_place(text: str) -> None:
    assert refused(text).line >= 1


def test_a_file_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(LocatedError, match=r"none\.yaml.*check the path"):
        load(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"title: caf\xe9")
    with pytest.raises(LocatedError, match="UTF-8"):
        load(tmp_path / "latin.yaml")


ENTRY = "{name: Peak, begins: '2026-11-11T00:00:00+08:00', ends: '2026-11-11T01:00:00+08:00', activity: [2, 30]}"


def test_a_catalogue_may_hold_a_calendar_which_changes_nothing_of_what_is_counted() -> None:
    catalogue = parse(f"{METRIC}calendar:\n  - {ENTRY}\n", "mine.yaml")

    assert [(entry.name, entry.activity) for entry in catalogue.calendar] == [("Peak", (2.0, 30.0))]
    assert catalogue.hash == parse(METRIC, "mine.yaml").hash


@pytest.mark.parametrize(
    ("old", "new", "key", "what"),
    [
        ("00:00:00+08:00', ends", "00:00:00', ends", "calendar[0].begins", "RFC 3339"),
        ("01:00:00", "00:00:00", "calendar[0].ends", "after `begins`"),
        ("[2, 30]", "[30, 2]", "calendar[0].activity", "least, most"),
        ("[2, 30]", "[-1, 2]", "calendar[0].activity", "from 0"),
        ("[2, 30]", "[2, 30000]", "calendar[0].activity", "10,000"),
        ("[2, 30]", "[2]", "calendar[0].activity", "2"),
        ("name: Peak", "name: ' '", "calendar[0].name", "must not be empty"),
        ("[2, 30]", "[2, 30], metrics: [paid_shares]", "calendar[0].metrics[0]", 'did you mean "paid_share"?'),
        (
            "[2, 30]",
            "[2, 30], metrics: [paid_share]",
            "calendar[0].metrics[0]",
            "is a ratio, which no calendar changes",
        ),
        ("name: Peak", "title: Peak", "calendar[0].title", "unknown key"),
    ],
)
def test_a_mistake_in_the_calendar_is_named(old: str, new: str, key: str, what: str) -> None:
    error = refused(f"{METRIC}calendar:\n  - {ENTRY.replace(old, new)}\n")

    assert error.key == key
    assert what in error.what
