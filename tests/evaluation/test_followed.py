"""Ticks that were left out are taken in at the next one."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from streams.evaluation.followed import Followed, Gap

NOON_MS = 1_794_312_000_000
HOUR_MS = 3_600_000


def at(end_ms: int, open_since: int | None = 0) -> Any:
    return SimpleNamespace(end_ms=end_ms, open_since=open_since)


def test_the_first_tick_is_taken_in_by_itself() -> None:
    assert Followed().gap(at(NOON_MS)) == Gap(10_000, anew=True)


@pytest.mark.parametrize("gap_ms", [10_000, 60_000, 26 * HOUR_MS])
def test_what_was_left_out_is_taken_in(gap_ms: int) -> None:
    followed = Followed()
    followed.gap(at(NOON_MS))

    assert followed.gap(at(NOON_MS + gap_ms)) == Gap(gap_ms, anew=False)
    assert Gap(gap_ms, anew=False).slots == gap_ms // 10_000


def test_hours_in_which_it_was_closed_are_left_out() -> None:
    followed = Followed()
    followed.gap(at(NOON_MS))

    assert followed.gap(at(NOON_MS + 3 * HOUR_MS, open_since=NOON_MS + 2 * HOUR_MS)) == Gap(HOUR_MS, anew=False)


@pytest.mark.parametrize("away_ms", [-10_000, 27 * HOUR_MS])
def test_what_was_not_followed_for_a_day_or_lies_behind_begins_anew(away_ms: int) -> None:
    followed = Followed()
    followed.gap(at(NOON_MS))

    assert followed.gap(at(NOON_MS + away_ms)) == Gap(10_000, anew=True)
