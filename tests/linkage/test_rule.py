"""Which transitions a rule asks for its action at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from streams.linkage.rule import STALE_MS, Judgement, judge
from streams.records.anomaly import Change, Transition, Why
from streams.settings.settings import LinkageMatch

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("match", "fields", "judgement"),
    [
        ({}, {}, Judgement.ASKS),
        ({"metrics": ("asa",)}, {}, Judgement.METRIC),
        ({"metrics": ("asa", "payment_success")}, {}, Judgement.ASKS),
        ({"touchpoints": ("logistics",)}, {}, Judgement.TOUCHPOINT),
        ({}, {"severity": "info"}, Judgement.SEVERITY),
        ({"severities": ("info",)}, {"severity": "info"}, Judgement.ASKS),
        ({"scope": {"region": ("jiangsu",)}}, {}, Judgement.SCOPE),
        ({"scope": {"region": ("jiangsu", "zhejiang")}}, {}, Judgement.ASKS),
        ({"scope": {"region": ("*",)}}, {}, Judgement.ASKS),
        ({"scope": {"carrier": ("*",)}}, {}, Judgement.SCOPE),
        ({}, {"caused_by": "f2"}, Judgement.SYMPTOM),
        ({"symptoms": True}, {"caused_by": "f2"}, Judgement.ASKS),
    ],
)
def test_a_rule_says_why_it_does_not_ask(
    transition: Callable[..., Transition], now: int, match: dict[str, Any], fields: dict[str, Any], judgement: Judgement
) -> None:
    assert judge(LinkageMatch(**match), transition(**fields), now) is judgement


@pytest.mark.parametrize(
    ("changes", "change", "why", "asks"),
    [
        (("opened",), Change.UPDATED, Why.ESCALATED, False),
        (("escalated",), Change.UPDATED, Why.ESCALATED, True),
        (("escalated",), Change.UPDATED, Why.WORSENED, False),
        (("updated",), Change.UPDATED, Why.WORSENED, True),
        (("updated",), Change.UPDATED, Why.ESCALATED, True),
        (("opened", "resolved"), Change.RESOLVED, Why.RECOVERED, True),
    ],
)
def test_a_rule_is_about_some_changes(
    transition: Callable[..., Transition], now: int, changes: tuple[Any, ...], change: Change, why: Why, asks: bool
) -> None:
    judgement = judge(LinkageMatch(changes=changes), transition(change=change, why=why), now)

    assert judgement is (Judgement.ASKS if asks else Judgement.CHANGE)


def test_what_happened_too_long_ago_is_not_acted_on(transition: Callable[..., Transition], now: int) -> None:
    assert judge(LinkageMatch(), transition(), now + STALE_MS) is Judgement.ASKS
    assert judge(LinkageMatch(), transition(), now + STALE_MS + 1) is Judgement.STALE
