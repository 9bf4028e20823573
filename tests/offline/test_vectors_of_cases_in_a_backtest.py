"""The vectors of cases, from an events file through `pharos backtest` to what `--openmetrics` shows of them.

Expected values are counted by hand. What the catalogue counts is in tests/catalogue/test_what_cases_count.py.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from streams.cli import main
from tests.offline.support.vectors_of_cases import (
    DAY,
    HOUR,
    NOON,
    T0,
    write_catalogue,
    write_promises,
    write_vectors,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from prometheus_client import Metric

METRICS = (
    "presale_conversion",
    "self_service_resolved",
    "repeat_contacts",
    "back_and_forth",
    "reviews_from_delivery",
    "eta_contradicted",
    "promises_kept",
    "returns_by_channel",
    "late_by_leg",
)


class Shown:
    """What an OpenMetrics file says minute by minute."""

    def __init__(self, file: Path) -> None:
        self._lines: dict[str, list[str]] = defaultdict(list)
        for line in file.read_text(encoding="utf-8").splitlines():
            name = line.split()[2] if line.startswith("# ") and " " in line[2:] else line.partition("{")[0]
            self._lines[name.removesuffix("_total")].append(line)
        self._families: dict[str, Metric] = {}

    def course(self, sample: str, **labels: str) -> dict[float, float]:
        """Values of one series by second after T0; without labels, of the whole."""
        name = sample.removesuffix("_total")
        if name not in self._families:
            (self._families[name],) = text_string_to_metric_families("\n".join([*self._lines[name], "# EOF\n"]))
        return {
            float(one.timestamp or 0) - T0: one.value
            for one in self._families[name].samples
            if one.name == sample and {label: value for label, value in one.labels.items() if value} == labels
        }

    def values(self, metric: str, **dimensions: str) -> list[float]:
        """Those that a series of a metric has at some minute, each once."""
        labels = dimensions | ({"scope": "+".join(dimensions)} if dimensions else {})
        return list(dict.fromkeys(self.course(f"pharos_{metric}", **labels).values()))


def backtested(folder: Path, write: Callable[[Path], None], *metrics: str) -> Shown:
    write(folder / "events.jsonl")
    write_catalogue(folder / "catalogue.yaml", *metrics)
    command = ["backtest", str(folder / "events.jsonl"), "--catalogue", str(folder / "catalogue.yaml")]
    assert main([*command, "--report", str(folder / "report.json"), "--openmetrics", str(folder / "shown.om")]) == 0
    return Shown(folder / "shown.om")


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    return backtested(tmp_path_factory.mktemp("vectors"), write_vectors, *METRICS)


def test_half_of_those_who_asked_bought_whoever_else_bought(shown: Shown) -> None:
    assert shown.values("presale_conversion_ratio", store="two asked") == [1 / 2]


def test_who_buys_to_the_second_a_day_after_the_question_counts_and_a_second_later_not(shown: Shown) -> None:
    assert shown.values("presale_conversion_ratio", store="to the second") == [1 / 1]
    assert shown.values("presale_conversion_ratio", store="a second more") == [1 / 2]


def test_who_asks_twice_and_buys_twice_counts_once(shown: Shown) -> None:
    assert shown.values("presale_conversion_ratio", store="twice") == [1 / 2]
    assert shown.values("presale_conversion_ratio") == [4 / 7]  # of all stores


def test_conversions_are_final_a_day_after_the_question_and_not_before(shown: Shown) -> None:
    assert min(shown.course("pharos_presale_conversion_ratio")) > 25 * HOUR


def test_of_three_contacts_the_bot_resolved_neither_who_came_back_with_the_intent_nor_who_was_passed_on(
    shown: Shown,
) -> None:
    assert shown.values("self_service_resolved_ratio", intent="logistics") == [1 / 3]


def test_sessions_count_from_the_third_way_back_on(shown: Shown) -> None:
    assert shown.values("back_and_forth_ratio") == [2 / 3]
    assert shown.values("back_and_forth_ratio", device="three") == [1 / 1]
    assert shown.values("back_and_forth_ratio", device="seven") == [1 / 1]
    assert shown.values("back_and_forth_ratio", device="two") in ([], [0.0])  # 0 of so few is not shown


def test_bad_reviews_come_from_late_and_damaged_parcels_and_an_unknown_order_is_in_neither(shown: Shown) -> None:
    assert shown.values("reviews_from_delivery_ratio") == [2 / 3]
    assert shown.values("reviews_from_delivery_ratio", carrier="zto") == [1 / 2]
    assert shown.values("reviews_from_delivery_ratio", carrier="sf") == [1 / 1]


def test_a_date_that_the_courier_contradicts_counts_and_one_that_it_moves_later_does_not(shown: Shown) -> None:
    assert shown.values("eta_contradicted_ratio") == [2 / 3]
    assert shown.values("eta_contradicted_ratio", carrier="says it after") == [1 / 1]
    assert shown.values("eta_contradicted_ratio", carrier="said it before") == [1 / 1]
    assert shown.values("eta_contradicted_ratio", carrier="moves") in ([], [0.0])


def test_three_of_five_promises_are_kept_or_withdrawn_in_time_in_whichever_order_they_are_read(shown: Shown) -> None:
    assert shown.values("promises_kept_ratio", kind="callback") == [3 / 5]


def test_a_return_counts_by_where_it_was_bought_and_where_it_was_brought_back(shown: Shown) -> None:
    # One in a quarter of an hour is four an hour; of two orders of the app, and seven in all, by then.
    both = {"channel": "app", "return_channel": "store"}
    assert shown.values("returns_by_channel_per_thousand", **both) == [1000 * 4 / 2]
    assert shown.values("returns_by_channel_per_thousand", return_channel="store") == pytest.approx([1000 * 4 / 7])
    assert shown.values("returns_by_channel_per_thousand", channel="store") == []


def test_who_had_a_late_parcel_too_long_is_accountable(shown: Shown) -> None:
    assert shown.values("late_by_leg_ratio", carrier="yto") == [2 / 2]
    assert shown.values("late_by_leg_ratio", leg="shop", carrier="yto") == [1 / 2]
    assert shown.values("late_by_leg_ratio", leg="carrier", carrier="yto") == [1 / 2]


def test_of_an_account_for_tests_sixteen_questions_of_ten_seconds_can_be_repeats(shown: Shown) -> None:
    assert shown.values("repeat_contacts_ratio", intent="test") == [15 / 40]  # the first of sixteen is no repeat


def test_what_lacks_its_case_and_what_has_no_earlier_event_is_counted(shown: Shown) -> None:
    lacking = shown.course("pharos_without_case_total", event="refund.requested", field="order_id")
    unknown = shown.course("pharos_case_unknown_total", metric="reviews_from_delivery")

    assert list(dict.fromkeys(lacking.values())) == [1]
    assert min(lacking) >= 12 * HOUR
    assert list(dict.fromkeys(unknown.values())) == [0, 1]  # the order of the parcel in time is known


def test_a_promise_that_nobody_keeps_is_expired_a_week_and_two_hours_after_it_was_due(tmp_path: Path) -> None:
    course = backtested(tmp_path, write_promises, "promises_kept").course(
        "pharos_deadlines_expired", metric="promises_kept"
    )
    expires = NOON + 7 * DAY + 2 * HOUR

    assert {value for at, value in course.items() if at < expires} == {0}
    assert course[max(course)] == 1  # neither the one that was kept late nor the one withdrawn
    assert min(at for at, value in course.items() if value) <= expires + HOUR
