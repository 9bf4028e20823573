"""What a voice menu's switch would tell of the callers that it holds."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from streams.imports.voice_menu import HELD, Stay, snapshots

MIDNIGHT = datetime(1999, 2, 3, tzinfo=timezone(timedelta(hours=2)))
STAYS = st.lists(st.tuples(st.integers(0, 600), st.integers(0, 200)), max_size=12)


def stays(of: list[tuple[int, int]]) -> list[Stay]:
    """Of (arrival, length) in seconds after midnight."""
    return [Stay(at := MIDNIGHT + timedelta(seconds=start), at + timedelta(seconds=length)) for start, length in of]


def test_without_callers_nothing_is_told() -> None:
    assert list(snapshots([])) == []


@given(STAYS)
def test_every_snapshot_tells_who_is_held_at_that_moment(of: list[tuple[int, int]]) -> None:
    known = stays(of)

    for told in snapshots(known):
        held = [stay for stay in known if stay.arrived + HELD <= told.time < stay.left]
        assert told.waiting == len(held)
        longest = max(((told.time - stay.arrived).total_seconds() for stay in held), default=0.0)
        assert told.oldest_wait == longest


@given(STAYS)
def test_between_two_snapshots_nothing_changes_and_no_more_than_a_minute_passes(of: list[tuple[int, int]]) -> None:
    known = stays(of)
    told = list(snapshots(known))

    for before, after in itertools.pairwise(told):
        assert timedelta(0) < after.time - before.time <= timedelta(minutes=1)
        moments = [stay.arrived + HELD for stay in known if stay.left - stay.arrived > HELD]
        assert not any(before.time < moment < after.time for moment in moments)
