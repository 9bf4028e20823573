"""A message about missing agents says how many, for what, what comes, and where some could come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from streams.alerts.words.message import Titles, compose
from streams.records.staffing import Spare, StaffingNeed

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.records.anomaly import Transition

UTC = ZoneInfo("UTC")
TITLES = Titles({"staffing_gap": "Missing agents", "pick_up": "Pick-up rate"})
NEED = StaffingNeed(
    queue="refund",
    needed=24,
    staffed=18,
    needed_in_15_min=25,
    needed_in_30_min=26,
    target=0.8,
    within_s=20.0,
    level=0.52,
    level_in_15_min=0.41,
    abandoned=0.2,
    offered=9.0,
    offered_in_15_min=9.4,
    offered_in_30_min=9.8,
    handle_s=150.0,
    patience_s=120.0,
    waiting=4,
    spare=[Spare("presale", 9), Spare("<b>vip</b>", 3)],
)


def told(transition: Callable[..., Transition], language: str = "en", **more: Any) -> tuple[str, ...]:
    fields: dict[str, Any] = {
        "metric": "staffing_gap",
        "unit": "number",
        "value": 6.0,
        "expected": 0.0,
        "staffing": NEED,
    }
    fields |= {"scope": {"queue": "refund"}, "touchpoint": "consultation", "contributors": [], "reason": "UNDERSTAFFED"}
    facts = compose(transition(**(fields | more)), TITLES, {}, UTC).text(language).facts
    return tuple(fact for fact in facts if "gent" in fact or "客服" in fact)


def test_agents_missing_ahead_and_to_spare_are_said_in_english(transition: Callable[..., Transition]) -> None:
    assert told(transition) == (
        (
            "Staffing: queue refund needs 6 more agents (18 of 24) for 80% within 20 s; "
            "at this rate 41% will be answered in time in 15 min"
        ),
        "Agents needed in 15 min: 25, in 30 min: 26",
        "Agents to spare: queue presale 9, queue <b>vip</b> 3. Consider moving some of them.",
    )


def test_they_are_said_in_chinese(transition: Callable[..., Transition]) -> None:
    assert told(transition, "zh") == (
        (
            "人力：队列 refund 还需 6 名客服（现有 18，需要 24），才能在 20秒内接起 80%；"
            "照此下去，15 分钟后仅 41% 能及时接起"
        ),
        "15 分钟后需要客服 25 名，30 分钟后 26 名",
        "有富余客服的队列：presale 9 名；<b>vip</b> 3 名。可考虑调配。",
    )


def test_one_agent_is_one(transition: Callable[..., Transition]) -> None:
    alone = msgspec.structs.replace(NEED, staffed=23, spare=[])

    first, _ = told(transition, staffing=alone)

    assert "needs 1 more agent (23 of 24)" in first


@pytest.mark.parametrize(
    "more",
    [{"state": "recovering"}, {"staffing": msgspec.structs.replace(NEED, staffed=24)}, {"staffing": None}],
)
def test_what_recovers_or_lacks_nobody_says_nothing(
    transition: Callable[..., Transition], more: dict[str, Any]
) -> None:
    assert told(transition, **more) == ()


def test_a_trouble_of_the_same_queue_tells_the_agents_that_it_lacks(transition: Callable[..., Transition]) -> None:
    scope = {"queue": "refund"}
    gap = transition(metric="staffing_gap", scope=scope, unit="number", staffing=NEED, fingerprint="gap").anomaly
    other = transition(metric="pick_up", scope=scope, touchpoint="consultation")
    elsewhere = transition(metric="pick_up", scope={"queue": "vip"}, touchpoint="consultation")

    lines, others = (compose(of, TITLES, {"gap": gap}, UTC).lines for of in (other, elsewhere))

    assert any(line.startswith("Staffing: queue refund needs 6 more agents") for line in lines)
    assert not any(line.startswith("Staffing") for line in others)
