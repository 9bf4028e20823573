"""Shops of the zoo with a name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from benchmarks.zoo.drawing import ALL
from benchmarks.zoo.judging import series_of
from benchmarks.zoo.members import MEMBERS, cut, write
from benchmarks.zoo.named import business, double_saturdays, opening
from benchmarks.zoo.shop import DAY_MS, HOUR_MS
from benchmarks.zoo.troubled import foreign94, four_kinds, new_store, refunds_tenfold
from streams.catalogue.load import load
from streams.offline.events_file import read
from streams.offline.truth import read_truth

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.zoo.telling import Told


def orders_a_day(whole: Told) -> list[int]:
    created = whole.stream.batches[0].time_ms
    days = (whole.shop.end_ms - whole.shop.begin_ms) // DAY_MS
    return np.bincount((created - whole.shop.begin_ms) // DAY_MS, minlength=days).tolist()


def bound_min(whole: Told, kind: str) -> float:
    (one,) = (incident for incident in whole.incidents if incident.kind == kind)
    return one.bound_s / 60


def test_an_opening_has_one_to_two_thousand_series_and_nothing_is_wrong() -> None:
    whole = opening(1)

    assert 1_000 < series_of(whole.shop, whole, load("")) < 2_200
    assert (whole.truth, whole.shop.judged_from_ms, whole.shop.sources) == ([], None, ALL)
    assert "evaluate_from" not in whole.scenario


def test_business_customers_order_on_working_days_only() -> None:
    days = orders_a_day(cut(business(1), None, 14))

    assert [days[day] for day in (5, 6, 12, 13)] == [0, 0, 0, 0]
    assert min(days[day] for day in (0, 1, 2, 3, 4, 7, 8, 9, 10, 11)) > 500


def test_saturdays_are_twice_as_busy() -> None:
    days = orders_a_day(cut(double_saturdays(1), None, 28))

    saturdays = [days[day] for day in (5, 12, 19, 26)]
    assert np.mean(saturdays) / np.mean([days[day] for day in range(28) if day % 7 != 5]) == pytest.approx(2, rel=0.2)


def test_every_incident_of_the_foreign_shop_could_be_found() -> None:
    whole = foreign94(1)

    assert len({entry["id"] for entry in whole.truth}) == 7
    assert all(one.bound_s < one.length_s / 2 for one in whole.incidents)
    assert whole.shop.end_ms - whole.shop.judged_ms == 10 * HOUR_MS


def test_a_new_store_sells_nothing_before_it_opens_and_its_batch_is_new() -> None:
    whole = new_store(1)
    store = whole.shop.dimensions["store"].values.index("newcomer")
    batch = whole.shop.dimensions["batch"].values.index("b-04")

    created = whole.stream.batches[0]
    first = created.time_ms[created.table["store"] == store].min()
    asked = next(one for one in whole.stream.batches if one.type == "refund.requested")
    first_of_batch = asked.time_ms[asked.table["batch"] == batch].min()

    wave = next(one for one in whole.incidents if one.kind == "refund_wave")
    assert 0 <= first - whole.shop.new_stores["newcomer"] < HOUR_MS
    assert 0 <= first_of_batch - wave.start_ms < HOUR_MS
    assert [entry["kind"] for entry in whole.truth] == ["incident", "incident", "trap"]


def test_refunds_tenfold_could_be_found_within_ten_minutes() -> None:
    assert bound_min(refunds_tenfold(1), "refund_wave") < 10


def test_two_of_the_four_kinds_have_the_rates_that_were_asked_for() -> None:
    whole = four_kinds(1)
    stop, wave = whole.incidents

    assert (stop.usual * 60, stop.then * 60) == (pytest.approx(75, rel=0.15), pytest.approx(25, rel=0.15))
    assert (wave.usual, wave.then) == (pytest.approx(0.1, rel=0.3), pytest.approx(0.6, rel=0.3))
    assert stop.length_s == 4 * 3_600
    assert wave.length_s == pytest.approx(40 * 60)


def test_a_member_is_cut_where_it_is_asked_for() -> None:
    short = cut(business(1), 0.5, 1)

    assert short.shop.judged_ms - short.shop.begin_ms == DAY_MS // 2
    assert short.shop.end_ms - short.shop.begin_ms == DAY_MS


def test_a_file_of_a_member_is_read_back_as_its_lines_and_its_truth(tmp_path: Path) -> None:
    whole = cut(refunds_tenfold(1), None, 0.1)
    whole = whole._replace(truth=refunds_tenfold(1).truth)

    write(whole, tmp_path / "events.jsonl", tmp_path / "truth.json")

    scenario, lines = read(tmp_path / "events.jsonl")
    assert scenario == whole.scenario
    assert [line._replace(number=0) for line in lines] == list(whole.stream)
    assert read_truth(tmp_path / "truth.json") == whole.truth


def test_each_member_has_a_name_of_its_own_and_another_seed_is_another_shop() -> None:
    assert set(MEMBERS) >= {"drawn", "opening", "business", "double_saturdays", "new_store", "four_kinds"}
    one, other = (replace(refunds_tenfold(seed).shop, seed=0) for seed in (1, 2))
    assert one.dimensions["region"].values != other.dimensions["region"].values


def test_a_wave_at_a_thin_place_comes_by_chance_and_not_in_clumps() -> None:
    unevenness = []
    for seed in (1, 2, 3):
        whole = refunds_tenfold(seed)
        (wave,) = whole.incidents
        asked = next(one for one in whole.stream.batches if one.type == "refund.requested")
        place = whole.shop.dimensions["category"].values.index(wave.place["category"])
        times = asked.time_ms[asked.table["category"] == place]
        counts = np.histogram(times, bins=np.linspace(wave.start_ms, wave.end_ms, 13))[0]
        unevenness.append(counts.var() / counts.mean())
        assert counts.sum() == pytest.approx(wave.then * wave.length_s / 60, rel=0.4)

    assert np.mean(unevenness) < 1.8  # 1 of Poisson counts


def test_a_store_that_opens_takes_customers_from_all_others_alike() -> None:
    whole = new_store(1)
    opens, created = whole.shop.new_stores["newcomer"], whole.stream.batches[0]
    stores = np.arange(len(whole.shop.dimensions["store"].values) - 1)
    before, after = (
        np.array([(created.table["store"][rows] == store).sum() for store in stores]) / rows.sum()
        for rows in (created.time_ms < opens, created.time_ms >= opens)
    )

    assert (after / before)[before > 0.05] == pytest.approx(0.85, abs=0.1)
