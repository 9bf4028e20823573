"""The windows of one metric: rings at four resolutions and the sliding sums kept beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streams.cells.record import SLOT_MS
from streams.cells.sums import summed
from streams.evaluation.window_reader import EARLIER_WINDOWS, LONG_S, SPARED_WINDOWS
from streams.merge.rings import Ring

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from streams.merge.ahead import Ints

QUARTER_SLOTS = 90
_DAY_SLOTS = 8_640
_LONGEST_S = {1: 900, 6: 7_200, QUARTER_SLOTS: LONG_S, _DAY_SLOTS: 3_024_000}
_FEW_SLOTS = 24
_NONE = np.zeros(0, np.int64)
_CLOSING_QUARTERS = 12  # a quarter is closed 2 h after its end


def step_of(window_s: int) -> int:
    """Slots in a bucket of the ring that a window is summed from: 10 s, 1 min, 15 min or 1 d.

    >>> [step_of(window) for window in (60, 900, 3_600, 86_400, 2_592_000)]
    [1, 1, 6, 90, 8640]

    Raises ValueError where the window is not a whole number of buckets, or longer than 35 days.
    """
    for step, longest in _LONGEST_S.items():
        if 0 < window_s <= longest:
            if window_s % (step * 10):
                raise ValueError(f"a window of {window_s} s is not a multiple of {step * 10} s")
            return step
    raise ValueError(f"a window of {window_s} s is not between 10 s and 35 days")


class Windows:
    """Sums of all series of a metric up to `frontier` (the first slot not yet entered).

    A window ends exactly at the frontier. It starts at the last border of its ring (10 s, 1 min, 15 min, 1 d) at or
    before its length back: it is exact where the frontier lies on such a border, and else up to one bucket longer.
    """

    def __init__(self, components: int, lengths_s: Iterable[int]) -> None:
        self.components = components
        self.frontier = 0
        self.capacity = 0
        self.coarse = False
        self.last_seen = np.zeros(0, np.int64)
        self._steps = {length: step_of(length) for length in sorted(set(lengths_s))}
        self._sums = {length: np.zeros((components, 0), np.int64) for length in self._steps}
        rows = {6: 121, QUARTER_SLOTS: _CLOSING_QUARTERS}
        for length, step in self._steps.items():
            needed = length // (step * 10) + (1 if step == 1 else _CLOSING_QUARTERS if step == QUARTER_SLOTS else 2)
            if length > LONG_S:
                needed += (EARLIER_WINDOWS + SPARED_WINDOWS) * length // (step * 10)
            rows[step] = max(rows.get(step, 0), needed)
        self.rings = {step: Ring(components, count, step) for step, count in sorted(rows.items())}

    def reserve(self, series_count: int) -> None:
        """Room for that many series, by half as many again at a time."""
        if series_count <= self.capacity:
            return
        self.capacity = max(series_count, self.capacity * 3 // 2, 16)
        for ring in self.rings.values():
            ring.reserve(self.capacity)
        for length, sums in self._sums.items():
            wider = np.zeros((self.components, self.capacity), np.int64)
            wider[:, : sums.shape[1]] = sums
            self._sums[length] = wider
        seen = np.zeros(self.capacity, np.int64)
        seen[: self.last_seen.size] = self.last_seen
        self.last_seen = seen

    def sums(self, length_s: int) -> NDArray[np.int64]:
        """int64[components, capacity] of the window that ends at the frontier."""
        found = self._sums.get(length_s)
        if found is None:
            raise ValueError(f"no window of {length_s} s is kept; there are {sorted(self._sums)}")
        return found

    def recent(self, component: int, slots: int) -> NDArray[np.int64]:
        """int64[capacity]: the last `slots` up to the frontier, by whole buckets of the finest ring that has them."""
        if slots == 1:
            sums: NDArray[np.int64] = self._sums[SLOT_MS // 1000][component]
            return sums
        for step, ring in self.rings.items():
            first = (self.frontier - slots) // step
            if (self.frontier - 1) // step - first < ring.rows:
                break
        else:
            first = (self.frontier - 1) // step - ring.rows + 1
        result = np.zeros(self.capacity, np.int64)
        for bucket in range(first, (self.frontier - 1) // step + 1):
            held = ring.row(bucket)
            if held is not None:
                result += held[component]
        return result

    def earlier(self, component: int, length_s: int) -> NDArray[np.int64]:
        """int64[EARLIER_WINDOWS, capacity]: windows of that length before the one of `sums`, oldest first.

        Each is exactly `length_s` long, in whole days, and ends where the next begins, the last one SPARED_WINDOWS
        before the present one. Raises ValueError for a length that is not kept, or of up to a day.
        """
        if length_s <= LONG_S or length_s not in self._steps:
            raise ValueError(f"before a window of {length_s} s none is kept")
        step = self._steps[length_s]
        ring, buckets = self.rings[step], length_s // (step * 10)
        end = (self.frontier - length_s // 10) // step - SPARED_WINDOWS * buckets
        rows = np.arange(end - EARLIER_WINDOWS * buckets, end) % ring.rows
        held = ring.cells[rows, component].reshape(EARLIER_WINDOWS, buckets, -1)
        sums: NDArray[np.int64] = held.sum(axis=1, dtype=np.int64)
        return sums

    def minutes(self, component: int, series: int, count: int) -> NDArray[np.int64]:
        """int64[count]: whole minutes up to the last that ended at or before the frontier, oldest first."""
        if not 0 <= count <= 120:
            raise ValueError(f"minutes are kept for 2 h, {count} were asked for")
        ring = self.rings[6]
        end = self.frontier // 6
        rows = np.arange(end - count, end) % ring.rows
        sums: NDArray[np.int64] = ring.cells[rows, component, series].astype(np.int64)
        return sums

    def slots(self, component: int, series: int, count: int) -> NDArray[np.int64]:
        """int64[m]: the last m = `count` slots up to the frontier, oldest first; fewer where fewer are kept."""
        ring = self.rings.get(1)
        kept = 0 if ring is None else min(count, ring.rows - 1)
        if ring is None or kept <= 0:
            return np.zeros(0, np.int64)
        rows = np.arange(self.frontier - kept, self.frontier) % ring.rows
        sums: NDArray[np.int64] = ring.cells[rows, component, series].astype(np.int64)
        return sums

    def enter(self, component: Ints, series: Ints, value: Ints) -> None:
        """Goes one slot on and adds its cells; pairs (component, series) are distinct."""
        if self.coarse:
            self.coarse = False
            self.recount()
        slot = self.frontier
        self._make_room(slot)
        if value.size:
            for step, ring in self.rings.items():
                ring.add(slot // step, component, series, value)
            for sums in self._sums.values():
                sums[component, series] += value
            self.last_seen[series] = (slot + 1) * SLOT_MS
        self.frontier = slot + 1
        for length, step in self._steps.items():
            if step > 1 and self.frontier % step == 0:
                self._leave(length, self.frontier // step - 1 - length // (step * 10))

    def enter_slots(self, frontier: int, slot: Ints, component: Ints, series: Ints, value: Ints) -> None:
        """Goes on to `frontier` and adds the cells of each slot on the way; `slot` is in ascending order."""
        begin = int(np.searchsorted(slot, self.frontier))
        while begin < slot.size:
            end = int(np.searchsorted(slot, slot[begin], "right"))
            self._pass(int(slot[begin]))
            self.enter(component[begin:end], series[begin:end], value[begin:end])
            begin = end
        self._pass(frontier)

    def _pass(self, frontier: int) -> None:
        """Goes on through slots without cells: at once where they are many, however many they are."""
        if frontier - self.frontier <= _FEW_SLOTS:
            while self.frontier < frontier:
                self.enter(_NONE, _NONE, _NONE)
            return
        self.coarse = False
        for step, ring in self.rings.items():
            first, last = -(-self.frontier // step), (frontier - 1) // step
            for bucket in range(max(first, last + 1 - ring.rows), last + 1):
                ring.open(bucket)
        self.frontier = frontier
        self.recount()

    def enter_quarters(self, frontier: int, slot: Ints, component: Ints, series: Ints, value: Ints) -> None:
        """Goes on to `frontier`, filling only the rings of 15 minutes and a day: history before evaluation starts."""
        self.coarse = True
        for step, ring in self.rings.items():
            if step < QUARTER_SLOTS:
                continue
            last = (frontier - 1) // step
            for bucket in range(max(self.frontier // step, last + 1 - ring.rows), last + 1):
                if bucket * step >= self.frontier:
                    ring.open(bucket)
                low, high = np.searchsorted(slot, (bucket * step, (bucket + 1) * step))
                if low < high:
                    pairs = component[low:high] * self.capacity + series[low:high]
                    codes, totals = summed(pairs, value[low:high])
                    ring.add(bucket, codes // self.capacity, codes % self.capacity, totals)
        np.maximum.at(self.last_seen, series, (slot + 1) * SLOT_MS)
        self.frontier = frontier

    def quarter(self, bucket: int) -> NDArray[np.int64]:
        """int64[components, capacity]: a copy of the sums of one quarter of an hour; zeros where it is long over."""
        ring = self.rings[QUARTER_SLOTS]
        there = bucket > (self.frontier - 1) // QUARTER_SLOTS - ring.rows
        return ring.total(bucket, bucket if there else bucket - 1)

    def recount(self) -> None:
        """Computes the sliding sums from the rings again: after history, and after a restore."""
        for length, step in self._steps.items():
            if self.coarse and step < QUARTER_SLOTS:
                continue
            first = (self.frontier - length // 10) // step
            self._sums[length] = self.rings[step].total(first, (self.frontier - 1) // step)

    def _make_room(self, slot: int) -> None:
        for length, step in self._steps.items():
            if step == 1:
                self._leave(length, slot - length // 10)
        for step, ring in self.rings.items():
            if slot % step == 0:
                ring.open(slot // step)

    def _leave(self, length: int, bucket: int) -> None:
        held = self.rings[self._steps[length]].row(bucket)
        if held is not None:
            self._sums[length] -= held
