"""A cells partition with lean scopes: what it says depends on the log's cells only, and survives a restart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from streams.merge.snapshot import MANIFEST
from tests.support.marketplace import ORDERS, Marketplace, new_merge, record, settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from streams.merge.partition import MergePartition
    from streams.records.verdicts import Verdict

JUDGED = 3 * 96


def stop(quarter: int, rates: NDArray[np.float64]) -> NDArray[np.float64]:
    rates = rates.copy()
    if quarter >= JUDGED:
        rates[5] = 0
    return rates


def shop() -> Marketplace:
    return Marketplace(300, 30_000, 11, stops=stop)


def run(merge: MergePartition, of: Marketplace, quarters: range) -> list[tuple[int, list[Verdict]]]:
    said = []
    for number in quarters:
        merge.apply(record(of.quarter(number), number))
        said += [(tick.time, [v for v in tick.verdicts if v.scope]) for tick in merge.advance()]
    return said


def test_the_series_of_lean_scopes_take_nothing_from_the_cap_of_the_others() -> None:
    merge = new_merge(settings(JUDGED))
    run(merge, shop(), range(4))

    assert merge.budget.used == 3  # the wholes
    assert len(merge.names.of(("store",))) > 100
    assert {reading.metric.name: len(reading.scopes) for reading in merge.readings()}[ORDERS.name] == 1


def test_a_restart_in_the_middle_of_a_trouble_changes_nothing() -> None:
    of, other = shop(), shop()
    whole, before = new_merge(settings(JUDGED)), new_merge(settings(JUDGED))
    expected = run(whole, of, range(JUDGED + 6))
    said = run(before, other, range(JUDGED + 2))
    chunks = dict(before.snapshot(0))
    said += run(before, other, range(JUDGED + 2, JUDGED + 3))
    chunks |= dict(before.snapshot(1))  # what did not change is not written again
    after = new_merge(settings(JUDGED))
    after.restore(chunks[MANIFEST], chunks)
    said += run(after, other, range(JUDGED + 3, JUDGED + 6))

    assert [verdicts for _, verdicts in expected if verdicts]
    assert msgspec.json.encode(said) == msgspec.json.encode(expected)


def test_the_order_in_which_the_log_names_merchants_changes_nothing() -> None:
    merges = [new_merge(settings(JUDGED)) for _ in range(2)]
    said: list[list[object]] = [[], []]
    of = shop()
    for number in range(JUDGED + 6):
        cells = of.quarter(number)
        backwards = [
            msgspec.structs.replace(
                each, scopes=each.scopes[::-1], scope=[len(each.scopes) - 1 - place for place in each.scope]
            )
            for each in reversed(cells)
        ]
        for merge, told, columns in zip(merges, said, (cells, backwards), strict=True):
            merge.apply(record(columns, number))
            told += [[v for v in tick.verdicts if v.scope] for tick in merge.advance()]

    assert said[0] == said[1]
    assert any(said[0])
