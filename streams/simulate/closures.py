"""How the shop deals with what people say: the bad is dealt with and closed, mentions are answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streams.simulate.block import Block, Moment
from streams.simulate.feedback import SENTIMENTS, Voices
from streams.simulate.rhythm import DAY_MS, HOUR_MS, MINUTE_MS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streams.simulate.complaints import Complaints

CLOSED = 0.9
SLOW, SLOW_MS = 0.05, (2 * DAY_MS, 4 * DAY_MS)
USUAL_MS = 7 * HOUR_MS  # from a bad word until it is dealt with, half of the mean
ANSWERED = (0.3, 0.2, 0.8)  # of positive, neutral and negative mentions
ANSWER_MS = 20 * MINUTE_MS  # median


def closed(rng: np.random.Generator, voices: Voices) -> Block:
    """`feedback.closed` of what is negative."""
    count = len(voices.time)
    bad = (voices.sentiment == SENTIMENTS.index("negative")) & (rng.random(count) < CLOSED)
    takes = rng.gamma(2, USUAL_MS, count)
    takes = np.where(rng.random(count) < SLOW, rng.uniform(*SLOW_MS, count), takes)
    return _block("feedback.closed", "z", voices, voices.time + takes.astype(np.int64), np.flatnonzero(bad))


def of_complaints(made: Complaints, closed_ms: NDArray[np.int64]) -> Block:
    """`feedback.closed` of complaints, at the times at which their cases are closed: the first of `closed_ms`."""
    count = len(made.time)
    bad = np.full(count, SENTIMENTS.index("negative"))
    voices = Voices("FC-", made.time, made.order, bad, made.columns())
    return _block("feedback.closed", "z", voices, closed_ms[:count], np.arange(count))


def answered(rng: np.random.Generator, mentions: Voices) -> Block:
    """`mention.answered`, minutes after it is seen."""
    count = len(mentions.time)
    rows = np.flatnonzero(rng.random(count) < np.asarray(ANSWERED)[mentions.sentiment])
    takes = (ANSWER_MS * rng.lognormal(0, 1, count)).clip(20_000, DAY_MS).astype(np.int64)
    return _block("mention.answered", "a", mentions, mentions.time + takes, rows)


def _block(kind: str, letter: str, voices: Voices, time: NDArray[np.int64], rows: NDArray[np.intp]) -> Block:
    subject = (voices.prefix, np.arange(len(voices.time)))
    columns = (*voices.columns, Moment("posted_at", voices.time))
    return Block("feedback", kind, "/voice", time, subject, columns, f"{letter}{voices.prefix.lower()}", rows)
