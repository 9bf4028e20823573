from __future__ import annotations

from typing import TYPE_CHECKING, Any

from streams.cells.record import CellsRecord, MetricCells
from streams.merge.watermark import Watermarks

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import SimpleNamespace

    from streams.catalogue.metric import Metric

    MakeMetric = Callable[..., Metric]
    MakeMerge = Callable[..., SimpleNamespace]

WHOLE = (0, ())
BASE = 864_000  # slots; midnight


def at(slot: int) -> int:
    return slot * 10_000


def region(name: str) -> Any:
    return (1, (name,))


def test_there_is_no_watermark_before_every_source_has_reported() -> None:
    watermarks = Watermarks({"orders": 2})
    watermarks.promise("orders", 0, 50)
    assert watermarks.least == -1
    assert watermarks.silent() == [("orders", 1)]

    watermarks.promise("orders", 1, 70)
    assert watermarks.least == 50


def test_a_watermark_never_falls() -> None:
    watermarks = Watermarks({"orders": 1})
    watermarks.promise("orders", 0, 50)
    watermarks.promise("orders", 0, 20)
    watermarks.promise("orders", 0, -1)

    assert watermarks.least == 50


def test_a_partition_that_is_added_is_waited_for_from_its_first_word_on() -> None:
    watermarks = Watermarks({"orders": 1, "visits": 1})
    watermarks.promise("orders", 0, 50)
    watermarks.promise("visits", 0, 50)
    watermarks.admit("orders", 2)
    seen = [watermarks.least]
    for partition, watermark in ((2, 20), (0, 90), (1, 60), (2, 70), (1, 80)):
        watermarks.promise("orders", partition, watermark)
        seen.append(watermarks.least)
    watermarks.promise("visits", 0, 90)

    assert watermarks.sources == {"orders": 3, "visits": 1}
    assert seen == [50] * 6  # it stands still, and never falls, until they have come as far
    assert watermarks.least == 70


def test_cells_of_a_topic_that_is_no_source_are_added_and_nothing_waits_for_them(
    make_metric: MakeMetric, make_merge: MakeMerge
) -> None:
    metric = make_metric()
    merge = make_merge(metric)
    merge.apply(at(BASE + 1), metric, (WHOLE, 0, BASE, 1, 0))
    merge.apply(at(BASE - 50), metric, (WHOLE, 0, BASE + 2, 10, 0), topic="returns")
    merge.apply(at(BASE + 9), metric, (WHOLE, 0, BASE + 2, 100, 0))
    merge.apply(at(BASE + 90), topic="orders", partition=-1)
    merge.advance()

    assert merge.merge.watermark == at(BASE + 9)
    assert merge.memory["paid"].sums[at(BASE + 3)][0] == 111
    assert merge.merge.no_source == {"returns", "orders"}
    assert merge.merge.watermarks.sources == {"orders": 1}


def test_cells_of_an_added_partition_are_counted_beside_the_others(
    make_metric: MakeMetric, make_merge: MakeMerge
) -> None:
    metric = make_metric()
    merge = make_merge(metric)
    merge.apply(at(BASE + 1), metric, (WHOLE, 0, BASE, 1, 0))
    merge.advance()
    merge.apply(at(BASE + 1), metric, (WHOLE, 0, BASE + 2, 10, 0), partition=1)
    merge.apply(at(BASE + 9), metric, (WHOLE, 0, BASE + 2, 100, 0))
    stands = [tick.time for tick in merge.advance()]
    merge.apply(at(BASE + 8), partition=1)
    merge.advance()

    assert stands == []
    assert merge.memory["paid"].sums[at(BASE + 3)][0] == 111


def test_ticks_are_stepped_one_by_one_however_far_the_watermark_jumps(
    make_metric: MakeMetric, make_merge: MakeMerge
) -> None:
    metric = make_metric()
    merge = make_merge(metric)
    merge.apply(at(BASE + 100) + 5, metric, (WHOLE, 0, BASE, 1, 0))

    assert [verdicts.time for verdicts in merge.advance()] == [at(BASE + tick) for tick in range(1, 101)]


def test_what_waits_are_the_cells_ahead_of_the_watermark_but_no_deadlines(
    make_metric: MakeMetric, make_merge: MakeMerge
) -> None:
    counted, promised = make_metric(), make_metric("cohort", name="collected")
    merge = make_merge(counted, promised)
    merge.apply(at(BASE) + 5, counted, *((WHOLE, 0, BASE + ahead, 1, 0) for ahead in range(100)))
    merge.apply(at(BASE) + 5, promised, (WHOLE, 0, BASE + 8_640, 1, 0))
    assert merge.merge.waiting == 100

    merge.apply(at(BASE + 60))
    merge.advance()
    assert merge.merge.waiting == 40


def test_before_evaluation_starts_only_quarters_are_closed(make_metric: MakeMetric, make_merge: MakeMerge) -> None:
    metric = make_metric()
    merge = make_merge(metric, evaluate_from="1970-04-18T00:00:00+00:00")
    for hour in range(8 * 24):
        merge.apply(at(BASE + 360 * hour), metric, (WHOLE, 0, BASE + 360 * hour, 1, 0))
    ticks = merge.advance()

    assert ticks[0].time == at(BASE + 7 * 8_640)
    quarters = merge.memory["paid"].quarters
    assert [start for start, _ in quarters[:3]] == [at(BASE), at(BASE + 90), at(BASE + 180)]
    assert [counts for _, counts in quarters[:5]] == [[[1]], [[0]], [[0]], [[0]], [[1]]]


