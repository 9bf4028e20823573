"""The memory of actions: bounded, without repeats, and kept for whom it is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from streams.records.action import LONGEST_MS, NOTIFIED, NOTIFY_SOURCE, Taken
from streams.register import actions as action_book
from streams.register.actions import OF_AN_ANOMALY, ActionBook, Noted

if TYPE_CHECKING:
    import pytest

START = 1_762_790_400_000


def taken(number: int = 0, action: str = "coupons.sent", fingerprint: str = "f1", **fields: Any) -> Taken:
    given: dict[str, Any] = {"source": "/desk", "id": str(number), "time": START + number}
    return Taken(action=action, fingerprint=fingerprint, **(given | fields))


def test_a_repeat_is_noted_once_and_another_source_is_no_repeat() -> None:
    book = ActionBook()
    noted = [book.note(one) for one in (taken(), taken(), taken(source="/other"))]

    assert noted == [Noted.NEW, Noted.REPEAT, Noted.NEW]
    assert len(book) == len(book.of("f1")) == 2


def test_of_an_anomaly_the_newest_are_kept() -> None:
    book = ActionBook()
    for number in range(OF_AN_ANOMALY + 5):
        book.note(taken(number))

    assert [one.id for one in book.of("f1")] == [str(number) for number in range(5, OF_AN_ANOMALY + 5)]
    assert len(book) == OF_AN_ANOMALY


def test_what_systems_say_again_and_again_does_not_push_out_what_people_said() -> None:
    book = ActionBook()
    for number, action in enumerate(("ack", "ack", "snooze", "feedback")):
        book.note(taken(number, action))
    for number in range(10, 10 + 2 * OF_AN_ANOMALY):
        book.note(taken(number))

    assert [one.id for one in book.of("f1")][:3] == ["1", "2", "3"]
    assert len(book.of("f1")) == OF_AN_ANOMALY


def test_that_people_were_told_is_kept_whatever_systems_say() -> None:
    book = ActionBook()
    book.note(taken(0, NOTIFIED, source=NOTIFY_SOURCE))
    book.note(taken(1, NOTIFIED, source="/crm"))
    for number in range(10, 10 + 2 * OF_AN_ANOMALY):
        book.note(taken(number))

    assert [one.source for one in book.of("f1") if one.action == NOTIFIED] == [NOTIFY_SOURCE]


def test_in_all_those_go_on_whom_nobody_has_acted_for_longest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(action_book, "IN_ALL", 3)
    book = ActionBook()
    for number, fingerprint in enumerate(("a", "b", "a", "c")):
        book.note(taken(number, fingerprint=fingerprint))

    assert (len(book.of("a")), len(book.of("b")), len(book.of("c"))) == (2, 0, 1)
    assert len(book) == 3


def test_an_incident_is_forgotten_with_what_was_done_about_it_and_the_next_one_keeps_its_own() -> None:
    book = ActionBook()
    resolved = START + 1_000
    book.note(taken(1))
    book.note(taken(2, time=resolved + LONGEST_MS))
    book.note(taken(3, detected_at=START, time=resolved + 5_000))
    book.note(taken(4, detected_at=resolved + 2_000))
    book.note(taken(5, time=resolved + LONGEST_MS + 1))
    book.forget("f1", resolved)

    assert [one.id for one in book.of("f1")] == ["4", "5"]
    assert len(book) == 2


def test_forgetting_what_nobody_acted_on_is_no_fault() -> None:
    book = ActionBook()
    book.forget("f1", START)

    assert len(book) == 0
