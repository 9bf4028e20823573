"""Silences as they are read: any order gives the same, an end wins, and none is lost while it is in force."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from streams.records.action import Taken
from streams.records.action_event import encode, read_action
from streams.records.instant import rfc3339
from streams.register.actions import Noted
from streams.register.silence import has_served
from streams.register.silences import KEPT_MS, MOST_SILENCES, SilenceBook
from tests.support.sample_anomaly import sample_anomaly

if TYPE_CHECKING:
    from collections.abc import Sequence

START = 1_762_790_400_000
MINUTE, HOUR = 60_000, 3_600_000


def made(name: str = "s1", at: int = START, minutes: int = 60, **fields: Any) -> Taken:
    given: dict[str, Any] = {"matchers": ("payment_method=alipay",), "actor": "li", "note": "known"}
    return Taken(
        source="/pharos/api",
        id=f"{name}-made",
        fingerprint=f"silence/{name}",
        action="silence",
        time=at,
        until=at + minutes * MINUTE,
        **(given | fields),
    )


def ended(name: str = "s1", at: int = START + 10 * MINUTE) -> Taken:
    subject = f"silence/{name}"
    return Taken(source="/x", id=f"{name}-{at}", fingerprint=subject, action="silence.expired", time=at, actor="wang")


def book(*records: Taken) -> SilenceBook:
    known = SilenceBook()
    for taken in records:
        known.record()
        known.note(taken)
    return known


ANOMALY = sample_anomaly(rfc3339(START), rfc3339(START), scope={"payment_method": "alipay"})
OTHER = sample_anomaly(rfc3339(START), rfc3339(START), scope={"payment_method": "wechat"})


def test_a_silence_keeps_quiet_what_it_matches_from_its_beginning_to_its_end() -> None:
    known = book(made())

    assert known.silencing(ANOMALY, START) == ("s1",)
    assert known.silencing(ANOMALY, START + 60 * MINUTE) == ()
    assert known.silencing(OTHER, START) == ()


def planned(name: str = "s1", after: int = 60 * MINUTE, minutes: int = 90) -> Taken:
    """Made at START, to begin later; `minutes` from START to its end."""
    return made(name, minutes=minutes, begins=START + after)


def test_a_silence_made_beforehand_begins_when_it_says_and_not_sooner_for_anybody() -> None:
    known = book(planned())

    assert [bool(known.silencing(ANOMALY, START + minute * MINUTE)) for minute in (0, 59, 60, 89, 90)] == [
        False,
        False,
        True,
        True,
        False,
    ]
    assert [silence.id for silence in known.to_last(START)] == ["s1"]


def test_one_that_is_called_off_never_was_in_force() -> None:
    for records in ((planned(), ended()), (ended(), planned())):
        (silence,) = book(*records).all()

        assert silence.called_off
        assert silence.ends == START + 10 * MINUTE
        assert not any(silence.in_force(START + minute * MINUTE) for minute in range(100))


def test_one_that_is_ended_after_its_beginning_was_in_force_until_then() -> None:
    (silence,) = book(planned(), ended(at=START + 70 * MINUTE)).all()

    assert not silence.called_off
    assert [silence.in_force(START + minute * MINUTE) for minute in (59, 60, 69, 70)] == [False, True, True, False]


def test_a_beginning_beyond_thirty_days_or_after_the_end_is_not_obeyed() -> None:
    assert book(planned(after=31 * 24 * HOUR, minutes=32 * 24 * 60)).all() == []
    assert book(planned(after=HOUR, minutes=60)).all() == []


@given(
    st.permutations(
        [made(), made("s2", minutes=5), planned("s4"), ended(), ended(at=START + 20 * MINUTE), ended("s3"), ended("s4")]
    )
)
def test_the_order_of_reading_makes_no_difference(records: Sequence[Taken]) -> None:
    known = book(*records, *records)

    assert [(s.id, s.ends, s.ended_by) for s in known.all()] == [
        ("s1", START + 10 * MINUTE, "wang"),
        ("s4", START + 10 * MINUTE, "wang"),
        ("s2", START + 5 * MINUTE, ""),
    ]


def test_what_is_read_again_changes_nothing() -> None:
    known = book(made(), ended())

    assert [known.note(made()), known.note(ended())] == [Noted.REPEAT, Noted.REPEAT]


def test_what_has_no_end_matches_everything_or_is_nonsense_is_not_obeyed() -> None:
    bad = [
        made("a", minutes=0),
        made("b", matchers=()),
        made("c", matchers=("region!=zhejiang",)),
        made("d", matchers=("region=~(",)),
    ]

    assert book(*bad).all() == []


def test_no_silence_lasts_longer_than_thirty_days() -> None:
    assert book(made(minutes=90 * 24 * 60)).all()[0].ends == START + 30 * 24 * HOUR


def test_the_records_go_over_the_topic_unchanged() -> None:
    for taken in (made(end_on_resolve=True), planned(), ended()):
        assert read_action(encode(taken)) == taken


def test_what_ended_a_day_ago_is_forgotten_and_memory_is_bounded() -> None:
    late = START + 2 * HOUR + KEPT_MS
    many = [made(f"m{number}", late, number + 1) for number in range(5 * MOST_SILENCES)]
    known = book(made(), *many)

    assert known.get("s1") is None
    assert len(known.all()) == 2 * MOST_SILENCES


def test_a_silence_is_written_again_each_hour_and_when_many_other_records_came() -> None:
    known = book(made(minutes=300), ended("s2"), made("s3", minutes=10))
    first = known.to_renew(START + HOUR)
    again = known.to_renew(START + HOUR + MINUTE)
    for _ in range(5_000):
        known.record()
    flooded = known.to_renew(START + HOUR + 2 * MINUTE)

    assert [taken.fingerprint for taken in first] == ["silence/s1"]
    assert again == []
    assert [taken.fingerprint for taken in flooded] == ["silence/s1"]


def test_the_end_of_a_silence_is_written_again_with_it_so_that_it_never_rises_from_the_dead() -> None:
    known = book(made(minutes=300), ended())
    renewed = known.to_renew(START + 2 * HOUR)

    assert [taken.action for taken in renewed] == ["silence", "silence.expired"]
    assert book(*renewed).all() == known.all()


def test_a_silence_that_ends_on_resolve_waits_for_its_anomaly_and_ends_with_the_last() -> None:
    silence = book(made(end_on_resolve=True)).all()[0]
    before = [(START - MINUTE, ANOMALY)]
    after = [(START + MINUTE, ANOMALY)]

    assert not has_served(silence, [], before)
    assert not has_served(silence, [ANOMALY], after)
    assert has_served(silence, [OTHER], after)
    assert not has_served(book(made()).all()[0], [], after)
