"""What the first line of an events file says of partitions."""

from __future__ import annotations

from typing import Any

import pytest

from streams.offline.scenario import ScenarioError, partitions_of

TOPICS = ("orders", "visits")


def test_topics_have_as_many_partitions_as_when_they_were_recorded() -> None:
    assert partitions_of({"partitions": {"orders": 12, "gone": 3}}, TOPICS, None, "day.jsonl") == {
        "orders": 12,
        "visits": 4,
    }


def test_what_is_asked_for_wins() -> None:
    assert partitions_of({"partitions": {"orders": 12}}, TOPICS, 2, "day.jsonl") == {"orders": 2, "visits": 2}


@pytest.mark.parametrize("wrong", [5, None, [], {"orders": 0}, {"orders": "4"}, {"orders": True}, {"orders": 10**9}])
def test_a_number_of_partitions_that_is_none_is_refused_with_its_place(wrong: Any) -> None:
    with pytest.raises(ScenarioError, match=r"^day\.jsonl:1: scenario\.partitions: is no object of topics"):
        partitions_of({"partitions": wrong}, TOPICS, None, "day.jsonl")
