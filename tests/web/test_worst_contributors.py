"""Who contributed when an anomaly was worst: kept beyond its end, and begun anew when it opens anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from streams.records.anomaly import Change, Contributor
from streams.web.worst_contributors import WorstContributors

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.records.anomaly import Anomaly, Transition

APP = [Contributor({"channel": "app"}, 0.9, 0.9, 0.0)]
WEB = [Contributor({"channel": "web"}, 0.8, 0.8, 0.0)]


@pytest.fixture
def worst() -> WorstContributors:
    return WorstContributors()


def test_what_was_named_stays_when_the_end_names_nobody(
    worst: WorstContributors, anomaly: Callable[..., Anomaly], transition: Callable[..., Transition]
) -> None:
    worst.note(transition(anomaly(contributors=APP)))
    worst.note(transition(anomaly(state="resolved", score=0.2), Change.RESOLVED))

    assert worst.of("a1b2c3") == APP
    assert worst.of("unknown") == []


@pytest.mark.parametrize(
    ("later", "kept"),
    [
        ({"severity": "critical", "score": 2.0}, WEB),
        ({"severity": "warning", "score": 5.0}, WEB),
        ({"severity": "warning", "score": 4.0}, WEB),
        ({"severity": "warning", "score": 3.9}, APP),
        ({"severity": "info", "score": 9.0}, APP),
    ],
)
def test_the_gravest_counts_then_the_highest_score_then_the_latest(
    later: dict[str, object],
    kept: list[Contributor],
    worst: WorstContributors,
    anomaly: Callable[..., Anomaly],
    transition: Callable[..., Transition],
) -> None:
    worst.note(transition(anomaly(severity="warning", score=4.0, contributors=APP)))
    worst.note(transition(anomaly(contributors=WEB, **later), Change.UPDATED))

    assert worst.of("a1b2c3") == kept


def test_one_that_opens_anew_begins_anew_and_one_that_is_dropped_is_forgotten(
    worst: WorstContributors, anomaly: Callable[..., Anomaly], transition: Callable[..., Transition]
) -> None:
    worst.note(transition(anomaly(contributors=APP)))
    worst.note(transition(anomaly(), time=2))
    anew = worst.of("a1b2c3")
    worst.note(transition(anomaly(contributors=WEB), Change.UPDATED, time=3))
    worst.drop("a1b2c3")
    worst.drop("a1b2c3")

    assert anew == []
    assert worst.of("a1b2c3") == []
