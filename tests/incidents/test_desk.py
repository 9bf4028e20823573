"""Properties that hold whatever the detectors say, and however their ticks arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.records.verdicts import TickVerdicts

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import DrawFn

    from streams.incidents.desk import IncidentDesk
    from streams.records.anomaly import Transition
    from streams.records.verdicts import Verdict

    Stretch = tuple[int, int, int, float, str]

START = 1_762_790_400_000
SCOPES = {
    "payment": [{}, {"method": "alipay"}, {"method": "wechat"}, {"method": "alipay", "region": "a"}, {"region": "a"}],
    "orders": [{}, {"method": "alipay"}],
    "movements": [{}, {"carrier": "sf"}, {"carrier": "sf", "region": "a"}],
    "inquiries": [{}, {"intent": "where"}],
    "pick_up": [{"queue": "presale"}, {"queue": "vip"}],
    "abandonment": [{"queue": "presale"}],
    "refunds": [{"reason": "late"}],
    "gone": [{}],
}
SERIES = [(name, scope) for name, scopes in SCOPES.items() for scope in scopes]


@st.composite
def stretches(draw: DrawFn) -> Stretch:
    """One series over a stretch of ticks: (series, first tick, ticks, score, kind)."""
    return (
        draw(st.integers(0, len(SERIES) - 1)),
        draw(st.integers(0, 120)),
        draw(st.integers(1, 70)),
        draw(st.sampled_from([0.0, 0.75, 1.2, 1.9, 2.5, 8.0])),
        draw(st.sampled_from(["bad", "bad", "bad", "good", "insufficient"])),
    )


@pytest.fixture(scope="session", name="records_of")
def _records_of(verdict: Callable[..., Verdict]) -> Callable[..., list[list[TickVerdicts]]]:
    """Records per partition of a story; metrics are spread over the partitions, as merge does."""

    def records(story: list[Stretch], partitions: int) -> list[list[TickVerdicts]]:
        by_tick: dict[int, dict[int, Verdict]] = {}
        for series, first, ticks, score, kind in story:
            name, scope = SERIES[series]
            said = verdict(
                name,
                scope,
                score=0.0 if kind == "insufficient" else score,
                good=kind == "good",
                insufficient=kind == "insufficient",
                direction="up" if kind == "good" else "down",
                value=0.97 - 0.02 * score,
                excess=10.0 * score * (3 - len(scope)),
                exposure=100.0 * (3 - len(scope)),
            )
            for tick in range(first, first + ticks):
                by_tick.setdefault(tick, {})[series] = said
        names = sorted(SCOPES)
        made: list[list[TickVerdicts]] = [[] for _ in range(partitions)]
        for tick in range(220):
            said = by_tick.get(tick, {}).values()
            for partition in range(partitions):
                mine = [v for v in said if names.index(v.metric) % partitions == partition]
                made[partition].append(TickVerdicts(partition, START + tick * 10_000, "hash", mine))
        return made

    return records


def in_turn(records: list[list[TickVerdicts]]) -> list[TickVerdicts]:
    """Tick by tick, one partition after the other."""
    return [record for tick in zip(*records, strict=True) for record in tick]


def run(desk: IncidentDesk, records: list[TickVerdicts]) -> list[Transition]:
    return [transition for record in records for transition in desk.deliver(record)]


stories = st.lists(stretches(), min_size=1, max_size=12)


@given(story=stories)
def test_every_episode_opens_once_is_updated_while_open_and_resolves_at_most_once(
    open_desk: Callable[..., IncidentDesk], records_of: Callable[..., list[list[TickVerdicts]]], story: list[Stretch]
) -> None:
    transitions = run(open_desk(), in_turn(records_of(story, 1)))
    open_now: set[str] = set()
    for transition in transitions:
        subject, kind = transition.anomaly.fingerprint, transition.change.value.rpartition(".")[2]
        assert (subject in open_now) == (kind != "opened")
        open_now = open_now - {subject} if kind == "resolved" else open_now | {subject}
        assert (transition.anomaly.ended_at is None) == (kind != "resolved")
        assert transition.anomaly.started_at <= transition.anomaly.detected_at
        assert transition.anomaly.caused_by != subject
    assert len({transition.id for transition in transitions}) == len(transitions)


@given(story=stories)
def test_open_anomalies_are_those_opened_and_not_resolved(
    open_desk: Callable[..., IncidentDesk], records_of: Callable[..., list[list[TickVerdicts]]], story: list[Stretch]
) -> None:
    desk = open_desk()
    last = {t.anomaly.fingerprint: t.anomaly for t in run(desk, in_turn(records_of(story, 1)))}
    still = {anomaly.fingerprint: anomaly for anomaly in desk.open_anomalies()}
    assert still.keys() == {subject for subject, anomaly in last.items() if anomaly.state != "resolved"}
    for subject, anomaly in still.items():
        assert (anomaly.incident, anomaly.caused_by, anomaly.severity) == (
            last[subject].incident,
            last[subject].caused_by,
            last[subject].severity,
        )


@given(story=stories, restart=st.integers(0, 659), partitions=st.integers(1, 3))
def test_a_restart_from_a_snapshot_changes_nothing(
    open_desk: Callable[..., IncidentDesk],
    records_of: Callable[..., list[list[TickVerdicts]]],
    story: list[Stretch],
    restart: int,
    partitions: int,
) -> None:
    records = in_turn(records_of(story, partitions))
    undisturbed = run(open_desk(partitions), records)
    before, after = open_desk(partitions), open_desk(partitions)
    first = run(before, records[:restart])
    after.restore(before.to_bytes())
    assert first + run(after, records[restart:]) == undisturbed
    assert after.to_bytes() == msgspec.msgpack.encode(msgspec.msgpack.decode(after.to_bytes()))


@given(story=stories, back=st.integers(1, 439))
def test_ticks_that_are_repeated_say_nothing_again(
    open_desk: Callable[..., IncidentDesk],
    records_of: Callable[..., list[list[TickVerdicts]]],
    story: list[Stretch],
    back: int,
) -> None:
    records = in_turn(records_of(story, 2))
    desk = open_desk(2)
    first = run(desk, records)
    assert run(desk, records[-back:]) == []
    assert run(desk, records) == []
    assert first == run(open_desk(2), records[:300] + records[max(300 - back, 0) :])


@given(story=stories, choices=st.lists(st.integers(0, 2), max_size=600))
def test_any_interleaving_of_the_partitions_gives_the_same(
    open_desk: Callable[..., IncidentDesk],
    records_of: Callable[..., list[list[TickVerdicts]]],
    story: list[Stretch],
    choices: list[int],
) -> None:
    records = records_of(story, 3)
    queues = [list(partition) for partition in records]
    mixed = [queues[choice].pop(0) for choice in choices if queues[choice]]
    mixed += [record for queue in queues for record in queue]
    assert run(open_desk(3), mixed) == run(open_desk(3), in_turn(records))


def test_nothing_is_handled_before_every_partition_has_spoken(
    open_desk: Callable[..., IncidentDesk], verdict: Callable[..., Verdict]
) -> None:
    desk = open_desk(2)
    for tick in range(10):
        assert desk.deliver(TickVerdicts(0, START + tick * 10_000, "hash", [verdict()])) == []
    assert desk.handled == -1
    (opened,) = desk.deliver(TickVerdicts(1, START + 90_000, "hash", []))
    assert opened.time == START + 20_000
    assert desk.handled == START + 90_000


def test_a_partition_that_is_not_configured_is_refused(open_desk: Callable[..., IncidentDesk]) -> None:
    with pytest.raises(ValueError, match="cells partition 4"):
        open_desk(4).deliver(TickVerdicts(4, START, "hash", []))


def test_a_state_of_another_number_of_partitions_is_refused(open_desk: Callable[..., IncidentDesk]) -> None:
    with pytest.raises(ValueError, match="2 cells partitions"):
        open_desk(3).restore(open_desk(2).to_bytes())


def test_a_broken_state_is_refused(open_desk: Callable[..., IncidentDesk]) -> None:
    with pytest.raises(msgspec.DecodeError):
        open_desk().restore(b"\x81\xa5queue\xc0")
