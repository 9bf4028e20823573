"""One partition of pharos-cases: marks of events in, cells of what one event says of another out. No I/O, no clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from streams.cases.case_cells import Cells, LinkCells
from streams.cases.look_up import Batch, Here, LookUp
from streams.cases.marks import Marks
from streams.cases.role_state import CLOSING_MS, QUARTER_MS, RoleState
from streams.cases.store import stores_of
from streams.cases.unknown import UnknownCases
from streams.catalogue.case_roles import forecasts_of, roles_of
from streams.cells.record import NO_WATERMARK, SLOT_MS, CellsRecord
from streams.merge.watermark import Watermarks
from streams.merge.windows import QUARTER_SLOTS
from streams.topics.names import CASES_TOPIC
from streams.topics.placement import cells_partition

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from streams.catalogue.case_roles import CaseLink
    from streams.catalogue.load import Catalogue
    from streams.catalogue.metric import Metric
    from streams.cells.case_record import CasesRecord

_NONE = Marks.none()
_NOTHING_HERE = Here(_NONE)


class CasesPartition:
    """Keeps marks until every source has passed their slot, and then decides which of them count.

    The marks of a slot are decided together, whatever the order in which they came: earlier events are found by their
    own times. Late ones are decided when their quarter of an hour closes. So the same records give the same cells,
    however the log is cut and wherever a snapshot was taken and restored.

    Args:
        catalogue: whose metrics have terms of cases.
        partition: number of the partition.
        sources: partitions of each source topic that makes marks.
        limit: marks that are remembered, by each memory.

    Attributes:
        frontier_ms: slots below it are decided; NO_WATERMARK before every source has reported.
        unknown_role: marks of roles that this catalogue does not have.
        missed: late marks whose quarter was closed.
        crowded: marks beyond the most that a case may have in a slot.
        unknown: events whose case is not known.

    """

    def __init__(
        self, catalogue: Catalogue, partition: int, sources: Mapping[str, int], *, limit: int = 40_000_000
    ) -> None:
        self.partition = partition
        self.frontier_ms = NO_WATERMARK
        self.unknown_role = 0
        self.missed = 0
        self.crowded = 0
        self.watermarks = Watermarks(sources)
        self._sources = dict(sources)
        self._catalogue = catalogue
        metrics = catalogue.metrics
        self.links = catalogue.links
        self.roles = {role.key(): RoleState(role) for role in roles_of(self.links)}
        self.stores, self._uses = stores_of(self.links, limit)
        self._store_keys = [store.role.key() for store in self.stores]
        self._link_keys = [(link.later.key(), (link.earlier or link.later).key()) for link in self.links]
        self.unknown = UnknownCases(self.links)
        self._look_ups = [LookUp(link) for link in self.links]
        counted = [
            [number for number in (link.metric, *forecasts_of(metrics, link.metric)) if _has(metrics[number], link)]
            for link in self.links
        ]
        self._cells = {number: Cells() for numbers in counted for number in numbers}
        self._link_cells = [
            [LinkCells(link, metrics[number], self._cells[number]) for number in numbers]
            for link, numbers in zip(self.links, counted, strict=True)
        ]

    def apply(self, record: CasesRecord) -> None:
        """Adds one record, and decides what can be. Records come in log order."""
        for _ in self.pieces(record):
            pass

    def pieces(self, record: CasesRecord) -> Iterator[None]:
        """`apply` in pieces, for who has something else to do: what waited for a slow source is decided in seconds.

        Take it to its end, and apply or save nothing before.
        """
        self.watermarks.admit(record.topic, record.partition)
        for marks in record.marks:
            state = self.roles.get(marks.role)
            if state is None:
                self.unknown_role += len(marks.case)
            elif state.bring(marks):
                self.missed += state.settle(self.frontier_ms)
        self.watermarks.promise(record.topic, record.partition, record.watermark)
        yield from self._advance()

    def wait_for_own_sources(self) -> bool:
        """From here on it waits for the sources that it was made with, not for those of the snapshot it came from.

        Before, records that were applied once are decided as they were then. Returns whether that makes a difference.
        """
        before = self.watermarks
        if before.sources == self._sources:
            return False
        self.watermarks = Watermarks(self._sources)
        self.watermarks.load(before.to_rows(), before.least)
        return True

    def take_cells(self, cells_partitions: int, next_offset: int) -> dict[int, CellsRecord]:
        """All cells since the last time, a record for each partition of pharos-cells."""
        header = (CASES_TOPIC, self.partition, next_offset, self.frontier_ms, self._catalogue.hash)
        records = {number: CellsRecord(*header, [], []) for number in range(cells_partitions)}
        for metric, cells in self._cells.items():
            key = self._catalogue.metrics[metric].key()
            taken = cells.take(key)
            if taken.value:
                records[cells_partition(key, cells_partitions)].metrics.append(taken)
        return records

    def to_plain(self) -> dict[str, Any]:
        """What a snapshot holds of it beside marks and memories."""
        metrics = self._catalogue.metrics
        return {
            "sources": self.watermarks.sources,
            "watermarks": self.watermarks.to_rows(),
            "watermark": self.watermarks.least,
            "frontier": self.frontier_ms,
            "unknown_role": self.unknown_role,
            "missed": self.missed,
            "crowded": self.crowded,
            "unknown": {metrics[number].key(): count for number, count in self.unknown.counts.items()},
        }

    def load(self, plain: Mapping[str, Any]) -> None:
        """Takes over `to_plain`, its sources too: see `wait_for_own_sources`."""
        self.watermarks = Watermarks(plain["sources"])
        self.watermarks.load([(topic, number, at) for topic, number, at in plain["watermarks"]], plain["watermark"])
        self.frontier_ms = plain["frontier"]
        self.unknown_role, self.missed, self.crowded = plain["unknown_role"], plain["missed"], plain["crowded"]
        unknown = plain.get("unknown", {})  # not in snapshots of older versions
        self.unknown.restore({n: unknown.get(metric.key(), 0) for n, metric in enumerate(self._catalogue.metrics)})

    def settle(self) -> None:
        """Sorts in what records brought: before anything is decided, saved or shown."""
        for state in self.roles.values():
            self.missed += state.settle(self.frontier_ms)

    def _advance(self) -> Iterator[None]:
        """Decides slots, and quarters of late ones, in the order in which they are final.

        Slots of one quarter are decided together, as many as are final: each event finds what was before it all the
        same. Quarters of late events close at the ends of quarters.
        """
        least = self.watermarks.least
        if least == NO_WATERMARK or least // SLOT_MS * SLOT_MS <= self.frontier_ms:
            return
        self.settle()
        frontier = least // SLOT_MS * SLOT_MS
        states = self.roles.values()
        slots = {number for state in states for number in state.waiting.numbers() if (number + 1) * SLOT_MS <= frontier}
        late = {number for state in states for number in state.late.numbers()}
        due = {((number // QUARTER_SLOTS + 1) * QUARTER_MS, 0) for number in slots}
        due |= {closing for number in late if (closing := ((number + 1) * QUARTER_MS + CLOSING_MS, 1))[0] <= frontier}
        for end_ms, is_late in sorted(due):
            if is_late:
                number = (end_ms - CLOSING_MS) // QUARTER_MS - 1
                self._decide({key: state.late.take([number]) for key, state in self.roles.items()}, late=True)
            else:
                of_quarter = [number for number in slots if (number // QUARTER_SLOTS + 1) * QUARTER_MS == end_ms]
                self._decide({key: state.waiting.take(of_quarter) for key, state in self.roles.items()}, late=False)
            for store in self.stores:
                yield from store.go_on(min(end_ms, frontier), QUARTER_MS + CLOSING_MS)
            yield
        self.frontier_ms = frontier

    def _decide(self, marks: Mapping[str, Marks], *, late: bool) -> None:
        nothing = Batch(_NONE, late)
        batches = {
            key: Batch(self.roles[key].sorted(of), late) if of.case.size else nothing for key, of in marks.items()
        }
        self.crowded += sum(of.case.size - batches[key].marks.case.size for key, of in marks.items())
        here = [
            _NOTHING_HERE if batches[key] is nothing else Here(store.fresh(batches[key]))
            for store, key in zip(self.stores, self._store_keys, strict=True)
        ]
        found = []
        for place, (use, (later_key, earlier_key)) in enumerate(zip(self._uses, self._link_keys, strict=True)):
            batch = batches[later_key] if use.fresh is None else Batch(here[use.fresh].marks, late)
            if not batch.marks.case.size:
                continue
            answer = self._look_ups[place].answer(
                batch,
                _NOTHING_HERE if use.earlier is None else here[use.earlier],
                None if use.earlier is None else self.stores[use.earlier].memory,
                None if use.own is None else self.stores[use.own].memory,
            )
            found.append((place, answer.found))
            names = (self.roles[later_key].names, self.roles[earlier_key].names)
            for each in self._link_cells[place]:
                each.add(batch.marks, answer, names, late=late)
        self.unknown.add(found)
        for store, of in zip(self.stores, here, strict=True):
            store.remember(of)


def _has(metric: Metric, link: CaseLink) -> bool:
    """Whether a metric has the component that a link counts for: a forecast has not all of its cohort's."""
    return link.component in metric.components()
