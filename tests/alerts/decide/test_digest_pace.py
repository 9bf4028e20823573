"""When a digest is due."""

from __future__ import annotations

from streams.alerts.decide.digest_pace import MOST_LOOKS, QUIET_LOOKS, DigestPace


def due_at(pace: DigestPace, looks: int, *, held_every: int = 0) -> list[int]:
    found = []
    for look in range(1, looks + 1):
        if held_every and look % held_every == 0:
            pace.held()
        if pace.is_due(caught_up=True):
            found.append(look)
    return found


def test_a_digest_waits_until_nothing_was_held_for_ten_looks() -> None:
    pace = DigestPace()
    before = due_at(pace, QUIET_LOOKS - 1)
    pace.held()

    assert before == []
    assert due_at(pace, QUIET_LOOKS) == [QUIET_LOOKS]


def test_a_digest_is_due_after_a_minute_however_often_something_is_held() -> None:
    assert due_at(DigestPace(), 2 * MOST_LOOKS, held_every=2) == [MOST_LOOKS, 2 * MOST_LOOKS]


def test_no_digest_is_due_before_the_worker_has_caught_up_and_the_minute_begins_then() -> None:
    pace = DigestPace()
    early = [pace.is_due(caught_up=False) for _ in range(2 * MOST_LOOKS)]
    pace.held()

    assert not any(early)
    assert due_at(pace, MOST_LOOKS, held_every=2) == [MOST_LOOKS]
