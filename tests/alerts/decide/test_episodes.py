"""Which episodes a worker keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.alerts.decide import episodes as module
from streams.alerts.decide.episode import Episode, State
from streams.alerts.decide.episodes import Episodes
from streams.records.anomaly import Change, Transition
from streams.records.instant import rfc3339

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    Make = Callable[..., Transition]

START = 1_762_790_400_000
MINUTE = 60_000


def read(episodes: Episodes, *news: Transition) -> list[Episode]:
    found = []
    for transition in news:
        found.append(episodes.of(transition.anomaly))
        episodes.read(found[-1], transition)
    return found


def test_transitions_of_one_opening_belong_to_one_episode_and_those_of_the_next_to_another(transition: Make) -> None:
    episodes, again = Episodes(), {"detected_at": rfc3339(START + 2 * MINUTE)}
    first = read(episodes, transition(), transition(Change.UPDATED, at=START + MINUTE))
    second = read(episodes, transition(at=START + 2 * MINUTE, **again))

    assert first[0] is first[1]
    assert second[0] is not first[0]


def test_what_is_over_is_recognised_and_nothing_else_is_known_of_it(transition: Make) -> None:
    episodes = Episodes()
    (opened,) = read(episodes, transition())
    opened.notify(transition().anomaly, None, START)
    end = transition(Change.RESOLVED, at=START + MINUTE)
    read(episodes, end)
    over = episodes.of(end.anomaly)

    assert (over.state, over.informed, over.has_read(transition()), over.has_read(end)) == (
        State.RESOLVED, False, True, True,
    )  # fmt: skip
    assert episodes.anomalies() == {}
    assert episodes.standing([transition().anomaly]) == []


def test_an_opening_ends_an_earlier_episode_whose_end_went_by_unread(transition: Make) -> None:
    episodes, again = Episodes(), {"detected_at": rfc3339(START + 2 * MINUTE)}
    read(episodes, transition(), transition(at=START + 2 * MINUTE, **again))

    assert episodes.of(transition().anomaly).state is State.RESOLVED
    assert episodes.anomalies() == {"f1": transition(**again).anomaly}


def test_what_others_know_to_be_open_is_kept_until_it_is_not_unless_it_was_read_or_people_were_notified(
    transition: Make,
) -> None:
    episodes = Episodes()
    known = [transition(fingerprint=name).anomaly for name in ("seen", "read", "notified")]
    before = dict(zip(("seen", "read", "notified"), episodes.standing(known), strict=True))
    read(episodes, transition(fingerprint="read"))
    before["notified"][1].notify(known[2], None, START)
    episodes.standing([])
    after = dict(zip(("seen", "read", "notified"), episodes.standing(known), strict=True))

    assert {name: after[name][1] is before[name][1] for name in after} == {
        "seen": False, "read": True, "notified": True,
    }  # fmt: skip


def test_what_is_held_comes_in_order_of_time(transition: Make) -> None:
    episodes = Episodes()
    for name, minute in (("a", 3), ("b", 1), ("c", 2)):
        held = transition(fingerprint=name, at=START + minute * MINUTE)
        (episode,) = read(episodes, held)
        episode.held = held if name != "c" else None

    assert [held.anomaly.fingerprint for _, held in episodes.held()] == ["b", "a"]


def test_of_what_is_over_the_oldest_are_forgotten(transition: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_RESOLVED", 4)
    episodes = Episodes()
    ends = [transition(Change.RESOLVED, fingerprint=str(number)) for number in range(5)]
    read(episodes, *ends)

    assert [episodes.of(end.anomaly).has_read(end) for end in ends] == [False, False, True, True, True]
