"""Scores of parts at a tick: weights of what is not missing, versions of the day, levels that are lost or will be."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from detectors.judgement import Reason
from streams.catalogue.load import parse
from streams.records.day_figures import DayFigures
from streams.records.score_event import decode, encode
from streams.register.natural_days import NaturalDays
from streams.scorecards.scorer import Scorer

ZONE = "Asia/Shanghai"
MONTH = 2_592_000
CATALOGUE = parse(
    """\
metrics:
  - {id: X1, name: on_time, title: On time, touchpoint: logistics, minimum_effect: 0.1, windows: [3600],
     minimum_exposure: 3, direction: down, scopes: [[], [store]], numerator: [{events: [parcel.delivered]}],
     unit: ratio, signal: ratio, denominator: [{events: [parcel.delivered, parcel.lost]}], told: [2592000]}
  - {id: X2, name: refunds, title: Refunds, touchpoint: aftersale, minimum_effect: 0.1, windows: [3600],
     minimum_exposure: 3, direction: up, scopes: [[], [store]], numerator: [{events: [refund.completed]}],
     told: [2592000], unit: per_thousand, signal: per_thousand, denominator: [{events: [order.paid]}], trailing_s: 3600}
scorecards:
  - name: house
    title: House
    valid_from: 2026-10-01
    of: store
    indicators:
      - &on_time {metric: on_time, polarity: more_is_better, weight: 3,
                  breakpoints: [[0.90, 1], [0.95, 3], [0.98, 4], [0.995, 5]]}
      - {metric: refunds, polarity: less_is_better, breakpoints: [[10, 5], [50, 1]]}
  - name: house
    title: House, November
    valid_from: 2026-11-01
    of: store
    indicators: [*on_time]
  - name: house
    title: House for food
    category: food
    only: [bakery]
    valid_from: 2026-10-01
    of: store
    indicators:
      - {metric: on_time, polarity: more_is_better, breakpoints: [[0.5, 1], [1, 5]]}
