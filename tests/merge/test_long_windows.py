"""Windows longer than a day, and those before them, against sums computed straight from the cells."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.catalogue.load import Catalogue
from streams.catalogue.term import Term
from streams.cells.record import CellsRecord, MetricCells
from streams.evaluation.window_reader import EARLIER_WINDOWS, SPARED_WINDOWS
from streams.merge.partition import MergePartition
from streams.merge.windows import QUARTER_SLOTS, Windows
from streams.settings.settings import Settings
from tests.merge.random_logs import Recorder, metric

if TYPE_CHECKING:
    from streams.evaluation.window_reader import WindowReader
    from streams.records.verdicts import Pulse

DAY_SLOTS = 8_640
TWO_DAYS_S = 172_800
WEEK_S = 604_800
FIRST_SLOT = 20_454 * DAY_SLOTS  # 1 January 2026


@settings(max_examples=15)
@given(st.integers(0, 2**32).map(Random))
def test_a_long_window_and_those_before_it_equal_a_direct_computation(rng: Random) -> None:
    start = FIRST_SLOT + rng.randrange(DAY_SLOTS)
    fine = (start + rng.randint(1, 22) * DAY_SLOTS + rng.randrange(DAY_SLOTS)) // QUARTER_SLOTS * QUARTER_SLOTS
    end = fine + rng.randrange(2_000)
    cells = sorted(
        (rng.randrange(start, end), rng.randrange(2), rng.randrange(3), rng.randint(1, 9)) for _ in range(200)
    )
    slot, component, series, value = np.array(cells, np.int64).T
    windows = Windows(2, [60, TWO_DAYS_S])
    windows.reserve(3)
    windows.frontier = start
    for frontier in sorted(
        {
            *(rng.randrange(start // QUARTER_SLOTS + 1, fine // QUARTER_SLOTS + 1) for _ in range(30)),
            fine // QUARTER_SLOTS,
        }
    ):
        now = (slot >= windows.frontier) & (slot < frontier * QUARTER_SLOTS)
        windows.enter_quarters(frontier * QUARTER_SLOTS, slot[now], component[now], series[now], value[now])
    for frontier in range(fine, end):
        codes, place = np.unique(component[slot == frontier] * 3 + series[slot == frontier], return_inverse=True)
        windows.enter(codes // 3, codes % 3, np.bincount(place, value[slot == frontier]).astype(np.int64))
    windows.recount()

    def expected(first: int, last: int) -> list[list[int]]:
        held = np.zeros((2, 3), np.int64)
        inside = (slot >= first) & (slot < last)
        np.add.at(held, (component[inside], series[inside]), value[inside])
        return held.tolist()

    begin = (end - 2 * DAY_SLOTS) // DAY_SLOTS * DAY_SLOTS
    assert windows.sums(TWO_DAYS_S)[:, :3].tolist() == expected(begin, end)
    starts = [begin - 2 * DAY_SLOTS * back for back in range(EARLIER_WINDOWS + SPARED_WINDOWS, SPARED_WINDOWS, -1)]
    for number in (0, 1):
        earlier = windows.earlier(number, TWO_DAYS_S)[:, :3].tolist()
        assert earlier == [expected(first, first + 2 * DAY_SLOTS)[number] for first in starts]


@pytest.mark.parametrize("window_s", [60, WEEK_S])
def test_there_is_nothing_before_a_window_that_is_short_or_not_kept(window_s: int) -> None:
    with pytest.raises(ValueError, match="none is kept"):
        Windows(1, [60, TWO_DAYS_S]).earlier(0, window_s)


def test_a_metric_of_short_windows_keeps_no_days() -> None:
    assert set(Windows(1, [60, 86_400]).rings) == {1, 6, QUARTER_SLOTS}


WEEKLY = metric("weekly", "ratio", ((), ("region",)), denominator=(Term(("consultation.opened",)),), windows=(WEEK_S,))
CATALOGUE = Catalogue.of((WEEKLY,))


class WeekRecorder(Recorder):
    """Writes down the weeks before as well."""

    def tick(self, now_ms: int, windows: WindowReader) -> tuple[list[Any], Pulse]:
        answer = super().tick(now_ms, windows)
        self.seen.append(("earlier", now_ms, [windows.earlier(number, WEEK_S).tolist() for number in (0, 1)]))
        return answer


class Weeks:
    """A merge of ten weeks, a record a day; detectors run from the last day on."""

    def __init__(self) -> None:
        self.recorder = WeekRecorder(WEEKLY)
        self.chunks: dict[str, bytes] = {}
        self.start()

    def start(self) -> None:
        judged = Settings(cells_partitions=1, evaluate_from="2026-03-12T00:00:00+00:00")
        self.merge = MergePartition(CATALOGUE, 0, {"orders": 1}, judged, lambda _: self.recorder)

    def restart(self, full: bool) -> None:
        self.chunks |= dict(self.merge.snapshot(0, full))
        self.start()
        self.merge.restore(self.chunks["manifest"], self.chunks)

    def run(self, rng: Random, restarts: set[int]) -> list[Any]:
        for day in range(71):
            count = rng.randint(0, 6)
            slots = [FIRST_SLOT + day * DAY_SLOTS + rng.randrange(DAY_SLOTS // 40) for _ in range(count)]
            scopes: list[tuple[int, tuple[str, ...]]] = [(0, ()), (1, ("hunan",)), (1, ("hubei",))]
            cells = MetricCells(
                WEEKLY.key(),
                scopes,
                [rng.randrange(3) for _ in slots],
                [rng.randrange(2) for _ in slots],
                slots,
                [0] * count,
                [1] * count,
            )
            watermark = (FIRST_SLOT + day * DAY_SLOTS + DAY_SLOTS // 40) * 10_000
            self.merge.apply(CellsRecord("orders", 0, day, watermark, CATALOGUE.hash, [cells]))
            list(self.merge.advance())
            if day in restarts:
                self.restart(full=day % 2 == 0)
        return self.recorder.seen


@settings(max_examples=5)
@given(st.integers(0, 2**32), st.sets(st.integers(0, 70), max_size=6))
def test_weeks_survive_snapshots_and_restarts(seed: int, restarts: set[int]) -> None:
    undisturbed = Weeks().run(Random(seed), set())

    seen = [entry for entry in undisturbed if entry[0] == "earlier"]
    assert any(sum(map(sum, week)) for _, _, weeks in seen for week in weeks)
    disturbed = Weeks()
    disturbed.run(Random(seed), restarts)
    assert [e for e in disturbed.recorder.seen if e[0] == "earlier"] == seen
