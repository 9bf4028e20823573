"""Named arrays to bytes and back: the state of every detector."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


def pack(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """A header with names, types and shapes, then the arrays' memory. The same arrays give the same bytes.

    >>> unpack(pack({"level": np.array([1.0, 2.0])}))["level"].tolist()
    [1.0, 2.0]
    """
    header = json.dumps([[name, array.dtype.str, array.shape] for name, array in arrays.items()]).encode()
    parts = [len(header).to_bytes(4, "little"), header]
    parts += [np.ascontiguousarray(array).tobytes() for array in arrays.values()]
    return b"".join(parts)


def unpack(payload: bytes) -> dict[str, NDArray[Any]]:
    """The arrays that `pack` wrote, writable. Raises ValueError for anything else."""
    start = 4 + int.from_bytes(payload[:4], "little")
    try:
        header = json.loads(payload[4:start])
    except ValueError as error:
        raise ValueError("not the state of a detector") from error
    arrays = {}
    for name, kind, shape in header:
        dtype = np.dtype(kind)
        count = int(np.prod(shape, dtype=np.int64))
        arrays[name] = np.frombuffer(payload, dtype, count, start).reshape(shape).copy()
        start += count * dtype.itemsize
    if start != len(payload):
        raise ValueError("the state of a detector has the wrong length")
    return arrays


def grown(array: NDArray[Any], size: int, fill: float = 0) -> NDArray[Any]:
    """The array with its last axis lengthened to `size`, new places set to `fill`.

    >>> grown(np.array([1, 2]), 3).tolist()
    [1, 2, 0]
    """
    missing = size - array.shape[-1]
    if missing <= 0:
        return array
    tail = np.full((*array.shape[:-1], missing), fill, dtype=array.dtype)
    return np.concatenate([array, tail], axis=-1)
