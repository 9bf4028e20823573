"""A tiny shop through the real backtest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from benchmarks.zoo.incident import Incident
from benchmarks.zoo.judging import judged
from benchmarks.zoo.named import named_shop
from benchmarks.zoo.scores import met, summed
from benchmarks.zoo.shop import HOUR_MS, OrderHabits
from benchmarks.zoo.showing import shown, shown_sums
from benchmarks.zoo.telling import told

MINUTE_MS = 60_000


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    """Orders only, known for a day; for half an hour half of all payments of one method fail."""
    shop = named_shop("tiny", 3, date(2026, 3, 10), 0, a_minute=6.0, large=0.0)
    judged_from = shop.begin_ms + 34 * HOUR_MS
    shop = replace(
        shop,
        begin_ms=judged_from - 24 * HOUR_MS,
        judged_from_ms=judged_from,
        end_ms=judged_from + 40 * MINUTE_MS,
        opening=False,
        sources=frozenset({"orders"}),
        orders=OrderHabits(6.0, failed=0.04),
    )
    method = shop.dimensions["payment_method"].values[0]
    start = judged_from + 10 * MINUTE_MS
    wrong = Incident("payments", "failed_payments", {"payment_method": method}, start, start + 30 * MINUTE_MS, 0.6)
    return judged(told(shop, [wrong]))


def test_every_event_is_counted_and_those_sent_twice_once(figures: dict[str, Any]) -> None:
    assert {name: figures["refused"][name] for name in ("dead_letters", "ignored", "late")} == {
        "dead_letters": 0,
        "ignored": 0,
        "late": 0,
    }
    assert figures["refused"]["duplicates"] > 0


def test_a_plain_incident_is_found_and_measured_against_the_bound(figures: dict[str, Any]) -> None:
    (one,) = figures["incidents"]

    assert one["hit"]
    assert one["fair"]
    assert one["delay_s"] > 0.3 * one["bound_s"]
    assert one["cause_right"]
    assert one["top_right"]


def test_sums_say_which_goals_are_met(figures: dict[str, Any]) -> None:
    missed = {**figures["incidents"][0], "hit": False, "cause_right": False, "top_right": False, "delay_s": None}
    wolf = {"metric": "asa"}
    quiet = {**figures, "incidents": [], "hits": 0, "false": [wolf] * 3, "series": 2_000, "judged_days": 0.5}

    sums = summed(
        [{**figures, "hits": 1, "false": []}, {**figures, "incidents": [missed], "hits": 0, "false": []}, quiet]
    )

    assert (sums["recall"], sums["precision"], sums["quiet_shops"]) == (0.5, 0.25, 1)
    assert sums["quiet_false_a_day"] == pytest.approx(3 / 2 / 0.5)
    assert sums["wolves"] == {"asa": 3}
    assert (sums["cause_right"], sums["top_right"]) == (1.0, 1.0)
    assert met(sums) == {
        "recall": False,
        "precision": False,
        "quiet_false_a_day": False,
        "cause_right": True,
        "top_right": True,
    }


def test_nothing_to_make_a_figure_of_is_no_figure(figures: dict[str, Any]) -> None:
    sums = summed([{**figures, "incidents": [], "hits": 0, "false": []}])

    assert (sums["recall"], sums["precision"], sums["quiet_false_a_day"]) == (None, None, 0.0)
    assert "recall: -" in "\n".join(shown_sums(sums))


def test_a_shop_is_told_in_a_line_for_itself_and_one_for_each_incident(figures: dict[str, Any]) -> None:
    head, incident, *_ = shown(figures)

    assert head.startswith("tiny, seed 3:")
    assert "failed_payments at payment_method=" in incident
    assert "found after" in incident
