"""What a backtest says of rules on single events."""

from __future__ import annotations

from typing import Any

import orjson

from streams.catalogue.load import load
from streams.offline.backtest import backtest
from streams.offline.events_file import Line
from streams.records.instant import rfc3339
from streams.settings.settings import OwnerTable, Settings, SingleEventRule

START = 1_794_326_400_000
RULE = SingleEventRule(
    "detractor",
    ("survey.answered",),
    "ticket.open",
    OwnerTable("care", "store", {"s1": "desk"}),
    where={"score": {"at_most": 6}},
    per_minute=2,
)


def line(number: int, at_ms: int, name: str, score: int, store: str) -> Line:
    data = {"feedback_id": name, "score": score, "store": store}
    event = {
        "specversion": "1.0",
        "id": name,
        "source": "/s",
        "type": "survey.answered",
        "time": rfc3339(at_ms),
        "data": data,
    }
    return Line("feedback", orjson.dumps(event), at_ms, None, name.encode(), number=number)


def report(*rules: SingleEventRule) -> dict[str, Any]:
    answers = [("a", 3, "s1"), ("b", 9, "s1"), ("c", 6, "s2"), ("d", 0, "s1"), ("d", 0, "s1"), ("e", 1, "s1")]
    lines = [line(number, START + 1_000 * number, *answer) for number, answer in enumerate(answers)]
    lines.append(line(9, START + 120_000, "f", 2, "s1"))
    return backtest(lines, {}, Settings(on=rules, time="events"), load(), partitions=2, progress=None)


def test_it_says_how_many_events_each_rule_finds_of_which_owners_and_how_many_at_once() -> None:
    assert report(RULE)["single_events"] == [
        {"rule": "detractor", "events": 5, "owners": {"desk": 4, "care": 1}, "most_in_a_minute": 4, "digests": 1}
    ]


def test_without_rules_there_is_nothing_to_say() -> None:
    assert "single_events" not in report()
