"""What follows days after its cause is over, and what long windows remember for as long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.records.verdicts import Verdict

MINUTE = 60_000
HOUR = 60 * MINUTE
SF = {"carrier": "sf"}


def over(shop: Any, trouble: Verdict, clear: Verdict) -> None:
    """A trouble that has come and gone."""
    shop.tick(trouble, times=6)
    shop.wait(10 * MINUTE, clear)
    assert shop.desk.open_anomalies() == []


def causes_after(
    shop: Any, verdict: Callable[..., Verdict], hours: int, scope: dict[str, str], name: str = "reviews"
) -> set[bool]:
    """Whether what opens so many hours after a stall of a carrier is said to follow from it."""
    over(shop, verdict("movements", SF), verdict("movements", SF, score=0.1))
    shop.wait(hours * HOUR)
    opened = shop.tick(verdict(name, scope), times=6)
    return {told.anomaly.caused_by is not None for told in opened if told.why == "opened"}


@pytest.mark.parametrize(("hours", "follows"), [(2, True), (60, True), (80, False)])
def test_what_the_catalogue_says_to_follow_within_days_does(
    shop: Any, verdict: Callable[..., Verdict], hours: int, follows: bool
) -> None:
    assert causes_after(shop, verdict, hours, SF) == {follows}


@pytest.mark.parametrize(
    ("scope", "follows"),
    [({}, True), ({"cause": "logistics"}, True), ({"channel": "web"}, False), ({"carrier": "yto"}, False)],
)
def test_days_later_only_the_same_place_follows_or_one_that_the_catalogue_names(
    shop: Any, verdict: Callable[..., Verdict], scope: dict[str, str], follows: bool
) -> None:
    assert causes_after(shop, verdict, 30, scope) == {follows}


def test_of_what_the_catalogue_does_not_say_it_nothing_follows_after_half_an_hour(
    shop: Any, verdict: Callable[..., Verdict]
) -> None:
    assert causes_after(shop, verdict, 1, SF, "collections") == {False}


@pytest.mark.parametrize(
    ("reason", "hours", "told"),
    [("binomial", 20, False), ("binomial", 30, True), ("DRIFT", 40, False), ("DRIFT", 60, True)],
)
def test_a_window_of_days_does_not_tell_again_what_it_remembers(
    shop: Any, verdict: Callable[..., Verdict], reason: str, hours: int, told: bool
) -> None:
    over(shop, verdict("reviews", SF), verdict("reviews", SF, score=0.1))
    ended = shop.now - 10 * MINUTE
    shop.wait(hours * HOUR)
    remembers = verdict("reviews", SF, reason=reason, window_s=172_800, started_at=ended - MINUTE)
    assert bool(shop.tick(remembers, times=6)) == told


def test_a_run_of_days_that_stands_all_day_began_before_the_day_on_which_it_was_found(
    shop: Any, verdict: Callable[..., Verdict]
) -> None:
    over(shop, verdict("reviews", SF), verdict("reviews", SF, score=0.1))
    for _ in range(26):
        stands = verdict("reviews", SF, reason="DRIFT", window_s=86_400, started_at=shop.now - 24 * HOUR)
        assert shop.wait(HOUR, stands) == []


@pytest.mark.parametrize(("name", "hours", "follows"), [("kept", 4, True), ("kept", 9, False), ("pick_up", 4, False)])
def test_deadlines_that_a_silent_feed_has_told_too_late_follow_from_it_when_they_pass(
    shop: Any, verdict: Callable[..., Verdict], name: str, hours: int, follows: bool
) -> None:
    over(shop, verdict("feed", {"topic": "orders"}), verdict("feed", {"topic": "orders"}, score=0.1))
    shop.wait(hours * HOUR)
    opened = [told for told in shop.tick(verdict(name, {"queue": "presale"}), times=6) if told.why == "opened"]
    assert [told.anomaly.caused_by is not None for told in opened] == [follows]
