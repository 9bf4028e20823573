"""Five ways in, whatever comes through them: exit codes 0, 1 and 2, answers below 500, and nothing stands still."""

from __future__ import annotations

import time

import pytest

from tests.fuzz.support.trials import LONG_S, try_few, try_for
from tests.fuzz.support.watched_child import LONGEST_S, WatchedChild

WAYS = ("settings_way", "tokens_way", "matchers_way", "http_way", "events_way")


@pytest.mark.long
@pytest.mark.parametrize("way", WAYS)
def test_nothing_that_comes_in_is_a_fault_of_pharos(way: str) -> None:
    tried = try_for(way, LONG_S)

    print(f"{way}: {tried} examples in {LONG_S:g} s")
    assert tried


@pytest.mark.parametrize("way", [way for way in WAYS if way != "http_way"])
def test_a_few_examples_of_each_way_in_hold(way: str) -> None:
    try_few(way)


def test_a_few_requests_are_answered() -> None:
    from tests.fuzz.support.http_way import served

    try:
        try_few("http_way")
    finally:
        served().close()
        served.cache_clear()


@pytest.mark.long
def test_what_holds_the_interpreter_is_noticed() -> None:
    started = time.monotonic()
    with WatchedChild("tests.fuzz.support.standing_still") as child:
        assert child.take("go on") == ""
        assert child.take("hold") == f"it stood still for {LONGEST_S:g} s"
        assert child.take("go on") == ""
        assert "ValueError: raised" in child.take("raise")

    assert time.monotonic() - started < 60