""",
    "x.yaml",
)


def figures(metric: str, day: str, **parts: tuple[float, ...]) -> DayFigures:
    """By store: cases, value, yesterday, before, tonight, spread; the last ones may be left out."""
    columns = [[*numbers, *[None] * (6 - len(numbers))] for numbers in parts.values()]
    cases, *rest = (list(column) for column in zip(*columns, strict=True))
    known: Any = cases
    return DayFigures(metric, MONTH, date.fromisoformat(day).toordinal(), 30, "store", list(parts), known, *rest)


def scorer() -> Scorer:
    return Scorer(CATALOGUE.scorecards, CATALOGUE.by_name, ZONE)


def at(day: str, minutes: int = 600) -> int:
    return NaturalDays(ZONE).begins_ms(date.fromisoformat(day).toordinal()) + minutes * 60_000


def test_weights_are_those_of_the_indicators_with_enough_cases_and_the_others_are_named() -> None:
    told = [
        figures("on_time", "2026-10-20", a=(1000, 0.97), b=(1000, 0.925), c=(20, 0.5)),
        figures("refunds", "2026-10-20", a=(500, 30.0), b=(29, 0.0), c=(1, 0.0)),
    ]
    found = {score.scope["store"]: score for score in scorer().score(at("2026-10-20"), told).scores}

    assert found["a"].score == pytest.approx((3 * 3.66667 + 3) / 4, abs=1e-4)
    assert [one.weight for one in found["a"].indicators] == [0.75, 0.25]
    assert (round(found["b"].score, 9), [one.weight for one in found["b"].indicators]) == (2.0, [1.0])
    assert [(one.metric, one.cases, one.minimum) for one in found["b"].missing] == [("refunds", 29, 30)]
    assert "c" not in found


@pytest.mark.parametrize(
    ("day", "valid_from", "indicators"),
    [("2026-10-31", "2026-10-01", ["on_time", "refunds"]), ("2026-11-01", "2026-11-01", ["on_time"])],
)
def test_the_day_that_is_scored_decides_which_rules_hold(day: str, valid_from: str, indicators: list[str]) -> None:
    told = [figures("on_time", day, a=(1000, 0.97)), figures("refunds", day, a=(500, 30.0))]
    (score,) = scorer().score(at(day), told).scores

    assert (score.valid_from, [one.metric for one in score.indicators]) == (valid_from, indicators)


def test_before_the_first_version_nothing_is_scored() -> None:
    told = [figures("on_time", "2026-09-30", a=(1000, 0.97))]

    assert scorer().score(at("2026-09-30"), told).scores == []


def test_a_category_scores_what_it_lists_and_nothing_else() -> None:
    told = [figures("on_time", "2026-11-20", bakery=(1000, 0.75), a=(1000, 0.75))]
    found = {score.scope["store"]: score for score in scorer().score(at("2026-11-20"), told).scores}

    assert (found["bakery"].category, found["bakery"].score) == ("food", 3.0)
    assert (found["a"].category, found["a"].score) == ("", 1.0)


def test_a_level_that_will_be_lost_tonight_is_told_with_its_limit() -> None:
    told = [figures("on_time", "2026-11-20", a=(9000, 0.979, 0.9805, 0.981, 0.9771, 0.001))]
    scored = scorer().score(at("2026-11-20"), told)
    (score,) = scored.scores
    level = next(verdict for verdict in scored.verdicts if verdict.metric == "house_on_time")

    assert (score.level_yesterday, score.indicators[0].limit) == (4, 0.98)
    assert score.indicators[0].chance == pytest.approx(0.9975, abs=5e-4)
    assert (level.reason, level.level, level.lower, level.value) == (Reason.LEVEL_AT_RISK.name, 4, 0.98, 0.9771)
    assert (level.scope, level.direction) == ({"store": "a"}, "down")
    assert level.score > 2


def test_what_may_as_well_keep_its_level_is_not_told() -> None:
    told = [figures("on_time", "2026-11-20", a=(9000, 0.979, 0.9805, 0.981, 0.9799, 0.001))]
    levels = {verdict.metric: verdict for verdict in scorer().score(at("2026-11-20"), told).verdicts}

    assert levels["house_on_time"].score < 0.7
    assert levels["house_on_time"].reason == Reason.NORMAL.name


def test_a_level_that_was_lost_at_midnight_is_told_all_day() -> None:
    told = [figures("on_time", "2026-11-20", a=(9000, 0.9792, 0.9791, 0.9802, 0.979, 0.0001))]
    level = scorer().score(at("2026-11-20", 5), told).verdicts[0]

    assert (level.reason, level.level, level.started_at) == (Reason.LEVEL_LOST.name, 4, at("2026-11-20", 0))
    assert (level.value, level.expected, level.lower) == (0.9792, 0.9802, 0.98)


def test_a_level_that_was_lost_and_comes_back_is_no_longer_told() -> None:
    told = [figures("on_time", "2026-11-20", a=(9000, 0.9801, 0.9791, 0.9802, 0.9805, 0.0001))]

    assert scorer().score(at("2026-11-20"), told).verdicts[0].score < 0.7


def test_new_rules_are_no_loss() -> None:
    """On 1 November yesterday is scored by November's rules, too."""
    told = [figures("on_time", "2026-11-01", a=(1000, 0.97, 0.97, 0.97, 0.97, 0.0001))]
    told.append(figures("refunds", "2026-11-01", a=(1000, 10.0, 10.0, 10.0, 10.0, 0.1)))
    (score,) = scorer().score(at("2026-11-01"), told).scores

    assert (score.level_yesterday, score.level) == (3, 3)


def test_the_order_of_partitions_changes_nothing() -> None:
    told = [
        figures("on_time", "2026-10-20", b=(1000, 0.97), a=(1000, 0.9)),
        figures("refunds", "2026-10-20", a=(500, 30.0)),
    ]

    assert scorer().score(at("2026-10-20"), told) == scorer().score(at("2026-10-20"), told[::-1])


def test_the_same_level_is_told_every_quarter_of_an_hour_and_another_one_at_once() -> None:
    one = scorer()
    times = [one.score(at("2026-11-20", minute), [figures("on_time", "2026-11-20", a=(1000, value))]).scores
             for minute, value in ((0, 0.97), (5, 0.971), (10, 0.972), (15, 0.973), (20, 0.981))]  # fmt: skip

    assert [len(scores) for scores in times] == [1, 0, 0, 1, 1]


def test_a_score_survives_its_record() -> None:
    told = [figures("on_time", "2026-11-20", a=(9000, 0.979, 0.9805, 0.981, 0.9771, 0.001))]
    (score,) = scorer().score(at("2026-11-20"), told).scores

    assert decode(encode(score)) == score
    assert score.key == "house|store=a"
    with pytest.raises(msgspec.DecodeError):
        decode(encode(score).replace(b"pharos.score.updated", b"pharos.score.deleted"))
