"""Sums, means, differences and variations of single values: from events to what is shown."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from streams.catalogue.load import Catalogue, parse
from streams.catalogue.metric import Component
from streams.evaluation.metric_evaluator import MetricEvaluator
from streams.ingest.partition import IngestPartition
from streams.merge.partition import MergePartition
from streams.records.batch import RecordBatch
from streams.settings.located_yaml import LocatedError
from streams.settings.settings import Settings
from streams.web.merge_readings import MergeCollector, judged

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from streams.merge.readings import Reading

START_S = 1_794_326_400
DAY = 86_400
HEAD = """\
metrics:
  - id: X1
    name: x
    title: X
    touchpoint: order
    direction: both
    minimum_effect: 0.5
    minimum_exposure: 5
    scopes: [[]]
    windows: [60, 300]
"""


def catalogue(*lines: str) -> Catalogue:
    return parse(HEAD + "".join(f"    {line}\n" for line in lines), "shop.yaml")


def moment(second: float) -> str:
    return datetime.fromtimestamp(START_S + second, UTC).isoformat()


def event(kind: str, at: float, number: int, **data: Any) -> bytes:
    named = {"order": "order_id", "parcel": "parcel_id", "consultation": "consultation_id", "page": "session_id"}
    data = {named[kind.partition(".")[0]]: f"N{number}", **data}
    return orjson.dumps(
        {"specversion": "1.0", "id": f"{number}", "source": "/t", "type": kind, "time": moment(at), "data": data}
    )


def run(of: Catalogue, topic: str, events: list[tuple[str, float, dict[str, Any]]]) -> Reading:
    """The reading a minute and a half after the start, with an event behind it that moves the watermark."""
    settings = Settings(cells_partitions=1)
    ingest = IngestPartition(
        of, topic, 0, dedup_records=1000, lateness_ms=0, late_limit_ms=7_200_000, future_limit_ms=300_000
    )
    values = [event(kind, at, number, **data) for number, (kind, at, data) in enumerate(events)]
    last = {"orders": "order.cancelled", "logistics": "parcel.lost", "consultations": "consultation.opened"}[topic]
    values.append(event(last, 61, len(values)))
    times = [round((START_S + at) * 1000) for at in (*(at for _, at, _ in events), 61)]
    assert not ingest.feed(RecordBatch(topic, 0, range(len(values)), times, values, len(values)))
    merge = MergePartition(of, 0, {topic: 1}, settings, lambda metric: MetricEvaluator(metric, settings))
    merge.apply(ingest.take_flush(1).records[0])
    assert list(merge.advance())
    (reading,) = merge.readings()
    return reading


def shown(reading: Reading) -> float:
    (of,) = judged([reading])
    values: NDArray[np.float64] = of.value
    return float(values[0])


def exported_cuts(reading: Reading) -> dict[str, float]:
    families = {family.name: family for family in MergeCollector(lambda: [reading]).collect()}
    return {sample.labels["metric"]: sample.value for sample in families["pharos_values_cut"].samples}


def total(reading: Reading, component: Component) -> int:
    return int(reading.totals[0, component])


def test_ten_orders_of_250_in_a_minute_are_2500_a_minute() -> None:
    of = catalogue("unit: money_per_minute", "signal: sum", "numerator: [{events: [order.paid], value: amount}]")

    reading = run(of, "orders", [("order.paid", 5 * n, {"amount": 250.0}) for n in range(10)])

    assert shown(reading) == 2_500.0
    assert total(reading, Component.DENOMINATOR) == 10


def test_the_mean_of_transfers_is_told_in_transfers() -> None:
    of = catalogue(
        "unit: number",
        "signal: mean",
        "numerator: [{events: [consultation.closed], value: transfers}]",
        "denominator: [{events: [consultation.closed], where: {transfers: {present: true}}}]",
    )

    reading = run(of, "consultations", [("consultation.closed", 5 * n, {"transfers": int(n == 0)}) for n in range(5)])

    assert shown(reading) == pytest.approx(0.2)


@pytest.mark.parametrize(("first", "eta", "seconds"), [(1, 3, 172_800.0), (3, 1, -172_800.0)])
def test_the_mean_of_a_difference_is_in_seconds_and_may_be_below_0(first: int, eta: int, seconds: float) -> None:
    of = catalogue(
        "unit: seconds",
        "signal: mean",
        "numerator: [{events: [parcel.eta_changed], value: {from: first_eta, to: eta}}]",
        "denominator: [{events: [parcel.eta_changed], where: {eta: {from: first_eta, present: true}}}]",
    )
    told = {"first_eta": moment(first * DAY), "eta": moment(eta * DAY)}

    reading = run(
        of, "logistics", [*[("parcel.eta_changed", n, told) for n in range(6)], ("parcel.eta_changed", 9, {})]
    )

    assert shown(reading) == seconds


@pytest.mark.parametrize(("hours", "slipped"), [(24, 0), (25, 6), (-30, 0)])
def test_a_difference_can_be_a_condition(hours: int, slipped: int) -> None:
    of = parse(
        HEAD.replace("0.5", "0.05")
        + "    unit: ratio\n    signal: ratio\n"
        + "    numerator: [{events: [parcel.eta_changed], where: {slip: {from: first_eta, to: eta, above: 86400}}}]\n"
        + "    denominator: [{events: [parcel.eta_changed]}]\n",
        "shop.yaml",
    )
    told = {"first_eta": moment(0), "eta": moment(hours * 3_600)}

    reading = run(of, "logistics", [("parcel.eta_changed", n, told) for n in range(6)])

    assert total(reading, Component.NUMERATOR) == slipped


def test_the_variation_of_1_2_3_4_is_that_of_a_sample() -> None:
    of = parse(
        HEAD.replace("exposure: 5", "exposure: 2")
        + "    unit: number\n    signal: variation\n"
        + "    numerator: [{events: [consultation.closed], value: transfers}]\n",
        "shop.yaml",
    )

    reading = run(of, "consultations", [("consultation.closed", n, {"transfers": n}) for n in (1, 2, 3, 4)])

    assert shown(reading) == pytest.approx(0.5164, abs=5e-5)


def test_a_duration_below_0_is_in_the_lowest_bin() -> None:
    of = catalogue(
        "unit: seconds",
        "signal: quantile",
        "quantile: 0.5",
        "bins: [3600, 864000]",
        "numerator: [{events: [parcel.eta_changed], value: {from: first_eta, to: eta}}]",
    )
    told = {"first_eta": moment(3 * DAY), "eta": moment(DAY)}

    reading = run(of, "logistics", [("parcel.eta_changed", n, told) for n in range(6)])

    assert reading.totals[0].tolist() == [6] + [0] * 31


def test_one_order_of_a_thousand_million_is_cut_and_counted() -> None:
    of = catalogue(
        "unit: money_per_minute",
        "signal: sum",
        "largest: 1000",
        "numerator: [{events: [order.paid], value: amount}]",
    )
    orders = [("order.paid", 5 * n, {"amount": 250.0}) for n in range(10)]

    reading = run(of, "orders", [*orders, ("order.paid", 55, {"amount": 1e9})])

    assert shown(reading) == 3_500.0
    assert total(reading, Component.CUT) == 1
    assert exported_cuts(reading) == {"x": 1.0}
    assert total(reading, Component.DENOMINATOR) == 11


def test_squares_add_up_exactly_however_large_the_values_are() -> None:
    of = catalogue(
        "unit: money_per_minute",
        "signal: sum",
        "largest: 100000000",
        "numerator: [{events: [order.paid], value: amount}]",
    )
    amounts = [1e8, 99_999_999.99, 0.01, -12_345.67]

    reading = run(of, "orders", [("order.paid", n, {"amount": amount}) for n, amount in enumerate(amounts)])

    high, low = (total(reading, part) for part in (Component.SQUARES, Component.SQUARES_LOW))
    assert high * 2**30 + low == 10**20 + 9_999_999_999**2 + 1 + 1_234_567**2


@pytest.mark.parametrize(
    ("lines", "place", "remedy"),
    [
        (
            ("unit: per_minute", "signal: count", "numerator: [{events: [order.paid], value: amount}]"),
            "13:40: metrics[0].numerator[0].value",
            "write `signal: sum` or `signal: mean`",
        ),
        (
            ("unit: per_minute", "signal: count", "numerator: [{events: [order.paid]}]",
             "exposure: [{events: [order.paid], value: amount}]"),
            "exposure[0].value", "counts events",
        ),
        (
            ("unit: seconds", "signal: mean", "numerator: [{events: [order.paid], value: amount}]",
             "denominator: [{events: [order.paid]}]"),
            "11:5: metrics[0].unit", "amount is money: a mean of it has the unit money",
        ),
        (
            ("unit: number_per_minute", "signal: sum", "numerator: [{events: [order.paid], value: amount}]"),
            "metrics[0].unit", "a sum of it has the unit money_per_minute",
        ),
        (
            ("unit: seconds", "signal: mean", "numerator: [{events: [consultation.closed], value: transfers}]",
             "denominator: [{events: [consultation.closed]}]"),
            "metrics[0].unit", "transfers is a number: a mean of it has the unit number",
        ),
        (
            ("unit: seconds", "signal: quantile", "quantile: 0.9", "bins: [60, 86400]",
             "numerator: [{events: [parcel.eta_changed], since: first_eta}]"),
            "15:48: metrics[0].numerator[0].since", "write `value: {from: first_eta, to: time}`",
        ),
        (
            ("unit: seconds", "signal: quantile", "quantile: 0.9", "bins: [60, 86400]",
             "numerator: [{events: [order.paid], value: amount}]"),
            "numerator[0].value", "amount is money, and a histogram is of durations",
        ),
        (
            ("unit: money_per_minute", "signal: sum", "numerator: [{events: [order.paid]}]"),
            "numerator[0]", "name what is added up",
        ),
        (
            ("unit: seconds", "signal: mean", "denominator: [{events: [parcel.delivered]}]",
             "numerator: [{events: [parcel.delivered], value: {from: payed_at, to: time}}]"),
            "numerator[0].value.from", 'did you mean "paid_at"',
        ),
        (
            ("unit: seconds", "signal: mean", "denominator: [{events: [parcel.delivered]}]",
             "numerator: [{events: [parcel.delivered], value: {from: paid_at, to: paid_at}}]"),
            "numerator[0].value.to", "name the other time",
        ),
        (
            ("unit: seconds", "signal: mean", "denominator: [{events: [parcel.delivered]}]",
             "numerator: [{events: [parcel.delivered], value: {from: paid_at, until: eta}}]"),
            "numerator[0].value.until", "unknown key",
        ),
        (
            ("unit: per_minute", "signal: count",
             "numerator: [{events: [parcel.delivered], where: {eta: {from: first_eta, equals: 3}}}]"),
            "numerator[0].where.eta", "test at_most, above or present",
        ),
        (
            ("unit: per_minute", "signal: count",
             "numerator: [{events: [parcel.delivered], where: {late: {from: first_eta, to: etaa, above: 3}}}]"),
            "numerator[0].where.late.to", 'did you mean "eta"',
        ),
        (
            ("unit: per_minute", "signal: count",
             "numerator: [{events: [parcel.delivered], where: {eta: {to: eta, present: true}}}]"),
            "numerator[0].where.eta.to", "needs `from`",
        ),
        (
            ("unit: per_minute", "signal: count", "largest: 5", "numerator: [{events: [order.paid]}]"),
            "metrics[0].largest", "only mean, sum, variation cut single values",
        ),
        (
            ("unit: money_per_minute", "signal: sum", "largest: 1e12",
             "numerator: [{events: [order.paid], value: amount}]"),
            "metrics[0].largest", "100,000,000 at most",
        ),
    ],
)  # fmt: skip
def test_values_that_would_be_misread_are_refused_with_place_and_remedy(
    lines: tuple[str, ...], place: str, remedy: str
) -> None:
    with pytest.raises(LocatedError) as refused:
        catalogue(*lines)

    assert place in str(refused.value)
    assert remedy in str(refused.value)
