"""What a robot bears is never exceeded, and what is kept for criticals is there when they come."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.alerts.queue.budget import Allowance, Budget, Hold, Limit
from streams.alerts.receivers import dingtalk, feishu, pagerduty, slack, wecom

TEN = 1_762_790_400.0  # 16:00:00 UTC, a round time everywhere
ROBOTS = {
    "dingtalk": dingtalk.ALLOWANCE,
    "wecom": wecom.ALLOWANCE,
    "feishu": feishu.ALLOWANCE,
    "slack": slack.ALLOWANCE,
    "pagerduty": pagerduty.ALLOWANCE,
}


@pytest.mark.parametrize(
    ("robot", "limits"),
    [
        ("dingtalk", [(18, 60.0)]),
        ("wecom", [(18, 60.0)]),
        ("feishu", [(90, 60.0), (4, 1.0)]),
        ("slack", [(1, 1.0)]),
        ("pagerduty", [(120, 60.0)]),
    ],
)
def test_each_robot_has_the_limits_that_its_documents_allow(robot: str, limits: list[tuple[int, float]]) -> None:
    assert [(limit.count, limit.window_s) for limit in ROBOTS[robot].limits] == limits


@given(
    robot=st.sampled_from(sorted(ROBOTS)),
    steps=st.lists(st.tuples(st.floats(0, 20), st.booleans(), st.floats(0, 2)), max_size=200),
)
def test_no_sliding_window_ever_holds_more_than_its_limit(robot: str, steps: list[tuple[float, bool, float]]) -> None:
    """Whoever asks, and however long each attempt takes: arrivals lie between its begin and its end."""
    allowance = ROBOTS[robot]
    budget = Budget(allowance)
    now = 0.0
    attempts: list[tuple[float, float]] = []
    for pause, critical, took in steps:
        now += pause
        if budget.hold(now, 0.0, critical=critical)[1] is Hold.NOTHING:
            budget.spend(now, critical=critical)
            attempts.append((now, now + took))
            now += took
            budget.settle(now)

    for limit in allowance.limits:
        for first, later in zip(attempts, attempts[limit.count :], strict=False):
            assert later[0] - first[1] >= limit.window_s - 1e-6


def test_an_attempt_counts_from_its_end_because_it_may_have_arrived_as_late_as_that() -> None:
    budget = Budget(dingtalk.ALLOWANCE)
    for _ in range(18):
        budget.spend(0.0, critical=True)
        budget.settle(2.0)

    assert budget.hold(30.0, 0.0, critical=True) == (32.0, Hold.LIMIT)


def test_twelve_of_eighteen_are_for_everybody_and_six_only_for_criticals() -> None:
    budget = Budget(dingtalk.ALLOWANCE)
    for second in range(12):
        budget.spend(float(second), critical=False)

    assert budget.hold(12.0, 0.0, critical=True) == (0.0, Hold.NOTHING)
    assert budget.hold(12.0, 0.0, critical=False)[0] == 48.0
    for second in range(12, 18):
        budget.spend(float(second), critical=True)
    assert budget.hold(18.0, 0.0, critical=True) == (42.0, Hold.LIMIT)


def test_half_of_what_others_may_use_goes_at_once_and_the_rest_is_spread() -> None:
    budget = Budget(dingtalk.ALLOWANCE)
    sent: list[float] = []
    now = 0.0
    while now < 60.0:
        wait_s, why = budget.hold(now, 0.0, critical=False)
        if why is Hold.NOTHING:
            budget.spend(now, critical=False)
            sent.append(now)
        now += max(wait_s, 0.1)

    assert [second < 1.0 for second in sent[:6]] == [True] * 6
    assert [round(second) for second in sent[6:]] == [10, 20, 30, 40, 50]  # where a digest of the rest goes


def test_many_criticals_leave_one_in_a_minute_to_others_and_do_not_spread_them_further() -> None:
    budget = Budget(dingtalk.ALLOWANCE)
    for second in range(0, 60, 6):
        budget.spend(float(second), critical=True)

    assert budget.hold(59.0, 0.0, critical=False) == (0.0, Hold.NOTHING)
    budget.spend(59.0, critical=False)
    assert budget.hold(60.0, 0.0, critical=False)[1] is Hold.SPREAD
    budget.spend(68.0, critical=True)
    assert budget.hold(68.5, 0.0, critical=False) == (0.5, Hold.SPREAD)  # ten seconds after the last of their own


def test_what_is_kept_is_given_to_others_a_window_after_their_last() -> None:
    budget = Budget(dingtalk.ALLOWANCE)
    budget.spend(0.0, critical=False)
    for second in range(40, 52):
        budget.spend(float(second), critical=True)

    assert budget.hold(52.0, 0.0, critical=False) == (8.0, Hold.KEPT)
    assert budget.hold(60.0, 0.0, critical=False) == (0.0, Hold.NOTHING)


@pytest.mark.parametrize(
    ("after_s", "chance", "wait_s"),
    [(-0.5, 0.0, 2.0), (0.0, 0.0, 1.5), (0.0, 0.5, 2.5), (1.0, 0.999, 2.498), (1.5, 0.9, 0.0), (150.0, 0.9, 0.0)],
)
def test_feishu_is_left_alone_at_round_times(after_s: float, chance: float, wait_s: float) -> None:
    waits, why = Budget(feishu.ALLOWANCE).hold(0.0, chance, critical=True, wall=TEN + after_s)

    assert waits == pytest.approx(wait_s)
    assert why is (Hold.ROUND_TIME if wait_s else Hold.NOTHING)


@given(after_s=st.floats(-300, 300), chance=st.floats(0, 0.999))
def test_a_round_time_leaves_a_second_of_the_five_until_people_hear(after_s: float, chance: float) -> None:
    waits, _ = Budget(feishu.ALLOWANCE).hold(0.0, chance, critical=True, wall=TEN + after_s)

    assert 0.0 <= waits <= 4.0
    assert Budget(feishu.ALLOWANCE).hold(0.0, chance, critical=True, wall=TEN + after_s + waits + 1e-3)[0] == 0.0


def test_room_is_counted_for_what_can_go_within_a_time() -> None:
    budget = Budget(feishu.ALLOWANCE)
    for _ in range(4):
        budget.spend(0.0, critical=True)

    assert budget.room(0.0, 10.0) == 40.0
    assert Budget(Allowance()).room(0.0, 10.0) == math.inf
    assert Budget(Allowance((Limit(18, 60.0),))).room(0.0, 10.0) == 18
