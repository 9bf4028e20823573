"""The smallest scope that explains a change, and one anomaly for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from detectors.judgement import ALMOST
from streams.incidents.localisation import localise
from streams.incidents.policy import Policy
from streams.records.verdicts import ALMOST_SCORE, Contributor

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.records.verdicts import Verdict

POLICY = Policy()


@pytest.fixture(name="chosen")
def _chosen(verdict: Callable[..., Verdict]) -> Callable[..., list[dict[str, str]]]:
    """Scopes chosen from (scope, excess, exposure) or (scope, excess, exposure, score)."""

    def choose(*rows: Any) -> list[dict[str, str]]:
        verdicts = [verdict(scope=s, excess=e, exposure=x, score=rest[0] if rest else 1.5) for s, e, x, *rest in rows]
        return [choice.verdict.scope for choice in localise(verdicts, POLICY)]

    return choose


def test_one_segment_that_carries_the_change_is_named(chosen: Callable[..., list[dict[str, str]]]) -> None:
    assert chosen(({}, 100, 1000), ({"method": "alipay"}, 95, 300)) == [{"method": "alipay"}]


def test_where_everything_fails_alike_the_whole_is_named(chosen: Callable[..., list[dict[str, str]]]) -> None:
    rows = [({"method": m}, 50, 500) for m in ("alipay", "wechat")]
    assert chosen(({}, 100, 1000), *rows) == [{}]


def test_a_dominant_segment_is_not_blamed_for_what_all_share(chosen: Callable[..., list[dict[str, str]]]) -> None:
    assert chosen(({}, 100, 1000), ({"method": "alipay"}, 82, 820)) == [{}]


def test_a_dominant_segment_is_blamed_for_what_it_alone_does(chosen: Callable[..., list[dict[str, str]]]) -> None:
    assert chosen(({}, 100, 1000), ({"method": "alipay"}, 99, 820)) == [{"method": "alipay"}]


def test_two_segments_that_explain_it_together_are_both_named(chosen: Callable[..., list[dict[str, str]]]) -> None:
    rows = [({"method": m}, 50, 200) for m in ("alipay", "wechat")]
    assert chosen(({}, 100, 1000), *rows) == [{"method": "alipay"}, {"method": "wechat"}]


def test_many_small_segments_are_the_whole(chosen: Callable[..., list[dict[str, str]]]) -> None:
    rows = [({"method": str(m)}, 20, 100) for m in range(5)]
    assert chosen(({}, 100, 1000), *rows) == [{}]


def test_a_few_large_segments_that_make_up_nearly_all_are_the_whole(
    chosen: Callable[..., list[dict[str, str]]],
) -> None:
    rows = [({"method": "alipay"}, 55, 500), ({"method": "wechat"}, 40, 300)]
    assert chosen(({}, 100, 1000), *rows) == [{}]


def test_it_descends_to_the_narrowest(chosen: Callable[..., list[dict[str, str]]]) -> None:
    assert chosen(
        ({}, 100, 1000),
        ({"carrier": "sf"}, 100, 300, 3.0),
        ({"region": "zhejiang"}, 98, 200),
        ({"carrier": "sf", "region": "zhejiang"}, 96, 50),
    ) == [{"carrier": "sf", "region": "zhejiang"}]


def test_of_several_explanations_the_most_surprising_is_it(chosen: Callable[..., list[dict[str, str]]]) -> None:
    assert chosen(
        ({}, 100, 10_000),
        ({"reason": "broken"}, 99, 2_000, 4.0),
        ({"sku": "7"}, 96, 50, 9.0),
        ({"store": "a"}, 97, 900),
    ) == [{"sku": "7"}]


def test_overlapping_scopes_without_a_common_one_are_one(chosen: Callable[..., list[dict[str, str]]]) -> None:
    assert chosen(({"reason": "broken"}, 99, 2_000, 4.0), ({"sku": "7"}, 96, 50, 9.0)) == [{"sku": "7"}]


def test_an_overlapping_scope_of_much_larger_excess_stands_for_itself(
    chosen: Callable[..., list[dict[str, str]]],
) -> None:
    assert len(chosen(({"reason": "broken"}, 500, 2_000, 4.0), ({"sku": "7"}, 96, 50, 9.0))) == 2


def test_a_segment_that_explains_little_is_not_named(chosen: Callable[..., list[dict[str, str]]]) -> None:
    assert chosen(({}, 100, 1000), ({"method": "alipay"}, 30, 300)) == [{}]


def test_a_shop_with_one_segment_names_it(chosen: Callable[..., list[dict[str, str]]]) -> None:
    assert chosen(({}, 100, 1000), ({"queue": "presale"}, 100, 1000)) == [{"queue": "presale"}]


def test_the_order_of_the_verdicts_does_not_matter(verdict: Callable[..., Verdict]) -> None:
    rows = [verdict(scope={"method": str(m)}, excess=e) for m, e in enumerate((5, 50, 20, 50))]
    rows.append(verdict(excess=130))
    assert [c.verdict for c in localise(rows, POLICY)] == [c.verdict for c in localise(rows[::-1], POLICY)]


def test_one_anomaly_at_the_narrowest_scope(shop: Any, verdict: Callable[..., Verdict]) -> None:
    whole, part = verdict(excess=100), verdict(scope={"method": "alipay"}, excess=98, exposure=200, score=3.0)
    (opened,) = shop.tick(whole, part, times=30)
    assert opened.anomaly.scope == {"method": "alipay"}


@pytest.mark.parametrize(
    "later",
    [{}, {"method": "alipay", "region": "zhejiang"}, {"region": "zhejiang"}],
    ids=["wider", "finer", "crossing"],
)
def test_a_related_scope_that_comes_later_is_absorbed(
    shop: Any, verdict: Callable[..., Verdict], later: dict[str, str]
) -> None:
    first = verdict(scope={"method": "alipay"})
    shop.tick(first, times=3)
    assert shop.tick(first, verdict(scope=later), times=30) == []


def test_another_value_opens_an_anomaly_of_its_own(shop: Any, verdict: Callable[..., Verdict]) -> None:
    first, second = verdict(scope={"method": "alipay"}), verdict(scope={"method": "wechat"})
    shop.tick(first, times=60)
    (opened,) = shop.tick(first, second, times=3)
    assert opened.anomaly.scope == {"method": "wechat"}
    assert len({a.incident for a in shop.desk.open_anomalies()}) == 2


def test_scopes_that_began_together_share_an_incident(shop: Any, verdict: Callable[..., Verdict]) -> None:
    values = [verdict(scope={"method": m}) for m in ("alipay", "wechat")]
    assert len({t.anomaly.incident for t in shop.tick(*values, times=3)}) == 1


def test_an_incident_publishes_no_more_than_three_anomalies(shop: Any, verdict: Callable[..., Verdict]) -> None:
    opened = shop.tick(*(verdict(scope={"method": str(m)}) for m in range(30)), times=10)
    assert len(opened) == 3
    assert shop.desk.readings()["attached"] == 27


def test_a_part_that_is_surer_than_the_whole_and_explains_it_is_named_where_nobody_of_its_set_stands_out(
    verdict: Callable[..., Verdict],
) -> None:
    phone, queue = {"channel": "phone"}, {"queue": "aftersale"}
    whole = verdict(
        score=2.92, exposure=58, excess=7.98, standouts=[phone], contributors=[Contributor(phone, 0.35, 0, 0)]
    )
    part = verdict(scope=queue, score=3.01, exposure=23, excess=7.98)

    (sure,) = localise([whole, part], POLICY)
    (unsure,) = localise([whole, msgspec.structs.replace(part, score=2.9)], POLICY)

    assert (sure.verdict.scope, unsure.verdict.scope) == (queue, {})


def test_the_whole_waits_a_little_where_its_contributors_point_at_a_part(
    shop: Any, verdict: Callable[..., Verdict]
) -> None:
    alipay = {"method": "alipay"}
    hint = verdict(contributors=[Contributor(alipay, 0.9, 0.9, 0.0)], standouts=[alipay])
    assert shop.tick(hint, times=4) == []
    (opened,) = shop.tick(hint, verdict(scope={"method": "alipay"}, exposure=100))
    assert opened.anomaly.scope == {"method": "alipay"}


def test_the_whole_does_not_wait_for_ever(shop: Any, verdict: Callable[..., Verdict]) -> None:
    alipay = {"method": "alipay"}
    hint = verdict(contributors=[Contributor(alipay, 0.9, 0.9, 0.0)], standouts=[alipay])
    (opened,) = shop.tick(hint, times=10)
    assert opened.anomaly.scope == {}
    assert opened.time - shop.now == -40_000


def test_what_a_longer_window_still_remembers_opens_nothing(shop: Any, verdict: Callable[..., Verdict]) -> None:
    part = verdict(scope={"method": "alipay"})
    began = shop.now
    shop.tick(part, times=30)
    echo = verdict(started_at=began, window_s=900, excess=600)
    over = shop.tick(verdict(scope={"method": "alipay"}, score=0.1), echo, times=60)
    assert [t.why for t in over] == ["recovering", "recovered"]


def test_a_long_window_does_not_open_the_same_alert_again_for_what_is_over(
    shop: Any, verdict: Callable[..., Verdict]
) -> None:
    began = shop.now
    shop.tick(verdict(), times=30)
    shop.tick(verdict(score=0.1), times=31)
    assert shop.tick(verdict(started_at=began, window_s=3600), times=90) == []
    assert [t.why for t in shop.tick(verdict(started_at=began, window_s=60), times=3)] == ["opened"]


@pytest.mark.parametrize(("score", "named"), [(0.8, {"method": "alipay"}), (0.6, {})])
def test_a_part_that_has_nearly_the_evidence_explains_a_whole_that_has_it(
    shop: Any, verdict: Callable[..., Verdict], score: float, named: dict[str, str]
) -> None:
    whole = verdict(excess=40.0, exposure=1000.0, started_at=shop.now)
    part = verdict(scope={"method": "alipay"}, score=score, excess=39.0, exposure=300.0)

    opened = [transition.anomaly for transition in shop.wait(120_000, whole, part)]

    assert opened[0].scope == named
    assert opened[0].score >= 1


def test_a_part_that_has_nearly_the_evidence_is_nothing_by_itself(shop: Any, verdict: Callable[..., Verdict]) -> None:
    part = verdict(scope={"method": "alipay"}, score=0.99, excess=39.0, exposure=300.0)

    assert shop.wait(300_000, part) == []


def test_a_part_that_has_the_evidence_and_too_few_cases_is_named_where_it_explains_the_whole(
    shop: Any, verdict: Callable[..., Verdict]
) -> None:
    whole = verdict(score=1.03, exposure=34, excess=6.5, standouts=[])
    part = verdict(scope={"device": "ios"}, score=0.99, exposure=17, excess=5.8)
    (opened,) = shop.tick(whole, part, times=10)
    assert opened.anomaly.scope == {"device": "ios"}


def test_what_almost_has_the_evidence_is_what_detectors_say_it_is() -> None:
    assert ALMOST_SCORE == ALMOST
