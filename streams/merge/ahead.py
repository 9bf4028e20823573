"""Cells that wait for their time: sparse, sorted by slot, summed where they meet."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.cells.sums import summed

Ints = NDArray[np.int64]
Merged = Callable[[Ints, Ints], tuple[Ints, Ints]]  # codes, values -> each code once

_KEY_BITS = 33  # a slot takes the 30 bits above
_NEAR_SLOTS = 90  # what lies further ahead is sorted only when it comes near
_LOOSE = 65_536  # cells kept unsorted before they are summed
_NOTHING = np.zeros(0, np.int64)


class Due(NamedTuple):
    """Cells taken out, by columns, sorted by slot, then key; one per (slot, key); sums of zero left out."""

    slot: Ints
    key: Ints
    value: Ints


def codes_of(slot: Ints, key: Ints) -> Ints:
    """A number for each cell, in the order of slots, then of keys."""
    codes: Ints = (slot << _KEY_BITS) | key
    return codes


class Run:
    """Sorted cells and a tail of unsorted ones, merged when they are read or have become many."""

    def __init__(self, merged: Merged = summed) -> None:
        self._merged = merged
        self._codes = _NOTHING
        self._values = _NOTHING
        self._loose: list[tuple[Ints, Ints]] = []
        self._loose_cells = 0
        self._loose_least = 0

    def __len__(self) -> int:
        return self._codes.size + self._loose_cells

    def add(self, codes: Ints, values: Ints) -> None:
        least = int(codes.min())
        self._loose_least = min(self._loose_least, least) if self._loose else least
        self._loose.append((codes, values))
        self._loose_cells += codes.size
        if self._loose_cells > max(_LOOSE, self._codes.size // 2) or len(self._loose) > 1024:
            self.sort()

    def least(self) -> int | None:
        """The smallest code."""
        found = [int(self._codes[0])] if self._codes.size else []
        return min(found + ([self._loose_least] if self._loose else []), default=None)

    def sort(self) -> None:
        if self._loose:
            codes = np.concatenate([self._codes, *(part[0] for part in self._loose)])
            values = np.concatenate([self._values, *(part[1] for part in self._loose)])
            self._codes, self._values = self._merged(codes, values)
            self._loose, self._loose_cells = [], 0

    def take(self, before: int) -> tuple[Ints, Ints]:
        """Removes and returns what has a code below `before`."""
        least = self.least()
        if least is None or least >= before:
            return _NOTHING, _NOTHING
        self.sort()
        end = int(np.searchsorted(self._codes, before))
        taken = self._codes[:end], self._values[:end]
        rest = self._codes[end:], self._values[end:]
        if end > rest[0].size:  # let go of the memory of what has gone
            rest = rest[0].copy(), rest[1].copy()
        self._codes, self._values = rest
        return taken

    def everything(self) -> tuple[Ints, Ints]:
        self.sort()
        return self._codes, self._values

    def between(self, first: int, before: int) -> tuple[Ints, Ints]:
        """(keys, values) of what lies in these slots: not removed, and not summed, for sorting costs more."""
        low, high = first << _KEY_BITS, before << _KEY_BITS
        start, end = np.searchsorted(self._codes, (low, high))
        found = [(self._codes[start:end], self._values[start:end])]
        for codes, values in self._loose:
            there = (codes >= low) & (codes < high)
            found.append((codes[there], values[there]))
        codes, values = (np.concatenate(columns) for columns in zip(*found, strict=True))
        return codes & ((1 << _KEY_BITS) - 1), values


class Ahead:
    """Waiting cells (slot, key, value), taken in slot order.

    Used for cells ahead of the watermark, for the late plane until its quarter closes, and for open deadlines until
    they expire. Keys are non-negative and below 2**33. What was added after the last snapshot is kept in a journal, so
    that an incremental snapshot need not write everything again.

    Args:
        merged: what becomes of cells that meet.

    Attributes:
        limit: cells held at most; what comes beyond is dropped and counted in `dropped`. The last resort against a
            source that runs away: exactness ends there.

    """

    def __init__(self, limit: int = 8_000_000, merged: Merged = summed) -> None:
        self._merged = merged
        self.limit = limit
        self.dropped = 0
        self.taken_before = 0
        self._near = Run(merged)
        self._far = Run(merged)
        self._horizon = 0
        self._journal: Run | None = None

    def __len__(self) -> int:
        """Number of cells, those not yet summed counted one by one."""
        return len(self._near) + len(self._far)

    def add(self, slot: Ints, key: Ints, value: Ints) -> None:
        if not slot.size:
            return
        if len(self) + slot.size > self.limit:
            self._near.sort()
            self._far.sort()
            room = max(0, self.limit - len(self))
            self.dropped += max(0, slot.size - room)
            slot, key, value = slot[:room], key[:room], value[:room]
            if not room:
                return
        codes = codes_of(slot, key)
        if self._journal is not None:
            self._journal.add(codes, value)
        self._sort_in(codes, value)

    def first_slot(self) -> int | None:
        """The earliest slot that waits."""
        found = [code for code in (self._near.least(), self._far.least()) if code is not None]
        return min(found) >> _KEY_BITS if found else None

    def take(self, before: int) -> Due:
        """Removes and returns all cells in slots below `before`."""
        self.taken_before = max(self.taken_before, before)
        if before > self._horizon:
            self._horizon = before + _NEAR_SLOTS
            codes, values = self._far.take(self._horizon << _KEY_BITS)
            if codes.size:
                self._near.add(codes, values)
        codes, values = self._near.take(before << _KEY_BITS)
        if codes.size:
            there = values != 0
            codes, values = codes[there], values[there]
        return Due(codes >> _KEY_BITS, codes & ((1 << _KEY_BITS) - 1), values)

    def between(self, first: int, before: int) -> tuple[Ints, Ints]:
        """(keys, values) of the cells in slots from `first` up to `before`: they stay, and may meet."""
        near, far = self._near.between(first, before), self._far.between(first, before)
        return np.concatenate([near[0], far[0]]), np.concatenate([near[1], far[1]])

    def everything(self) -> tuple[Ints, Ints]:
        """(codes, values) of all cells, for a full snapshot; the journal starts again."""
        self._journal = Run(self._merged)
        near, far = self._near.everything(), self._far.everything()
        return np.concatenate([near[0], far[0]]), np.concatenate([near[1], far[1]])

    def journal_size(self) -> int:
        """How many cells came since the last snapshot."""
        return len(self._journal) if self._journal is not None else 0

    def drain_journal(self) -> tuple[Ints, Ints]:
        """(codes, values) added since the last snapshot; the journal starts again."""
        journal, self._journal = self._journal or Run(self._merged), Run(self._merged)
        return journal.everything()

    def load(self, codes: Ints, values: Ints, taken_before: int) -> None:
        """Adds what a snapshot held and had not yet been taken out."""
        self.taken_before = taken_before
        waiting = codes >= taken_before << _KEY_BITS
        if waiting.any():
            self._sort_in(codes[waiting], values[waiting])

    def _sort_in(self, codes: Ints, values: Ints) -> None:
        horizon = self._horizon << _KEY_BITS
        if codes.max() < horizon:
            self._near.add(codes, values)
        elif codes.min() >= horizon:
            self._far.add(codes, values)
        else:
            near = codes < horizon
            self._near.add(codes[near], values[near])
            self._far.add(codes[~near], values[~near])
