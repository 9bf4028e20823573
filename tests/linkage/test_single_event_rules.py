"""What the setting `on` may say."""

from __future__ import annotations

from typing import Any

import pytest

from streams.linkage.single_event_rules import check_single_events
from streams.settings.settings import LinkageWebhook, OwnerTable, SingleEventRule


def rule(name: str = "detractor", **changed: Any) -> SingleEventRule:
    fields: dict[str, Any] = {"events": ("survey.answered",), "action": "ticket.open", "owner": OwnerTable("care")}
    return SingleEventRule(**{"name": name, **fields, **changed})


def test_rules_with_names_of_their_own_are_right() -> None:
    hook = LinkageWebhook(url_env="URL", secret_file="/run/secret")
    rules = [
        rule(webhook=hook),
        rule("bad-review", approval="on-call", owner=OwnerTable("care", "queue", {"vip": "a"})),
    ]

    assert list(check_single_events(rules, tokens=True, receivers=())) == []


@pytest.mark.parametrize(
    ("changed", "place", "what"),
    [
        ({"name": "a b"}, ("name",), "is a label"),
        ({"action": ""}, ("action",), "say in 1 to"),
        ({"action": "ack"}, ("action",), "choose another name"),
        ({"note": "a\nb"}, ("note",), "printable"),
        ({"approval": "operator"}, ("approval",), "tokens_file"),
        ({"owner": OwnerTable("")}, ("owner", "default"), "name the owner"),
        ({"owner": OwnerTable("a", "store", {"s1": "b\n"})}, ("owner", "table", "s1"), "name the owner"),
        ({"webhook": LinkageWebhook(url_env="URL")}, ("webhook",), "needs `secret_env`"),
        ({"owner": OwnerTable("caer"), "message": True}, ("owner", "default"), 'named "caer"; did you mean "care"?'),
        ({"per_minute": 201}, ("per_minute",), "all rules together may ask 200 times a minute"),
    ],
)
def test_a_mistake_is_said_at_its_place_with_what_to_do(changed: Any, place: Any, what: str) -> None:
    found = list(check_single_events([rule(**changed)], tokens=False, receivers={"care", "vip-desk"}))

    assert [(index, where) for index, where, _ in found] == [(0, place)]
    assert what in found[0][2]


def test_two_rules_do_not_share_a_name() -> None:
    assert [where for _, where, _ in check_single_events([rule(), rule()], tokens=False, receivers=())] == [("name",)]


def test_there_are_twenty_rules_at_most() -> None:
    rules = [rule(f"r{number}", per_minute=1) for number in range(21)]

    assert [(index, where) for index, where, _ in check_single_events(rules, tokens=False, receivers=())] == [(20, ())]
