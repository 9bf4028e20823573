"""Where records go: Kafka's own partitioner, shared by replay, backtest and the road to pharos-cells."""

from __future__ import annotations

_MASK = 0xFFFFFFFF
_SEED = 0x9747B28C
_M = 0x5BD1E995


def murmur2(data: bytes) -> int:
    """MurmurHash2 as in Kafka's `org.apache.kafka.common.utils.Utils.murmur2`, as an unsigned 32-bit integer.

    >>> murmur2(b"21") == -973932308 & 0xFFFFFFFF
    True
    """
    length = len(data)
    h = _SEED ^ length
    whole = length & ~3
    for i in range(0, whole, 4):
        k = int.from_bytes(data[i : i + 4], "little") * _M & _MASK
        k ^= k >> 24
        h = (h * _M & _MASK) ^ (k * _M & _MASK)
    if length & 3:
        h = (h ^ int.from_bytes(data[whole:], "little")) * _M & _MASK
    h ^= h >> 13
    h = h * _M & _MASK
    return h ^ h >> 15


def partition_of_key(key: bytes, partitions: int) -> int:
    """toPositive(murmur2(key)) mod partitions, as Kafka's DefaultPartitioner does.

    >>> partition_of_key(b"foobar", 1000) == (-790332482 & 0x7FFFFFFF) % 1000
    True
    """
    return (murmur2(key) & 0x7FFFFFFF) % partitions


def partition_of(key: bytes | None, subject: str, event_id: str, partitions: int) -> int:
    """The partition of a source record: by its key, else its subject, else its id. An empty one counts as none.

    >>> partition_of(None, "TB123", "9f2c", 4) == partition_of(b"TB123", "", "", 4)
    True
    """
    name = key or subject.encode("utf-8", "surrogatepass") or event_id.encode("utf-8", "surrogatepass")
    return partition_of_key(name, partitions)


def cells_partition(metric_key: str, partitions: int) -> int:
    """The partition of pharos-cells that holds every scope of a metric."""
    return partition_of_key(metric_key.encode(), partitions)
