"""The parts of one metric in a snapshot, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from streams.merge.lean_snapshot import LeanSnapshot
from streams.merge.snapshot import Part, pack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.merge.ahead import Ahead
    from streams.merge.day_sums import DaySums
    from streams.merge.metric_state import MetricState
    from streams.merge.rings import Ring
    from streams.merge.snapshot import SnapshotReader
    from streams.merge.windows import Windows

_SCOPES_IN_PART = 4_096


class MetricSnapshot:
    """Names and makes the parts of one metric; knows what the last snapshot held of it.

    Args:
        prefix: of the names, unique to the metric.
        state: the metric.

    """

    def __init__(self, prefix: str, state: MetricState) -> None:
        self._prefix = prefix
        self._state = state
        self._scopes_written = 0
        self._journals: dict[str, int] = {}
        self._lean = LeanSnapshot(prefix, state.lean, state.evaluator)

    def parts(self, full: bool) -> Iterator[Part]:
        state = self._state
        yield Part(f"{self._prefix}state", True, self._pack_state)
        yield from self._scope_parts(full)
        for step, ring in state.windows.rings.items():
            yield from self._ring_parts(f"{self._prefix}ring{step}/", ring)
        if state.told is not None:
            yield Part(f"{self._prefix}told", True, lambda told=state.told: pack(None, **told.arrays()))  # type: ignore[misc] # as below
            yield from self._day_parts(f"{self._prefix}days/", state.told.sums)
        yield from self._lean.parts(full)
        for name, store in self._stores():
            yield from self._store_parts(f"{self._prefix}{name}", store, full)
        if state.open_cases is not None:
            yield Part(f"{self._prefix}open_cases", True, lambda cases=state.open_cases: pack(**cases.arrays()))  # type: ignore[misc] # as below
        yield Part(f"{self._prefix}evaluator", True, state.evaluator.to_bytes)

    def restore(self, reader: SnapshotReader) -> None:
        """Fills a fresh state. Raises SnapshotError for parts missing or damaged."""
        state = self._state
        plain, arrays = reader.part(f"{self._prefix}state")
        scopes = []
        for name in reader.names(f"{self._prefix}scopes/"):
            scopes += [(number, tuple(values)) for number, values in reader.part(name)[0]["scopes"]]
        state.table.load(scopes, arrays["order"].tolist())
        state.started = plain["started"]
        state.skipped.restore(plain["skipped"])
        state.quarters.following = plain["following"]
        state.totals.load(arrays["totals"])
        windows = state.windows
        windows.frontier = plain["frontier"]
        windows.coarse = plain["coarse"]
        windows.reserve(state.shown.series_count)
        windows.last_seen[: state.shown.series_count] = arrays["last_seen"]
        for step in windows.rings:
            self._restore_ring(reader, step, plain["rows"].get(str(step), 0))
        windows.recount()
        if state.cohort is not None:
            state.cohort.reserve(windows.capacity)
            state.cohort.overdue[: state.shown.series_count] = arrays["overdue"]
            state.cohort.expired = plain["expired"]
            state.cohort.began, state.cohort.mid_flow = plain.get("began", (0, False))  # not in older ones
        if state.provisional is not None and "later" in arrays:  # not in snapshots of older versions
            state.provisional.restore(arrays["later"])
        if state.told is not None and reader.has(f"{self._prefix}told"):  # not in older ones, nor before it was told
            state.told.restore(reader.part(f"{self._prefix}told")[1])
            for name in reader.names(f"{self._prefix}days/"):
                state.told.sums.restore(int(name.rsplit("/", 1)[1]), reader.part(name)[1])
        if state.open_cases is not None:
            state.open_cases.restore(reader.part(f"{self._prefix}open_cases")[1])
        for name, store in self._stores():
            for part in reader.names(f"{self._prefix}{name}/"):
                cells = reader.part(part)[1]
                store.load(cells["codes"], cells["values"], plain["taken"][name])
            store.dropped = plain["dropped"][name]
        self._lean.restore(reader)
        state.evaluator.from_bytes(reader.raw(f"{self._prefix}evaluator"))

    def _stores(self) -> list[tuple[str, Ahead]]:
        state = self._state
        stores = [("ahead", state.ahead), ("late", state.quarters.late)]
        if state.cohort is not None:
            stores.append(("expiry", state.cohort.expiry))
        if state.open_cases is not None:
            stores.append(("further", state.open_cases.further))
        return stores + self._lean.stores()

    def _pack_state(self) -> bytes:
        state = self._state
        count = state.shown.series_count
        arrays: dict[str, Any] = {
            "order": np.array(state.table.order, np.int32),
            "last_seen": state.windows.last_seen[:count],
            "totals": state.totals.of(len(state.table.log_scopes)),
        }
        plain: dict[str, Any] = {
            "started": state.started,
            "skipped": msgspec.structs.asdict(state.skipped),
            "following": state.quarters.following,
            "frontier": state.windows.frontier,
            "coarse": state.windows.coarse,
            "rows": {str(step): ring.rows for step, ring in state.windows.rings.items()},
            "taken": {name: store.taken_before for name, store in self._stores()},
            "dropped": {name: store.dropped for name, store in self._stores()},
        }
        if state.cohort is not None:
            arrays["overdue"] = state.cohort.overdue[:count]
            plain["expired"] = state.cohort.expired
            plain["began"] = state.cohort.began, state.cohort.mid_flow
        if state.provisional is not None:
            arrays["later"] = state.provisional.rows()
        return pack(plain, **arrays)

    def _scope_parts(self, full: bool) -> Iterator[Part]:
        scopes = self._state.table.log_scopes
        written = 0 if full else self._scopes_written
        for first in range(0, len(scopes), _SCOPES_IN_PART):
            block = scopes[first : first + _SCOPES_IN_PART]
            changed = first + len(block) > written
            yield Part(f"{self._prefix}scopes/{first}", changed, lambda block=block: pack({"scopes": block}))  # type: ignore[misc] # mypy infers no lambda with a default
        self._scopes_written = len(scopes)

    def _ring_parts(self, prefix: str, ring: Ring) -> Iterator[Part]:
        count = self._state.shown.series_count
        for row in np.flatnonzero(ring.filled).tolist():
            changed = bool(ring.changed[row])
            ring.changed[row] = False
            yield Part(f"{prefix}{row}", changed, lambda row=row: pack(sums=ring.cells[row, :, :count]))  # type: ignore[misc] # as above

    def _day_parts(self, prefix: str, days: DaySums) -> Iterator[Part]:
        changed = frozenset(days.changed)
        for day in days.numbers():
            yield Part(f"{prefix}{day}", day in changed, lambda day=day: pack(None, **days.packed(day)))  # type: ignore[misc] # as above

    def _store_parts(self, name: str, store: Ahead, full: bool) -> Iterator[Part]:
        def base() -> bytes:
            codes, values = store.everything()
            return pack(codes=codes, values=values)

        def journal() -> bytes:
            codes, values = store.drain_journal()
            return pack(codes=codes, values=values)

        if full:
            self._journals[name] = 0
        yield Part(f"{name}/0", False, base)
        if not full and store.journal_size():
            self._journals[name] += 1
        for number in range(1, self._journals[name] + 1):
            yield Part(f"{name}/{number}", False, journal)  # only a new one is unknown to the writer, and so written

    def _restore_ring(self, reader: SnapshotReader, step: int, rows: int) -> None:
        windows: Windows = self._state.windows
        ring = windows.rings[step]
        last = (windows.frontier - 1) // step
        for name in reader.names(f"{self._prefix}ring{step}/"):
            row = int(name.rsplit("/", 1)[1])
            bucket = last - (last - row) % rows
            if bucket > last - ring.rows:
                sums = reader.part(name)[1]["sums"]
                if sums.dtype != ring.cells.dtype and ring.cells.dtype == np.int32:
                    ring.widen()
                ring.cells[bucket % ring.rows, :, : sums.shape[1]] = sums
                ring.filled[bucket % ring.rows] = True
