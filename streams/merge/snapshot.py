"""A snapshot: parts of the state in chunks, then a manifest that names them. What did not change is not repeated."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any, NamedTuple

import cramjam
import msgspec
import numpy as np

from streams.records.decoding import decoder_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from numpy.typing import NDArray

MANIFEST = "manifest"
_VERSION = 1
_CHUNK_BYTES = 512 * 1024


class SnapshotError(ValueError):
    """A snapshot that cannot be used; the message says why, and what to do."""


class Part(NamedTuple):
    """A named part of the state; `make` gives its bytes and is called only where they are to be written."""

    name: str
    changed: bool
    make: Callable[[], bytes]


class SnapshotPart(msgspec.Struct, array_like=True, frozen=True):
    """Where a part lies: its chunks in order, and the CRC-32 of them put together."""

    chunks: tuple[str, ...]
    checksum: int


class Manifest(msgspec.Struct, array_like=True, frozen=True):
    """What a snapshot consists of.

    Attributes:
        snapshot: number of the snapshot, rising.
        offset: the offset of pharos-cells to go on from.
        catalogue: hash of the catalogue that counted.
        partition, cells_partitions: of pharos-cells.
        sources: partitions of each source topic.
        parts: by name; chunks not named here belong to older snapshots and may be deleted.

    """

    version: int
    snapshot: int
    offset: int
    catalogue: str
    partition: int
    cells_partitions: int
    sources: dict[str, int]
    parts: dict[str, SnapshotPart]

    def chunks(self) -> set[str]:
        """Names of all chunks needed to restore."""
        return {chunk for entry in self.parts.values() for chunk in entry.chunks}


class _Packed(msgspec.Struct, array_like=True, frozen=True):
    plain: dict[str, Any]
    arrays: dict[str, tuple[str, tuple[int, ...], bytes]]


_packed = msgspec.msgpack.Decoder(_Packed)
_unseal = decoder_of(tuple[int, bytes], msgspec.msgpack)
_read_sealed = decoder_of(Manifest, msgspec.msgpack)


def pack(plain: Mapping[str, Any] | None = None, **arrays: NDArray[Any]) -> bytes:
    """Numbers and arrays to compressed bytes."""
    body = _Packed(dict(plain or {}), {name: (a.dtype.str, a.shape, a.tobytes()) for name, a in arrays.items()})
    return bytes(cramjam.zstd.compress(msgspec.msgpack.encode(body), level=1))


def unpack(payload: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """What `pack` was given. Raises SnapshotError for anything else."""
    try:
        body = _packed.decode(bytes(cramjam.zstd.decompress(payload)))
        arrays = {
            name: np.frombuffer(raw, np.dtype(dtype)).reshape(shape).copy()
            for name, (dtype, shape, raw) in body.arrays.items()
        }
    except (cramjam.DecompressionError, msgspec.DecodeError, ValueError, TypeError) as error:
        raise SnapshotError(f"a part of the snapshot cannot be read ({error}): use an older one, or none") from error
    return body.plain, arrays


class SnapshotWriter:
    """Writes snapshots, and remembers which chunks still hold what has not changed since."""

    def __init__(self) -> None:
        self._number = 0
        self._entries: dict[str, SnapshotPart] = {}
        self._complete = False

    def wants_full(self, full: bool) -> bool:
        """Whether everything must be written: asked for, the first, or the last one was broken off."""
        return full or not self._complete

    def write(
        self, parts: Iterable[Part], full: bool, manifest: Callable[..., Manifest]
    ) -> Iterator[tuple[str, bytes]]:
        """Yields (chunk name, bytes), at last (MANIFEST, bytes). `full` is what `wants_full` said."""
        self._complete = False
        self._number += 1
        entries: dict[str, SnapshotPart] = {}
        for part in parts:
            kept = None if full else self._entries.get(part.name)
            if kept is not None and not part.changed:
                entries[part.name] = kept
                continue
            payload = part.make()
            checksum = zlib.crc32(payload)
            if kept is not None and kept.checksum == checksum:
                entries[part.name] = kept
                continue
            pieces = [payload[at : at + _CHUNK_BYTES] for at in range(0, len(payload), _CHUNK_BYTES)]
            names = tuple(f"{self._number}/{part.name}/{piece}" for piece in range(len(pieces)))
            entries[part.name] = SnapshotPart(names, checksum)
            yield from zip(names, pieces, strict=True)
        body = msgspec.msgpack.encode(manifest(version=_VERSION, snapshot=self._number, parts=entries))
        yield MANIFEST, msgspec.msgpack.encode((zlib.crc32(body), body))
        self._entries = entries  # only who came back for more has written the manifest
        self._complete = True

    def resume(self, manifest: Manifest) -> None:
        """Goes on numbering after a restored snapshot. The next one is full: it does not lean on what others wrote."""
        self._number = manifest.snapshot
        self._complete = False


class SnapshotReader:
    """The parts of one snapshot.

    Args:
        manifest: as `read_manifest` gave it.
        chunks: chunk name -> bytes; more than the manifest names may be there.

    """

    def __init__(self, manifest: Manifest, chunks: Mapping[str, bytes]) -> None:
        self._manifest = manifest
        self._chunks = chunks

    def names(self, prefix: str) -> list[str]:
        """Names of parts that begin so, in the order in which they were written."""
        return [name for name in self._manifest.parts if name.startswith(prefix)]

    def has(self, name: str) -> bool:
        return name in self._manifest.parts

    def raw(self, name: str) -> bytes:
        """The bytes of a part. Raises SnapshotError where one is missing or damaged."""
        entry = self._manifest.parts.get(name)
        if entry is None:
            raise SnapshotError(f"the snapshot has no part {name!r}: use an older one, or none")
        missing = [chunk for chunk in entry.chunks if chunk not in self._chunks]
        if missing:
            raise SnapshotError(f"chunk {missing[0]!r} of the snapshot is missing: use an older one, or none")
        payload = b"".join(self._chunks[chunk] for chunk in entry.chunks)
        if zlib.crc32(payload) != entry.checksum:
            raise SnapshotError(f"part {name!r} of the snapshot is damaged: use an older one, or none")
        return payload

    def part(self, name: str) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        return unpack(self.raw(name))


def read_manifest(payload: bytes) -> Manifest:
    """Raises SnapshotError for what is no manifest, a damaged one, or one of another version."""
    try:
        checksum, body = _unseal(payload)
        if zlib.crc32(body) != checksum:
            raise SnapshotError("the manifest of the snapshot is damaged: use an older one, or none")
        manifest = _read_sealed(body)
    except msgspec.DecodeError as error:
        raise SnapshotError(f"this is no manifest of a snapshot ({error}): use an older one, or none") from error
    if manifest.version != _VERSION:
        raise SnapshotError(
            f"the snapshot has version {manifest.version}, this release reads {_VERSION}: start with an empty one"
        )
    return manifest
