"""How events reach Pharos: late, out of order, some twice. Lines in the order of ingest, made as they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from streams.offline.events_file import Line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from benchmarks.zoo.batch import Batch
    from benchmarks.zoo.dimension import Dimension

_SLICE_MS: Final = 6 * 3_600_000  # so much is text at a time


class Transport(NamedTuple):
    """Delays between what happened and when it is read.

    Attributes:
        usual_s: median; a lognormal with standard deviation 0.6 of the log.
        stragglers, straggler_s: share of events that come later, and how much on average; at most 20 minutes.
        copies: share of events that come twice.

    """

    usual_s: float
    stragglers: float
    straggler_s: float
    copies: float


class Stream:
    """All events of a shop that are read before its end. Iterating makes the same lines again."""

    def __init__(
        self,
        batches: Sequence[Batch],
        dimensions: Mapping[str, Dimension],
        transport: Transport,
        rng: np.random.Generator,
        end_ms: int,
    ) -> None:
        self.batches = batches
        self._dimensions = dimensions
        arrivals = [_arrivals(batch, transport, rng) for batch in batches]
        # What is read after the end would look like the last drops of a source that fell silent.
        self._arrivals = [(at[at < end_ms], rows[at < end_ms]) for at, rows in arrivals]

    def __len__(self) -> int:
        return sum(rows.size for _, rows in self._arrivals)

    def __iter__(self) -> Iterator[Line]:
        filled = [at for at, _ in self._arrivals if at.size]
        if not filled:
            return
        first, last = min(at[0] for at in filled), max(at[-1] for at in filled)
        for begin in range(int(first), int(last) + 1, _SLICE_MS):
            yield from self._slice(begin, begin + _SLICE_MS)

    def _slice(self, begin: int, end: int) -> Iterator[Line]:
        times: list[NDArray[np.int64]] = []
        lines: list[Line] = []
        for serial, (batch, (at, rows)) in enumerate(zip(self.batches, self._arrivals, strict=True)):
            low, high = np.searchsorted(at, (begin, end))
            if low == high:
                continue
            texts, subjects = batch.texts(rows[low:high], self._dimensions, serial)
            times.append(at[low:high])
            topic = batch.topic
            lines += [
                Line(topic, text, time, subject, subject)
                for text, time, subject in zip(texts, at[low:high].tolist(), subjects, strict=True)
            ]
        if times:
            for place in np.argsort(np.concatenate(times), kind="stable").tolist():
                yield lines[place]


def _arrivals(
    batch: Batch, transport: Transport, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """When each record is read, sorted, and which row it is."""
    size = batch.time_ms.size
    delay_s = rng.lognormal(np.log(transport.usual_s), 0.6, size)
    late = rng.random(size) < transport.stragglers
    delay_s[late] += np.minimum(rng.exponential(transport.straggler_s, int(late.sum())), 1200)
    at = batch.time_ms + (delay_s * 1000).astype(np.int64)
    again = np.flatnonzero(rng.random(size) < transport.copies)
    at = np.concatenate([at, at[again] + rng.integers(500, 60_000, again.size)])
    rows = np.concatenate([np.arange(size), again])
    order = np.argsort(at, kind="stable")
    return at[order], rows[order]
