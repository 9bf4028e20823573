"""The scenario `month`: one store crosses the target of cancellations on its last day, another one only looks busy."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from streams.scenarios.named import simulate
from streams.simulate.week.month import STORES

TARGET = 0.025


def month_of(lines: list[dict[str, Any]], end: datetime) -> dict[str, float]:
    """By store, cancelled of paid in the thirty natural days that end then."""
    found: Counter[tuple[str, str]] = Counter()
    for line in lines:
        event = line["event"]
        if end - timedelta(days=30) <= datetime.fromisoformat(event["time"]) < end:
            found[event["type"], event["data"]["store"]] += 1
    return {store: found["order.cancelled", store] / found["order.paid", store] for store in STORES}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_one_store_loses_its_level_on_the_last_day_and_no_other(seed: int) -> None:
    played = simulate("month", seed)
    lines = [json.loads(line) for line in played.records()]
    level, trap = played.truth
    begins = datetime.fromisoformat(played.scenario["evaluate_from"])
    before, after = month_of(lines, begins), month_of(lines, begins + timedelta(days=1))

    assert all(ratio < TARGET for ratio in before.values())
    assert [store for store, ratio in after.items() if ratio >= TARGET] == [level["scope"]["store"]]
    assert (level["kind"], trap["kind"]) == ("incident", "trap")
    assert level["scope"] != trap["scope"]
    assert played.events == len(lines)


def test_the_same_seed_plays_the_same() -> None:
    assert list(simulate("month", 5).lines()) == list(simulate("month", 5).lines())
