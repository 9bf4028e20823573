"""What a metric was at the same time of an earlier entry of the calendar is kept, and told in the later one."""

from __future__ import annotations

from typing import Any

import pytest

from detectors.state import pack, unpack
from streams.catalogue.metric import Direction
from streams.evaluation.last_sale import LastSale
from streams.evaluation.likes import Earlier, Like
from streams.evaluation.metric_evaluator import MetricEvaluator
from streams.records.instant import rfc3339
from streams.records.verdicts import Pulse
from streams.settings.calendar import CalendarEntry
from streams.settings.settings import Settings
from tests.evaluation.support.evaluation_shops import DAY_MS, MINUTE_MS, START_MS, Payments, metric_of

SECOND_MS = START_MS + DAY_MS
LIKES = (Like("second", SECOND_MS, SECOND_MS + 600_000, Earlier(START_MS, 600), 2.0),)


def pulse(value: float, *, missing: bool = False) -> Pulse:
    return Pulse("x", value, 1.0, 0.5, 1.5, 0.0, missing)


def told(last_sale: LastSale, begins_ms: int = SECOND_MS) -> list[float | None]:
    return [last_sale.at(begins_ms + minute * MINUTE_MS + 30_000) for minute in range(-1, 11)]


def test_a_minute_has_what_the_same_minute_had_and_what_nobody_saw_is_not_known() -> None:
    last_sale = LastSale(LIKES)
    for minute in (-1, 0, 1, 3, 9, 10):
        last_sale.note(START_MS + minute * MINUTE_MS + 10_000, pulse(minute + 0.5))
        last_sale.note(START_MS + minute * MINUTE_MS + 60_000, pulse(minute))
    last_sale.note(START_MS + 4 * MINUTE_MS + 60_000, pulse(7.0, missing=True))
    last_sale.note(START_MS + 5 * MINUTE_MS + 60_000, Pulse("x", 0.0, 0.0, 0.0, 0.0, 0.0))

    assert told(last_sale) == [None, 0, 1, None, 3, None, None, None, None, None, 9, None]


def test_it_comes_back_from_a_snapshot_unless_the_calendar_has_changed() -> None:
    last_sale, same = LastSale(LIKES), LastSale(LIKES)
    last_sale.note(START_MS + MINUTE_MS, pulse(5.0))
    same.restore(unpack(pack(last_sale.arrays())))
    moved = LastSale((LIKES[0]._replace(earlier=Earlier(START_MS + MINUTE_MS, 600)),))
    moved.restore(last_sale.arrays())

    assert told(same) == told(last_sale)
    assert set(told(moved)) == {None}


def test_it_is_forgotten_a_day_after_the_last_that_is_like_it() -> None:
    last_sale = LastSale(LIKES)
    last_sale.note(START_MS + MINUTE_MS, pulse(5.0))

    last_sale.note(SECOND_MS + 600_000 + DAY_MS - 1, pulse(1.0))
    assert last_sale.arrays()
    last_sale.note(SECOND_MS + 600_000 + DAY_MS, pulse(1.0))
    assert not last_sale.arrays()


@pytest.mark.parametrize("days", [1, 2, 3, 60])
def test_it_is_bounded_however_long_an_entry_lasts(days: int) -> None:
    length_s = days * 86_400
    begins_ms = START_MS + 90 * DAY_MS
    likes = (Like("second", begins_ms, begins_ms + length_s * 1000, Earlier(START_MS, length_s), None),)
    last_sale = LastSale(likes)
    last_sale.note(START_MS + length_s * 1000, pulse(5.0))

    (values,) = last_sale.arrays().values()
    assert len(values) <= 2_880
    assert last_sale.at(begins_ms + length_s * 1000) == 5.0


def test_a_ratio_that_no_calendar_plans_is_told_as_well_and_outlives_a_crash(shop_of: Any) -> None:
    payments = Payments(shop_of, 3.0, 60.0)
    shop = payments.draw()
    calendar = tuple(
        CalendarEntry(name, rfc3339(at), rfc3339(at + 1_800_000), (1.0, 9.0), like=like)
        for name, at, like in (("a", START_MS + DAY_MS, ""), ("b", START_MS + 2 * DAY_MS, "a"))
    )
    evaluator, after = (
        MetricEvaluator(metric_of("ratio", Direction.DOWN), Settings(timezone="UTC", calendar=calendar))
        for _ in range(2)
    )
    shop.teach(evaluator, START_MS + DAY_MS)
    seen = {}
    for offset_ms in range(0, 1_800_001, 10_000):
        shop.now_ms = START_MS + DAY_MS + offset_ms
        seen[offset_ms] = evaluator.tick(shop.now_ms, shop)[1]
    after.from_bytes(evaluator.to_bytes())

    shop.now_ms = START_MS + 2 * DAY_MS + 600_000
    _, drawn = after.tick(shop.now_ms, shop)

    assert drawn.last_sale == pytest.approx(seen[600_000].value)
    assert after.latest.last_sale == drawn.last_sale
    assert {of.last_sale for of in seen.values()} == {None}
    shop.now_ms += 1_200_010
    shop.now_ms += 9_990
    assert after.tick(shop.now_ms, shop)[1].last_sale is None
