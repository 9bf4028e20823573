"""Criticals first, and each anomaly in its order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from streams.alerts.queue.backlog import Backlog, BacklogEntry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from streams.alerts.words.message import Notification


@pytest.fixture
def entry(notification: Callable[..., Notification]) -> Callable[..., BacklogEntry]:
    def make(name: str, severity: str = "warning", about: str = "") -> BacklogEntry:
        return BacklogEntry(0.0, notification(name, severity, about or name))

    return make


def names(entries: Iterable[BacklogEntry]) -> list[str]:
    return [entry.notification.id for entry in entries]


def filled(*entries: BacklogEntry, capacity: int = 100) -> Backlog:
    backlog = Backlog(capacity)
    for entry in entries:
        backlog.put(entry)
    return backlog


def test_a_critical_passes_what_is_not(entry: Callable[..., BacklogEntry]) -> None:
    backlog = filled(entry("w1"), entry("w2"), entry("c1", "critical"), entry("c2", "critical"))

    assert names(backlog) == ["c1", "c2", "w1", "w2"]
    assert backlog.critical
    assert backlog.alike == 2


def test_earlier_news_of_the_same_anomaly_go_with_the_critical(entry: Callable[..., BacklogEntry]) -> None:
    backlog = filled(entry("opened", about="a"), entry("other"), entry("graver", "critical", "a"))

    assert names(backlog) == ["opened", "graver", "other"]


def test_what_failed_is_first_again_and_goes_with_a_critical_that_came_meanwhile(
    entry: Callable[..., BacklogEntry],
) -> None:
    backlog = filled(entry("opened", about="a"), entry("other"), entry("third"))
    taken = [backlog.take() for _ in range(2)]
    backlog.put(entry("graver", "critical", "a"))
    backlog.put_back(taken)

    assert names(backlog) == ["opened", "graver", "other", "third"]


def test_a_digest_that_failed_goes_back_to_where_its_parts_were(entry: Callable[..., BacklogEntry]) -> None:
    backlog = filled(entry("opened", about="a"), entry("other"), entry("graver", "critical", "a"), entry("third"))
    before = names(backlog)
    backlog.put_back(backlog.clear())

    assert names(backlog) == before == ["opened", "graver", "other", "third"]
    assert backlog.alike == 2


def test_when_it_is_full_the_oldest_leaves_that_is_not_critical(entry: Callable[..., BacklogEntry]) -> None:
    backlog = filled(entry("c", "critical"), entry("w1"), entry("w2"), capacity=3)

    assert names(backlog.put(entry("w3"))) == ["w1"]
    assert names(backlog.put(entry("c2", "critical"))) == ["w2"]
    assert names(backlog.put(entry("c3", "critical"))) == ["w3"]
    assert names(backlog.put(entry("c4", "critical"))) == ["c"]
    assert len(backlog) == 3


def test_what_is_put_back_into_a_full_backlog_is_not_kept_beyond_its_capacity(
    entry: Callable[..., BacklogEntry],
) -> None:
    backlog = filled(entry("w1"), entry("w2"), capacity=2)
    taken = [backlog.take() for _ in range(2)]
    backlog.put(entry("w3"))

    assert names(backlog.put_back(taken)) == ["w1"]
    assert names(backlog.clear()) == ["w2", "w3"]
    assert not backlog