def test_an_advance_left_early_goes_on_later(make_metric: MakeMetric, make_merge: MakeMerge) -> None:
    metric = make_metric()
    merge = make_merge(metric)
    merge.apply(at(BASE + 9), metric, (WHOLE, 0, BASE, 1, 0))

    first = next(merge.merge.advance())
    assert merge.merge.behind
    rest = merge.advance()
    assert [first.time, *(verdicts.time for verdicts in rest)] == [at(BASE + tick) for tick in range(1, 10)]
    assert not merge.merge.behind


def test_a_partition_without_metrics_ticks_all_the_same(make_merge: MakeMerge) -> None:
    merge = make_merge()
    merge.apply(at(BASE))
    merge.advance()
    merge.apply(at(BASE + 2))

    assert [verdicts.time for verdicts in merge.advance()] == [at(BASE + 1), at(BASE + 2)]


def test_scopes_beyond_the_cap_are_counted_as_other(make_metric: MakeMetric, make_merge: MakeMerge) -> None:
    metric = make_metric()
    merge = make_merge(metric, max_series=3)
    regions = [region(name) for name in ("a", "b", "c", "d")]
    merge.apply(at(BASE + 1), metric, *((scope, 0, BASE, 10, 0) for scope in [WHOLE, *regions]))
    merge.advance()

    reading = merge.merge.readings()[0]
    totals = dict(zip(reading.total_scopes, reading.totals[:, 0].tolist(), strict=True))
    assert totals == {WHOLE: 10, region("a"): 10, region("b"): 10, region("__other__"): 20}


def test_an_unknown_metric_is_skipped_and_counted_its_neighbours_are_applied(
    make_metric: MakeMetric, make_merge: MakeMerge
) -> None:
    metric = make_metric()
    merge = make_merge(metric)
    cells = [MetricCells(key, [WHOLE], [0], [0], [BASE], [0], [4]) for key in ("other@1", metric.key())]
    merge.merge.apply(CellsRecord("orders", 0, 1, at(BASE + 1), "another catalogue", cells))

    assert (merge.merge.unknown_metric, merge.merge.other_catalogue) == (1, 1)
    assert merge.merge.readings()[0].totals.tolist() == [[4]]


def test_malformed_cells_are_counted_and_their_neighbours_applied(
    make_metric: MakeMetric, make_merge: MakeMerge
) -> None:
    metric = make_metric()
    merge = make_merge(metric)
    merge.apply(
        at(BASE),
        metric,
        (WHOLE, 9, BASE, 1, 0),
        ((7, ()), 0, BASE, 1, 0),
        ((1, ("too", "long")), 0, BASE, 1, 0),
        (WHOLE, 0, -5, 1, 0),
        (WHOLE, 0, BASE + 10**7, 1, 0),
        (WHOLE, 0, BASE, 1, 0),
    )
    merge.merge.apply(
        CellsRecord("orders", 0, 1, at(BASE), "", [MetricCells(metric.key(), [WHOLE], [0, 5], [0], [BASE], [0], [1])])
    )

    reading = merge.merge.readings()[0]
    assert (reading.skipped.malformed, reading.skipped.too_far, reading.totals.tolist()) == (5, 1, [[1]])


def test_a_late_cell_reaches_the_quarter_but_no_window(make_metric: MakeMetric, make_merge: MakeMerge) -> None:
    metric = make_metric()
    merge = make_merge(metric)
    merge.apply(at(BASE + 20), metric, (WHOLE, 0, BASE, 1, 0))
    merge.apply(at(BASE + 1_000), metric, (WHOLE, 0, BASE + 30, 8, 1))
    merge.advance()

    memory = merge.memory["paid"]
    assert memory.sums[at(BASE + 31)] == [0]
    assert memory.quarters[0] == (at(BASE), [[9]])


def test_an_on_time_cell_for_a_judged_slot_is_treated_as_late(make_metric: MakeMetric, make_merge: MakeMerge) -> None:
    metric = make_metric()
    merge = make_merge(metric)
    merge.apply(at(BASE + 20), metric, (WHOLE, 0, BASE, 1, 0))
    merge.apply(at(BASE + 21), metric, (WHOLE, 0, BASE + 19, 1, 0))
    merge.advance()

    assert merge.memory["paid"].sums[at(BASE + 21)] == [0]
    assert merge.merge.readings()[0].skipped.behind == 1


def test_a_settled_window_ends_before_the_tick(make_metric: MakeMetric, make_merge: MakeMerge) -> None:
    metric = make_metric(settle_s=60)
    merge = make_merge(metric)
    merge.apply(at(BASE + 30), metric, (WHOLE, 0, BASE, 1, 0))
    merge.advance()

    assert merge.memory["paid"].ticks[0] == at(BASE + 7)


def test_quarters_of_history_come_with_the_denominators_of_the_partners(
    make_metric: MakeMetric, make_merge: MakeMerge
) -> None:
    contact = make_metric("count").numerator
    metric = make_metric(
        "ratio",
        numerator=(type(contact[0])(("consultation.opened",)),),
        denominator=contact,
        scopes=(("intent", "region"),),
    )
    merge = make_merge(metric)
    merge.apply(at(BASE + 1), metric, ((0, ("refund", "x")), 0, BASE, 3, 0), ((1, ("x",)), 1, BASE, 50, 0))
    merge.apply(at(BASE + 900))
    merge.advance()

    assert merge.memory["paid"].quarters[0] == (at(BASE), [[3, 0], [50, 50]])


def test_sums_beyond_32_bits_stay_exact(make_metric: MakeMetric, make_merge: MakeMerge) -> None:
    metric = make_metric()
    merge = make_merge(metric)
    merge.apply(at(BASE + 3), metric, (WHOLE, 0, BASE, 5, 0), (WHOLE, 0, BASE + 1, 2**40, 0))
    merge.advance()

    assert merge.memory["paid"].sums[at(BASE + 3)] == [2**40 + 5]
