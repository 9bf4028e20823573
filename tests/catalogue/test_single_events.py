"""What a rule on single events may say of events, fields and owner."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from streams.catalogue.single_events import Watched, check_watched
from streams.catalogue.term import Condition
from streams.events.vocabulary import SHIPPED
from streams.settings.settings import SingleEventRule

DETRACTOR: dict[str, Any] = {
    "name": "detractor",
    "events": ["survey.answered"],
    "where": {"kind": {"equals": "nps"}, "score": {"at_most": 6}},
    "action": "ticket.open",
    "owner": {"default": "care"},
}


def faults(**changed: Any) -> list[tuple[Any, str]]:
    return list(check_watched(msgspec.convert({**DETRACTOR, **changed}, SingleEventRule), SHIPPED))


def test_a_rule_of_known_events_and_fields_is_read_as_terms_of_metrics_are() -> None:
    watched = Watched.of(msgspec.convert(DETRACTOR, SingleEventRule))

    assert faults() == []
    assert watched.where == (("kind", Condition(equals="nps")), ("score", Condition(at_most=6)))


@pytest.mark.parametrize(
    ("changed", "place", "what"),
    [
        ({"events": []}, ("events",), "name at least one event type"),
        ({"events": ["survey.answerd"]}, ("events", 0), 'no event has the type "survey.answerd"'),
        ({"events": ["pharos.event_ahead"], "where": {}}, ("events", 0), "no topic brings pharos.event_ahead"),
        ({"where": {"scor": {"at_most": 6}}}, ("where", "scor"), 'has no field "scor"; did you mean "score"?'),
        ({"where": {"score": {"equals": "bad"}}}, ("where", "score"), '"score" of survey.answered is a number'),
        ({"where": {"score": {"abov": 2}}}, ("where", "score"), "object contains unknown field `abov`"),
        ({"where": {"score": {"at_most": "six"}}}, ("where", "score", "at_most"), "expected `float | null`, got `str`"),
        ({"where": {"score": {}}}, ("where", "score"), "tests nothing"),
        ({"where": {"after.eta": {"present": True}}}, ("where", "after.eta"), "knows no earlier event"),
        ({"where": {"late": {"from": "after.eta", "to": "time"}}}, ("where", "late"), "knows no earlier event"),
        ({"owner": {"default": "care", "by": "queue"}}, ("owner", "by"), "no event of this rule has a queue"),
    ],
)
def test_a_mistake_is_said_at_its_place_with_what_to_do(changed: Any, place: Any, what: str) -> None:
    found = faults(**changed)

    assert [where for where, _ in found][:1] == [place]
    assert what in found[0][1]


def test_an_owner_may_go_by_what_one_of_the_events_has() -> None:
    assert (
        faults(events=["survey.answered", "complaint.opened"], owner={"default": "care", "by": "role"}, where={}) == []
    )
