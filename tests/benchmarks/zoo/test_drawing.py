"""Every seed draws another shop."""

from __future__ import annotations

import numpy as np

from benchmarks.zoo.drawing import ALL, draw
from benchmarks.zoo.incident import KINDS
from benchmarks.zoo.shop import traffic
from benchmarks.zoo.troubles import candidate, with_troubles

SHOPS = [draw(seed) for seed in range(1, 41)]


def test_shops_differ_in_rhythm_history_size_words_and_sources() -> None:
    assert {shop.name.partition(",")[0] for shop in SHOPS} == {"one hump", "two humps", "night", "business", "flat"}
    assert {shop.opening for shop in SHOPS} == {True, False}
    assert len({shop.sources for shop in SHOPS}) > 8
    assert all("orders" in shop.sources for shop in SHOPS)
    assert any(shop.sources == ALL for shop in SHOPS)
    assert len({shop.zone for shop in SHOPS}) > 3
    assert len({shop.dimensions["region"].values for shop in SHOPS}) > 30
    assert any(shop.rhythm.days_off for shop in SHOPS)
    assert any(shop.rhythm.peaks for shop in SHOPS)
    spans = {round((shop.judged_ms - shop.begin_ms) / 86_400_000) for shop in SHOPS}
    assert len(spans) > 6


def test_the_level_is_about_one_over_an_ordinary_week_and_business_is_closed_at_weekends() -> None:
    for shop in SHOPS:
        assert 0.3 < np.mean(shop.rhythm.hours) * np.mean(shop.rhythm.week) < 3
        if shop.name.startswith("business"):
            assert max(shop.rhythm.week[5:]) < 0.1 * min(shop.rhythm.week[:5])


def test_the_judged_hours_lie_at_the_end_and_openings_are_judged_from_their_first_event() -> None:
    for shop in SHOPS:
        assert (shop.judged_from_ms is None) == shop.opening
        assert 3 * 3_600_000 <= shop.end_ms - shop.judged_ms <= 12 * 3_600_000
        assert (
            traffic(shop).begin_ms // 60_000
            == (shop.begin_ms if shop.opening else shop.begin_ms - 432_000_000) // 60_000
        )


def test_a_share_of_a_category_is_that_of_its_skus() -> None:
    for shop in SHOPS:
        of_category = np.bincount(shop.sku_category, weights=shop.dimensions["sku"].shares)
        assert np.allclose(of_category, shop.dimensions["category"].shares)


def test_incidents_are_of_all_kinds_within_what_is_judged_and_of_a_source_that_there_is() -> None:
    kinds = set()
    for shop in SHOPS:
        rng = np.random.default_rng(shop.seed)
        for number in range(8):
            one = candidate(shop, rng, number)
            kinds.add(one.kind)
            assert shop.judged_ms < one.start_ms < one.end_ms <= shop.end_ms
            assert KINDS[one.kind].topic in shop.sources | {""}
            assert one.place.keys() in [set(place) for place in KINDS[one.kind].places]
    assert kinds == set(KINDS)


def test_nothing_is_wrong_in_about_a_third_of_the_shops() -> None:
    quiet = sum(not with_troubles(draw(seed, quick=True)).incidents for seed in range(1, 25))

    assert 4 <= quiet <= 12
