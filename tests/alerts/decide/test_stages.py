"""Each stage of the road of a notification, by itself, and all of them in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from streams.alerts.decide import stages
from streams.alerts.decide.episode import Episode, State
from streams.alerts.decide.notification_log import Logged
from streams.alerts.decide.stages import STAGES, STALE_MS, Candidate, Occasion, Ruling, rule
from streams.records.anomaly import Change, Transition, Why
from streams.register.handling import Handling, Hold
from streams.register.muting import Mute, MuteReason

if TYPE_CHECKING:
    from collections.abc import Callable

    Make = Callable[..., Transition]
    Ask = Callable[..., Candidate]

START = 1_762_790_400_000
MINUTE = 60_000
HOLD = Hold("li", "", "")
NOTIFIED = Episode(State.NOTIFIED, receivers=None)
SENT, DELIVERED = Logged(("duty",)), Logged(("duty",), START)


@pytest.fixture(name="candidate")
def _candidate(transition: Make) -> Ask:
    """Something new of an anomaly, of which nothing is known; `change=None`: it is open as before."""

    def make(
        change: Change | None = Change.OPENED, why: Why | None = None, *, anomaly: Any = None, **fields: Any
    ) -> Candidate:
        news = transition(change or Change.OPENED, why, **(anomaly or {}))
        given: dict[str, Any] = {"episode": Episode(), "now": START, "transition": news if change else None}
        return Candidate(anomaly=news.anomaly, **(given | fields))

    return make


def test_what_nothing_stops_notifies_on_every_occasion(candidate: Ask) -> None:
    assert [rule(occasion, candidate()) for occasion in Occasion] == [Ruling.NOTIFY] * 4


def test_what_was_read_before_is_a_repeat(candidate: Ask, transition: Make) -> None:
    episode = Episode()
    episode.read(transition(at=START))

    assert stages.repeated(candidate(episode=episode)) is Ruling.REPEAT
    assert stages.repeated(candidate(episode=episode, transition=transition(at=START - 1))) is Ruling.REPEAT
    assert stages.repeated(candidate(episode=episode, transition=transition(at=START + 1))) is None
    assert stages.repeated(candidate(None, episode=episode)) is None


@pytest.mark.parametrize(
    ("episode", "logged", "ruling"),
    [
        pytest.param(Episode(), Logged(), Ruling.UNANNOUNCED, id="nobody was notified"),
        pytest.param(Episode(State.AWAITED), Logged(), Ruling.UNANNOUNCED, id="nor by the worker before"),
        pytest.param(NOTIFIED, Logged(), Ruling.NOTIFY, id="this worker notified"),
        pytest.param(Episode(), SENT, Ruling.NOTIFY, id="another may have notified"),
        pytest.param(Episode(State.PENDING), Logged(), Ruling.NOTIFY, id="another may notify"),
        pytest.param(Episode(State.PENDING, sole=True), Logged(), Ruling.CANCELLED, id="it waits in its group"),
    ],
)
def test_the_end_goes_to_whoever_may_have_heard(
    candidate: Ask, episode: Episode, logged: Logged, ruling: Ruling
) -> None:
    assert stages.resolved(candidate(Change.RESOLVED, episode=episode, logged=logged)) is ruling


def test_the_end_of_what_was_held_for_its_age_is_sent_if_anybody_may_have_heard(
    candidate: Ask, transition: Make
) -> None:
    held = Episode(held=transition())

    assert stages.resolved(candidate(Change.RESOLVED, episode=held)) is Ruling.OVER
    assert stages.resolved(candidate(Change.RESOLVED, episode=held, logged=SENT)) is Ruling.NOTIFY


def test_only_an_end_is_ruled_as_an_end(candidate: Ask) -> None:
    assert [stages.resolved(candidate(change)) for change in (Change.OPENED, Change.UPDATED, None)] == [None] * 3


@pytest.mark.parametrize(
    ("change", "logged", "ruling"),
    [
        (Change.OPENED, DELIVERED, Ruling.LOGGED),
        (Change.OPENED, SENT, None),
        (Change.UPDATED, DELIVERED, None),
        (None, DELIVERED, None),
    ],
)
def test_an_opening_that_was_delivered_is_not_sent_again(
    candidate: Ask, change: Change | None, logged: Logged, ruling: Ruling | None
) -> None:
    assert stages.logged(candidate(change, logged=logged)) is ruling


def test_information_and_symptoms_are_not_sent(candidate: Ask) -> None:
    info, caused = {"severity": "info"}, {"caused_by": "f0"}

    assert [stages.informational(candidate(anomaly=one)) for one in (info, {})] == [Ruling.INFO, None]
    assert [stages.symptom(candidate(anomaly=one)) for one in (caused, {})] == [Ruling.SYMPTOM, None]


def test_what_waits_for_the_digest_goes_on_waiting_for_it(candidate: Ask, transition: Make) -> None:
    assert stages.held(candidate(None, episode=Episode(held=transition()))) is Ruling.HELD
    assert stages.held(candidate(None)) is None


@pytest.mark.parametrize(
    ("change", "why", "ruling"),
    [
        (Change.OPENED, Why.OPENED, None),
        (Change.UPDATED, Why.WORSENED, None),
        (Change.UPDATED, Why.ESCALATED, None),
        (Change.UPDATED, Why.LINKED, Ruling.NO_WORSE),
        (Change.UPDATED, Why.RECOVERING, Ruling.NO_WORSE),
        (Change.UPDATED, Why.REFIRED, Ruling.NO_WORSE),
        (None, None, None),
    ],
)
def test_of_changes_only_those_for_the_worse_are_news(
    candidate: Ask, change: Change | None, why: Why | None, ruling: Ruling | None
) -> None:
    assert stages.no_worse(candidate(change, why)) is ruling


@pytest.mark.parametrize(
    ("age", "episode", "severity", "ruling"),
    [
        (STALE_MS, Episode(), "critical", None),
        (STALE_MS + 1, Episode(), "critical", Ruling.HELD),
        (STALE_MS + 1, NOTIFIED, "warning", Ruling.OUTDATED),
        (STALE_MS + 1, NOTIFIED, "critical", Ruling.HELD),
        (STALE_MS + 1, Episode(State.NOTIFIED, critical=True), "critical", Ruling.OUTDATED),
    ],
)
def test_old_news_page_nobody_and_wait_for_the_digest_unless_people_know_as_much(
    candidate: Ask, age: int, episode: Episode, severity: str, ruling: Ruling | None
) -> None:
    late = candidate(Change.UPDATED, now=START + age, episode=episode, anomaly={"severity": severity})

    assert stages.late(late) is ruling
    assert stages.late(late._replace(transition=None)) is None


@pytest.mark.parametrize(
    ("reason", "ruling"),
    [
        (MuteReason.SILENCE, Ruling.SILENCED),
        (MuteReason.MAINTENANCE, Ruling.MAINTENANCE),
        (MuteReason.INHIBITION, Ruling.INHIBITED),
    ],
)
def test_what_is_muted_is_not_sent_and_the_reason_is_said(candidate: Ask, reason: MuteReason, ruling: Ruling) -> None:
    assert stages.muted(candidate(mute=Mute(reason, ("m",)))) is ruling
    assert stages.muted(candidate()) is None


def test_what_the_routes_leave_to_nobody_is_not_sent(candidate: Ask) -> None:
    assert [stages.unrouted(candidate(lanes=lanes)) for lanes in ((), ("duty",), None)] == [Ruling.UNROUTED, None, None]


def test_a_snooze_stops_all_and_an_acknowledgement_all_but_changes_for_the_worse(candidate: Ask) -> None:
    changes = (Change.OPENED, Change.UPDATED, None)
    snooze, ack = Handling(snoozed=HOLD), Handling(acked=HOLD)

    assert [stages.snoozed(candidate(change, handling=snooze)) for change in changes] == [Ruling.SNOOZED] * 3
    assert [stages.acknowledged(candidate(change, handling=ack)) for change in changes] == [
        Ruling.ACKED, None, Ruling.ACKED,
    ]  # fmt: skip
    assert [stages.snoozed(candidate(handling=ack)), stages.acknowledged(candidate(handling=snooze))] == [None, None]


@pytest.mark.parametrize(
    ("occasion", "ruling"),
    [
        (Occasion.NEWS, Ruling.NOTIFY),
        (Occasion.DIGEST, Ruling.SILENCED),
        (Occasion.REMINDER, Ruling.HELD),
        (Occasion.GROUP, Ruling.SILENCED),
    ],
)
def test_the_first_stage_that_is_asked_on_the_occasion_decides(
    candidate: Ask, transition: Make, occasion: Occasion, ruling: Ruling
) -> None:
    episode = Episode(State.NOTIFIED, held=transition(), acknowledged=True)
    over = candidate(
        Change.RESOLVED, episode=episode, mute=Mute(MuteReason.SILENCE, ("s",)), handling=Handling(acked=HOLD)
    )

    assert rule(occasion, over) is ruling


def test_every_stage_is_asked_on_some_occasion_and_says_why() -> None:
    assert all(stage.occasions and stage.why for stage in STAGES)
    assert len({stage.ask for stage in STAGES}) == len(STAGES)
