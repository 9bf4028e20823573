"""Who stands out, as the detectors say, decides which scope speaks; and whom they named is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from streams.incidents.localisation import localise
from streams.incidents.policy import Policy
from streams.records.verdicts import Contributor

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.records.verdicts import Verdict

POLICY = Policy()
ALIPAY, WECHAT = {"method": "alipay"}, {"method": "wechat"}
ALIPAY_HERE = ALIPAY | {"region": "zhejiang"}


def parts(*named: tuple[dict[str, str], float]) -> list[Contributor]:
    told = [Contributor(scope, share, share, 0.0) for scope, share in named]
    rest = 1 - sum(share for _, share in named)
    return [*told, Contributor({}, rest, rest, 0.0)]


def chosen(*verdicts: Verdict) -> list[dict[str, str]]:
    return [choice.verdict.scope for choice in localise(verdicts, POLICY)]


def test_the_scope_that_stands_out_speaks_for_the_whole(verdict: Callable[..., Verdict]) -> None:
    whole = verdict(excess=100, contributors=parts((ALIPAY, 0.95)), standouts=[ALIPAY])
    assert chosen(whole, verdict(scope=ALIPAY, excess=95, exposure=300, standouts=[])) == [ALIPAY]


def test_two_that_stand_out_together_speak_for_themselves(verdict: Callable[..., Verdict]) -> None:
    whole = verdict(excess=100, contributors=parts((ALIPAY, 0.6), (WECHAT, 0.4)), standouts=[ALIPAY, WECHAT])
    values = [verdict(scope=scope, excess=50, exposure=450, standouts=[]) for scope in (ALIPAY, WECHAT)]
    assert sorted(chosen(whole, *values), key=str) == [ALIPAY, WECHAT]


def test_one_of_two_that_carries_it_speaks_while_nothing_is_known_of_the_other(
    verdict: Callable[..., Verdict],
) -> None:
    contributors = parts((ALIPAY, 0.8), (WECHAT, 0.25))
    whole = verdict(excess=100, contributors=contributors, standouts=[ALIPAY, WECHAT])
    assert chosen(whole, verdict(scope=ALIPAY, excess=80, standouts=[])) == [ALIPAY]
    assert chosen(whole, verdict(scope=WECHAT, excess=25, standouts=[])) == [{}]


def test_what_stands_out_but_leaves_much_unexplained_is_a_contributor_only(verdict: Callable[..., Verdict]) -> None:
    whole = verdict(excess=100, contributors=parts((ALIPAY, 0.5)), standouts=[ALIPAY])
    assert chosen(whole, verdict(scope=ALIPAY, excess=50, exposure=100, standouts=[])) == [{}]


def test_a_part_whose_short_window_is_dense_does_not_speak_for_a_scope_in_which_none_stands_out(
    verdict: Callable[..., Verdict],
) -> None:
    value = verdict(scope=ALIPAY, window_s=310, excess=13, exposure=64, standouts=[])
    dense = verdict(scope=ALIPAY_HERE, window_s=40, excess=3, exposure=4)
    assert chosen(value, dense) == [ALIPAY]


def test_a_value_in_a_region_speaks_where_the_pair_stands_out(verdict: Callable[..., Verdict]) -> None:
    whole = verdict(excess=100, contributors=parts((ALIPAY_HERE, 0.97)), standouts=[ALIPAY_HERE])
    value = verdict(scope=ALIPAY, excess=98, contributors=parts((ALIPAY_HERE, 0.98)), standouts=[ALIPAY_HERE])
    region = verdict(scope={"region": "zhejiang"}, excess=97, standouts=[ALIPAY_HERE])
    pair = verdict(scope=ALIPAY_HERE, excess=97, exposure=40, standouts=[])
    assert chosen(whole, value, region, pair) == [ALIPAY_HERE]


@pytest.mark.parametrize(("standouts", "ticks"), [([ALIPAY], 6), ([], 3)])
def test_the_whole_waits_only_for_what_stands_out(
    shop: Any, verdict: Callable[..., Verdict], standouts: list[dict[str, str]], ticks: int
) -> None:
    opened = shop.tick(verdict(contributors=parts((ALIPAY, 0.9)), standouts=standouts), times=10)
    assert shop.now - opened[0].time == (10 - ticks) * 10_000


def test_the_whole_waits_for_a_part_that_carries_it_and_is_sure_itself(
    shop: Any, verdict: Callable[..., Verdict]
) -> None:
    whole = verdict(contributors=parts((ALIPAY, 0.75)), standouts=[])
    shop.tick(whole, verdict(scope=ALIPAY, score=1.1, excess=75, standouts=[]), times=4)
    assert shop.desk.open_anomalies() == []

    standing_out = verdict(contributors=parts((ALIPAY, 0.75)), standouts=[ALIPAY])
    (opened,) = shop.tick(standing_out, verdict(scope=ALIPAY, score=1.3, excess=75, standouts=[]), times=2)
    assert opened.anomaly.scope == ALIPAY


def test_whom_it_came_from_is_kept_when_it_recovers_and_after_its_end(
    shop: Any, verdict: Callable[..., Verdict]
) -> None:
    weaker, stronger = parts((ALIPAY, 0.7)), parts((ALIPAY, 0.9), (WECHAT, 0.08))
    shop.tick(verdict(score=1.2, contributors=weaker), times=3)
    shop.tick(verdict(score=3.0, contributors=stronger), times=3)
    shop.tick(verdict(score=1.1, contributors=weaker), times=3)
    during = shop.desk.open_anomalies()[0].contributors
    over = shop.tick(verdict(score=0.1), times=40)

    assert during == weaker
    assert [(t.why, t.anomaly.contributors) for t in over] == [("recovering", stronger), ("recovered", stronger)]
    assert shop.desk.recent_anomalies()[0].contributors == stronger


def test_what_is_kept_survives_a_restart(
    shop: Any, verdict: Callable[..., Verdict], open_desk: Callable[..., Any]
) -> None:
    shop.tick(verdict(score=3.0, contributors=parts((ALIPAY, 0.9)), standouts=[]), times=3)
    again = open_desk()
    again.restore(shop.desk.to_bytes())
    assert again.to_bytes() == shop.desk.to_bytes()
    shop.desk = again
    over = shop.tick(verdict(score=0.1), times=40)
    assert over[-1].anomaly.contributors == parts((ALIPAY, 0.9))


def test_a_part_around_whom_stands_out_that_is_as_sure_as_the_whole_speaks_for_it(
    verdict: Callable[..., Verdict],
) -> None:
    whole = verdict(score=2.2, excess=100, contributors=parts((ALIPAY_HERE, 0.6)), standouts=[ALIPAY_HERE])
    here = verdict(score=1.8, scope=ALIPAY_HERE, excess=60, exposure=100, standouts=[])
    around = verdict(score=2.3, scope=ALIPAY, excess=95, exposure=300, standouts=[])
    less_sure = verdict(score=2.1, scope=ALIPAY, excess=95, exposure=300, standouts=[])

    assert chosen(whole, around, here) == [ALIPAY]
    assert chosen(whole, less_sure, here) == [{}]
