"""Gauges in the merge: the last snapshot counts, in whatever order they arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.catalogue.term import Term
from streams.cells.gauge import MOMENT_BITS, values_of
from streams.cells.gauge import packed as packed_values
from streams.cells.sums import latest

if TYPE_CHECKING:
    from collections.abc import Callable

TOLD = (Term(("queue.snapshot",), value="waiting"),)
SLOT = 176_722_560


def packed(ms: int, value: int) -> int:
    return int(packed_values(np.array([ms]), np.array([value]))[0])


def gauge(make_metric: Callable[..., Any]) -> Any:
    return make_metric("last", unit="number", numerator=TOLD, scopes=(("queue",),), windows=(60, 120))


def test_the_snapshot_told_last_counts_whichever_arrives_last(
    make_merge: Callable[..., Any], make_metric: Callable[..., Any]
) -> None:
    metric = gauge(make_metric)
    run = make_merge(metric)
    presale = (0, ("presale",))
    run.apply(SLOT * 10_000, metric, (presale, 0, SLOT, packed(5_000, 7), 0))
    run.apply(SLOT * 10_000, metric, (presale, 0, SLOT, packed(2_000, 90), 0))
    run.apply((SLOT + 7) * 10_000, metric, (presale, 0, SLOT + 6, packed(0, 0), 0))
    run.advance()
    shown = run.merge._states[metric.key()].shown

    assert shown.latest(0, 60).tolist() == [0]
    assert shown.slots(0, 0, 8)[-7:].tolist() == [7, -1, -1, -1, -1, -1, 0]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 9_999), st.integers(0, 100)), min_size=1))
def test_of_many_the_latest_by_moment_then_by_order_is_kept(told: list[tuple[int, int, int]]) -> None:
    codes, values = latest(
        np.array([code for code, _, _ in told]), np.array([packed(ms, value) for _, ms, value in told])
    )
    wanted: dict[int, tuple[int, int]] = {}
    for code, ms, value in told:
        if code not in wanted or ms >= wanted[code][0]:
            wanted[code] = (ms, value)

    assert codes.tolist() == sorted(wanted)
    assert [(int(cell) >> MOMENT_BITS) - 1 for cell in values] == [wanted[code][0] for code in sorted(wanted)]
    assert values_of(values).tolist() == [wanted[code][1] for code in sorted(wanted)]
