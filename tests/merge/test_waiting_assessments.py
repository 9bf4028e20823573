"""Feedback waits for its tick."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from streams.cells.assessment import EFFECT_MS, Assessment
from streams.merge.assessments import WaitingAssessments

ASSESSMENTS = st.builds(
    Assessment,
    time=st.integers(0, 300_000),
    source=st.sampled_from(["/pharos/api", "/crm"]),
    id=st.sampled_from("abcdef"),
    fingerprint=st.sampled_from(["f1", "f2"]),
    opinion=st.sampled_from(["confirmed", "expected", "false_alarm", "new_trend"]),
)
MANY = st.lists(ASSESSMENTS, max_size=12, unique_by=lambda one: (one.source, one.id))


def given_out(waiting: WaitingAssessments, from_ms: int = 0, to_ms: int = 400_000) -> list[tuple[int, Assessment]]:
    """By the ticks from one time to another."""
    return [
        (tick, one)
        for tick in range(from_ms, to_ms, 10_000)
        for fingerprint, all_of in sorted(waiting.due(tick).items())
        for one in all_of
        if one.fingerprint == fingerprint
    ]


@given(MANY)
def test_each_is_given_once_at_the_first_tick_a_minute_after_its_time(assessments: list[Assessment]) -> None:
    waiting = WaitingAssessments()
    waiting.add(assessments)

    found = given_out(waiting)

    assert {(one.source, one.id) for _, one in found} == {(one.source, one.id) for one in assessments}
    assert all(tick - 10_000 < one.time + EFFECT_MS <= tick for tick, one in found)


@given(MANY, st.randoms(use_true_random=False))
def test_neither_their_order_nor_repeats_make_a_difference(assessments: list[Assessment], dice: object) -> None:
    one, other = WaitingAssessments(), WaitingAssessments()
    one.add(assessments)
    shuffled = assessments * 2
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    for assessment in shuffled:
        other.add([assessment])

    found = given_out(one)
    assert given_out(other) == found
    other.add(assessments)
    assert given_out(other) == []


@given(MANY, MANY, st.integers(0, 40))
def test_a_snapshot_goes_on_as_if_nothing_had_happened(
    first: list[Assessment], then: list[Assessment], ticks: int
) -> None:
    waiting, restored = WaitingAssessments(), WaitingAssessments()
    waiting.add(first)
    given_out(waiting, 0, ticks * 10_000)
    restored.load(msgspec.msgpack.decode(msgspec.msgpack.encode(waiting.to_plain())))
    for each in (waiting, restored):
        each.add(then)

    assert given_out(restored, ticks * 10_000) == given_out(waiting, ticks * 10_000)
    assert restored.to_plain() == waiting.to_plain()


def test_what_finds_no_room_is_counted_and_not_remembered() -> None:
    waiting = WaitingAssessments()
    many = [Assessment(0, "/crm", str(number), "f1", "confirmed") for number in range(1_001)]
    waiting.add(many)

    assert waiting.refused == 1
    assert len(given_out(waiting)) == 1_000
    waiting.add(many[-1:])
    assert len(given_out(waiting)) == 1


def test_a_snapshot_of_before_there_was_feedback_knows_of_none() -> None:
    waiting = WaitingAssessments()
    waiting.load({})

    assert given_out(waiting) == []
