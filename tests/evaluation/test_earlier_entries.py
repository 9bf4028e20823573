"""A wave is expected to be like an earlier one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from streams.catalogue.metric import Component, Direction
from streams.evaluation.metric_evaluator import MetricEvaluator
from streams.records.instant import rfc3339
from streams.settings.calendar import CalendarEntry
from streams.settings.settings import Settings
from tests.evaluation.support.evaluation_shops import DAY_MS, MINUTE_MS, START_MS, inquiries, metric_of

ORDERS = metric_of("count", Direction.DOWN, unit="per_minute", minimum_effect=0.4, minimum_exposure=10)
HOUR_MS = 3_600_000
FIRST_MS = START_MS + 8 * DAY_MS + 2 * HOUR_MS
SECOND_MS = FIRST_MS + 2 * DAY_MS
LASTS = 45  # minutes
WAVE = np.interp(np.arange(LASTS), (0, 1, 3, 15, 44), (2.0, 20.0, 30.0, 12.0, 5.0))  # times the usual


def planned(**more: Any) -> tuple[CalendarEntry, ...]:
    return tuple(
        CalendarEntry(name, rfc3339(at_ms), rfc3339(at_ms + LASTS * MINUTE_MS), (1.0, 100.0), **of)
        for name, at_ms, of in (("wave 1", FIRST_MS, {}), ("wave 2", SECOND_MS, {"like": "wave 1"} | more))
    )


def evaluator_of(calendar: tuple[CalendarEntry, ...]) -> MetricEvaluator:
    return MetricEvaluator(ORDERS, Settings(timezone="UTC", calendar=calendar))


def played(shop_of: Any, times: float | np.ndarray, parts: tuple[float, float] = (1.0, 1.0), seed: int = 3) -> Any:
    """A shop with two waves of two parts, the second so many times the first."""
    shop, orders, rng = inquiries(shop_of, 11, seed)
    orders *= 2
    for at_ms, of_wave in ((FIRST_MS, 1.0), (SECOND_MS, times)):
        minute = (at_ms - START_MS) // MINUTE_MS
        orders[minute : minute + LASTS] *= WAVE * of_wave
    second = np.zeros(len(orders), dtype=bool)
    second[(SECOND_MS - START_MS) // MINUTE_MS :][:LASTS] = True
    for series, share in ((1, 0.4), (2, 0.6)):
        shop.fill(Component.NUMERATOR, series, orders * share * np.where(second, parts[series - 1], 1.0), rng)
    shop.cells[0, 0] = shop.cells[0, 1:].sum(axis=0)
    return shop


def judged(shop: Any, evaluator: MetricEvaluator, to_ms: int = SECOND_MS + HOUR_MS) -> list[tuple[int, Any]]:
    """What is found around the second wave, by an evaluator that has gone through the first."""
    shop.teach(evaluator, FIRST_MS - 2 * HOUR_MS)
    first = shop.run(evaluator, FIRST_MS - 20 * MINUTE_MS, FIRST_MS + HOUR_MS)
    assert first == []
    for closed_ms in range(FIRST_MS - HOUR_MS, SECOND_MS - 2 * HOUR_MS, 900_000):
        at = shop.slot(closed_ms)
        evaluator.close_quarter(closed_ms, shop.cells[:, :, at : at + 90].sum(axis=2), shop)
    found: list[tuple[int, Any]] = shop.run(evaluator, SECOND_MS - 20 * MINUTE_MS, to_ms)
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_a_wave_that_is_like_the_first_is_no_news(shop_of: Any, seed: int) -> None:
    assert judged(played(shop_of, 1.0, seed=seed), evaluator_of(planned())) == []


@pytest.mark.parametrize(("times", "direction"), [(1.6, "up"), (0.5, "down")], ids=["60 % over", "half"])
def test_a_wave_that_is_unlike_the_first_is_found_within_minutes_and_without_like_it_is_not(
    shop_of: Any, times: float, direction: str
) -> None:
    shop = played(shop_of, times)

    found = judged(shop, evaluator_of(planned()))
    without = judged(shop, evaluator_of(planned(like="")))

    whole = [(at, verdict) for at, verdict in found if not verdict.scope]
    assert {verdict.direction for _, verdict in whole} == {direction}
    assert whole[0][0] - SECOND_MS <= 10 * MINUTE_MS
    assert without == []


def test_a_part_that_falls_out_of_a_wave_is_found_though_the_whole_is_within_it(shop_of: Any) -> None:
    found = judged(played(shop_of, 1.0, parts=(0.3, 1.2)), evaluator_of(planned()))

    fallen = {tuple(verdict.scope.values()) for _, verdict in found if verdict.direction == "down"}
    assert fallen == {("coupon",)}


def test_a_wave_that_is_planned_so_many_times_as_large_is_expected_to_be(shop_of: Any) -> None:
    found = judged(played(shop_of, 1.0), evaluator_of(planned(factor=1.0)), SECOND_MS + 20 * MINUTE_MS)
    larger = judged(played(shop_of, 2.0), evaluator_of(planned(factor=2.0)), SECOND_MS + 20 * MINUTE_MS)
    missed = judged(played(shop_of, 1.0), evaluator_of(planned(factor=2.0)), SECOND_MS + 20 * MINUTE_MS)

    assert found == larger == []
    assert {verdict.direction for _, verdict in missed if not verdict.scope} == {"down"}


def test_what_was_remembered_outlives_a_crash_in_the_first_wave_and_before_the_second(shop_of: Any) -> None:
    shop = played(shop_of, 0.5)
    whole, before = evaluator_of(planned()), evaluator_of(planned())
    for evaluator in (whole, before):
        shop.teach(evaluator, FIRST_MS - 2 * HOUR_MS)
    middle_ms = FIRST_MS + 17 * MINUTE_MS + 20_000
    shop.run(whole, FIRST_MS - 20 * MINUTE_MS, FIRST_MS + HOUR_MS)
    shop.run(before, FIRST_MS - 20 * MINUTE_MS, middle_ms)

    after = evaluator_of(planned())
    after.from_bytes(before.to_bytes())
    shop.run(after, middle_ms + 10_000, FIRST_MS + HOUR_MS)

    assert after.to_bytes() == whole.to_bytes()
    again = evaluator_of(planned())
    again.from_bytes(after.to_bytes())
    second = SECOND_MS - 10 * MINUTE_MS, SECOND_MS + 10 * MINUTE_MS
    assert shop.run(again, *second) == shop.run(whole, *second) != []


@pytest.mark.parametrize(("times", "found"), [(1.0, set()), (0.3, {"down"})], ids=["as it was", "a third"])
def test_of_history_quarters_are_remembered_which_say_less_of_a_steep_beginning(
    shop_of: Any, times: float, found: set[str]
) -> None:
    shop = played(shop_of, times)
    evaluator = evaluator_of(planned())
    shop.teach(evaluator, SECOND_MS - 2 * HOUR_MS)

    verdicts = shop.run(evaluator, SECOND_MS - 20 * MINUTE_MS, SECOND_MS + HOUR_MS)

    assert {verdict.direction for _, verdict in verdicts if not verdict.scope} == found


def test_a_calendar_that_names_another_time_remembers_nothing_of_the_old_one(shop_of: Any) -> None:
    shop = played(shop_of, 1.0)
    evaluator = evaluator_of(planned())
    shop.teach(evaluator, SECOND_MS - 2 * HOUR_MS)
    moved = tuple(
        CalendarEntry(e.name, rfc3339(at), rfc3339(at + 30 * MINUTE_MS), e.activity, like=e.like)
        for e, at in zip(planned(), (FIRST_MS, SECOND_MS), strict=True)
    )
    other = evaluator_of(moved)

    other.from_bytes(evaluator.to_bytes())

    shop.now_ms = SECOND_MS + 10 * MINUTE_MS
    assert evaluator._earlier.expected(SECOND_MS, shop.now_ms, 3, 0) is not None
    assert other._earlier.expected(SECOND_MS, shop.now_ms, 3, 0) is None


def test_a_wave_is_forgotten_a_day_after_the_last_that_is_like_it(shop_of: Any) -> None:
    shop = played(shop_of, 1.0)
    evaluator = evaluator_of(planned())
    shop.teach(evaluator, SECOND_MS)
    ends_ms = SECOND_MS + LASTS * MINUTE_MS

    for now_ms, remembered in ((ends_ms + DAY_MS - 60_000, True), (ends_ms + DAY_MS, False)):
        evaluator._earlier.remember(now_ms, shop, 0)
        assert bool(evaluator._earlier._courses) == remembered


def test_a_shop_that_has_grown_expects_half_of_that_and_is_less_sure(shop_of: Any) -> None:
    shop = played(shop_of, 1.0)
    evaluator = evaluator_of(planned())
    shop.teach(evaluator, SECOND_MS - 2 * HOUR_MS)
    first = evaluator._earlier.expected(SECOND_MS, SECOND_MS + 600_000, 3, 0)
    evaluator._judge._expected.usual.rescale(np.arange(3), np.full(3, 1.44))
    evaluator._judge._expected._day = None

    grown = evaluator._earlier.expected(SECOND_MS, SECOND_MS + 600_000, 3, 0)

    assert first is not None
    assert grown is not None
    middle = [np.sqrt(of.low * of.high)[0] for of in (first, grown)]
    assert middle[1] / middle[0] == pytest.approx(1.2, rel=0.02)
    assert grown.high[0] / grown.low[0] > first.high[0] / first.low[0]
    assert grown.unsure[0] > first.unsure[0]
