"""What people know of one episode."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from streams.alerts.decide.episode import Episode, State
from streams.alerts.decide.notification_log import Logged
from streams.records.anomaly import Change, Transition
from streams.register.muting import Mute, MuteReason

if TYPE_CHECKING:
    from collections.abc import Callable

    Make = Callable[..., Transition]

START = 1_762_790_400_000
MINUTE = 60_000
MUTE = Mute(MuteReason.SILENCE, ("s",))


def test_the_first_notification_can_be_withdrawn_from_its_group_as_if_it_had_never_been(transition: Make) -> None:
    episode = Episode()
    episode.queue(transition().anomaly, ("duty",), START, sole=True)
    pending = episode.state, episode.informed, episode.receivers
    episode.withdraw(MUTE)

    assert pending == (State.PENDING, True, ("duty",))
    assert (episode.state, episode.informed, episode.receivers) == (State.UNNOTIFIED, False, ())
    assert (episode.mute, episode.critical) == (MUTE, False)


def test_later_notifications_are_withdrawn_and_people_know_what_they_knew(transition: Make) -> None:
    episode = Episode()
    episode.queue(transition().anomaly, ("duty",), START, sole=True)
    episode.leave_group()
    episode.queue(transition().anomaly, ("duty",), START + MINUTE, sole=True)
    episode.withdraw(MUTE)

    assert (episode.state, episode.since, episode.receivers) == (State.NOTIFIED, START, ("duty",))


def test_more_news_of_what_waits_do_not_send_it(transition: Make) -> None:
    episode = Episode()
    for sole in (False, True):
        episode.queue(transition().anomaly, None, START, sole=sole)

    assert (episode.state, episode.sole) == (State.PENDING, False)


def test_a_reminder_of_what_waits_in_its_group_sends_it(transition: Make) -> None:
    episode = Episode()
    episode.queue(transition().anomaly, ("duty",), START, sole=True)
    episode.notify(transition().anomaly, ("lead",), START + MINUTE)

    assert (episode.state, episode.since, episode.receivers) == (State.NOTIFIED, START, ("duty", "lead"))


def test_news_as_grave_as_what_people_know_are_covered(transition: Make) -> None:
    episode, warning, critical = Episode(), transition(severity="warning").anomaly, transition().anomaly
    covered = [episode.covers(warning)]
    episode.notify(warning, None, START)
    covered += [episode.covers(warning), episode.covers(critical)]
    episode.notify(critical, None, START)

    assert [*covered, episode.covers(critical)] == [False, True, False, True]


def test_what_the_log_says_is_added_to_what_is_known(transition: Make) -> None:
    episode = Episode()
    episode.queue(transition(severity="warning").anomaly, ("duty",), START + MINUTE, sole=True)
    episode.recall(Logged(("lead",), START, critical=True))

    assert (episode.state, episode.since, episode.receivers) == (State.NOTIFIED, START, ("duty", "lead"))
    assert episode.critical


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        (State.AWAITED, Change.OPENED, State.UNNOTIFIED),
        (State.AWAITED, Change.UPDATED, State.AWAITED),
        (State.RESOLVED, Change.UPDATED, State.UNNOTIFIED),
        (State.NOTIFIED, Change.OPENED, State.NOTIFIED),
    ],
)
def test_reading_an_opening_ends_the_wait_for_it(transition: Make, before: State, change: Change, after: State) -> None:
    episode = Episode(before)
    episode.read(transition(change))

    assert (episode.state, episode.has_been_read) == (after, True)


def test_of_one_time_each_transition_is_recognised_and_of_earlier_times_all(transition: Make) -> None:
    episode = Episode()
    first, second, later = transition(name="a"), transition(name="b"), transition(name="c", at=START + 1)
    known = [episode.has_read(first)]
    for news in (first, second):
        episode.read(news)
        known += [episode.has_read(first), episode.has_read(second), episode.has_read(later)]
    episode.read(later)

    assert known == [False, True, False, False, True, True, False]
    assert all(map(episode.has_read, (first, second, later, transition(name="d"))))


def test_what_is_done_with_is_done_once() -> None:
    episode = Episode()

    assert [episode.mark_done(name) for name in ("a", "b", "a")] == [True, True, False]
