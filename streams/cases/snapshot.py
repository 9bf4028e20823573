"""The parts of a partition of cases in a snapshot, and back: each hour of a memory is one, written while it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.cases.block import Block
from streams.cases.marks import Marks
from streams.cases.run import COLUMNS, Run
from streams.merge.snapshot import Manifest, Part, SnapshotError, SnapshotReader, SnapshotWriter, pack, read_manifest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from streams.cases.marks import WaitingMarks
    from streams.cases.partition import CasesPartition
    from streams.cases.role_state import RoleState
    from streams.cases.store import Store

_SCOPES_IN_PART = 4_096


class CasesSnapshot:
    """Writes snapshots of a partition, and restores a fresh one.

    Args:
        partition: whose state it is.
        catalogue: its hash.
        cells_partitions: as many partitions of cases there are.

    """

    def __init__(self, partition: CasesPartition, catalogue: str, cells_partitions: int) -> None:
        self._of = partition
        self._catalogue = catalogue
        self._cells_partitions = cells_partitions
        self._writer = SnapshotWriter()
        self._scopes_written: dict[str, int] = {}

    def write(self, offset: int, full: bool = False) -> Iterator[tuple[str, bytes]]:
        """Yields (chunk name, bytes), at last ("manifest", bytes); see `MergePartition.snapshot`."""
        full = self._writer.wants_full(full)
        self._of.settle()

        def manifest(version: int, snapshot: int, parts: dict[str, object]) -> Manifest:
            return Manifest(
                version=version,
                snapshot=snapshot,
                offset=offset,
                catalogue=self._catalogue,
                partition=self._of.partition,
                cells_partitions=self._cells_partitions,
                sources=self._of.watermarks.sources,
                parts=parts,  # type: ignore[arg-type] # the writer gives Entry objects
            )

        return self._writer.write(self._parts(full), full, manifest)

    def restore(self, manifest: bytes, chunks: Mapping[str, bytes]) -> int:
        """Takes over a snapshot; returns the offset to go on from.

        Roles and memories are matched by their definition; those that the catalogue no longer has are left behind, new
        ones start empty. Raises SnapshotError where it cannot be read: then throw the partition away.
        """
        found = read_manifest(manifest)
        if (found.partition, found.cells_partitions) != (self._of.partition, self._cells_partitions):
            raise SnapshotError(
                f"the snapshot is of cases partition {found.partition} of {found.cells_partitions}, this is "
                f"{self._of.partition} of {self._cells_partitions}: set cells_partitions back, or start with an empty "
                "state"
            )
        reader = SnapshotReader(found, chunks)
        try:
            self._load(reader)
        except (KeyError, TypeError, IndexError, ValueError) as error:
            if isinstance(error, SnapshotError):
                raise
            raise SnapshotError(f"the snapshot cannot be read ({error!r}): use an older one, or none") from error
        self._writer.resume(found)
        return found.offset

    def _load(self, reader: SnapshotReader) -> None:
        plain, _ = reader.part("partition")
        self._of.load(plain)
        for key, state in self._of.roles.items():
            if not reader.has(f"role/{key}/waiting"):
                continue
            for name in reader.names(f"role/{key}/scopes/"):
                state.names.numbers(reader.part(name)[0]["scopes"])
            for name, waiting in _waiting_of(state):
                of, arrays = reader.part(f"role/{key}/{name}")
                waiting.add(Marks(arrays["case"], arrays["time"], arrays["scope"], arrays["value"]))
                waiting.dropped = of["dropped"]
        for store in self._of.stores:
            for name in reader.names(f"store/{store.name}/hour/"):
                of, arrays = reader.part(name)
                block = Block(of["hours"])
                block.runs = [Run(*(arrays.get(column) for column in COLUMNS))]  # type: ignore[arg-type] # as packed
                store.memory.put(int(name.rsplit("/", 1)[1]), block)
            if reader.has(f"store/{store.name}/forgotten"):
                store.memory.forgotten = reader.part(f"store/{store.name}/forgotten")[0]["forgotten"]

    def _parts(self, full: bool) -> Iterator[Part]:
        yield Part("partition", True, lambda: pack(self._of.to_plain()))
        for key, state in self._of.roles.items():
            yield from self._scope_parts(key, state, full)
            for name, waiting in _waiting_of(state):
                yield Part(f"role/{key}/{name}", True, lambda waiting=waiting: _pack_waiting(waiting))  # type: ignore[misc] # mypy infers no lambda with a default
        for store in self._of.stores:
            yield from _store_parts(store)

    def _scope_parts(self, key: str, state: RoleState, full: bool) -> Iterator[Part]:
        names = state.names.names
        written = 0 if full else self._scopes_written.get(key, 0)
        for first in range(0, len(names), _SCOPES_IN_PART):
            block = names[first : first + _SCOPES_IN_PART]
            changed = first + len(block) > written
            yield Part(f"role/{key}/scopes/{first}", changed, lambda block=block: pack({"scopes": block}))  # type: ignore[misc] # as above
        self._scopes_written[key] = len(names)


def _waiting_of(state: RoleState) -> list[tuple[str, WaitingMarks]]:
    return [("waiting", state.waiting), ("late", state.late)]


def _store_parts(store: Store) -> Iterator[Part]:
    memory = store.memory
    yield Part(f"store/{store.name}/forgotten", True, lambda: pack({"forgotten": memory.forgotten}))
    for first, block in memory.blocks.items():
        changed, block.changed = block.changed, False
        yield Part(f"store/{store.name}/hour/{first}", changed, lambda block=block: _pack_block(block))  # type: ignore[misc] # as above


def _pack_waiting(waiting: WaitingMarks) -> bytes:
    return pack({"dropped": waiting.dropped}, **waiting.everything()._asdict())


def _pack_block(block: Block) -> bytes:
    run = block.whole()
    arrays = {name: getattr(run, name) for name in COLUMNS}
    return pack({"hours": block.hours}, **{name: column for name, column in arrays.items() if column is not None})
