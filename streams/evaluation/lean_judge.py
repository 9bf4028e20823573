"""Judges the series of a lean scope: each once in a quarter of an hour, at the tick that its name gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detectors.alarm_budget import limit_of_window
from detectors.judgement import Judgement, insufficient
from detectors.state import grown, pack, unpack
from streams.cells.record import SLOT_MS
from streams.evaluation.lean_expectation import HOUR, LeanExpectation
from streams.evaluation.lean_reader import POSITIONS, QUARTER_S, WINDOWS
from streams.evaluation.lean_verdicts import LeanVerdicts
from streams.records.verdicts import CLEAR_SCORE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from detectors.alarm_budget import AlarmBudget
    from streams.catalogue.metric import Metric
    from streams.evaluation.lean_reader import LeanReader
    from streams.records.verdicts import Verdict

    Ints = NDArray[np.int64]

_GROUP: Final = 6  # ticks whose series share a part of a snapshot
_GROUPS: Final = POSITIONS // _GROUP


class LeanJudge:
    """Of one metric and one of its lean scopes.

    What is read are quarters of an hour that are over, so that the spread over the ticks of the next one changes when a
    series is judged, and nothing else. Only deviations in the bad direction are found.

    Args:
        metric: the catalogue entry.
        place: number of its scope set.
        budget: shares false warnings among the series.

    Attributes:
        scores: float32[capacity], of the last time that each series was judged.

    """

    def __init__(self, metric: Metric, place: int, budget: AlarmBudget) -> None:
        self.scores: NDArray[np.float32] = np.zeros(0, np.float32)
        self.expectation = LeanExpectation(metric)
        self._verdicts = LeanVerdicts(metric, place)
        self._budget = budget
        self._scopes = len(metric.lean)
        self._settle_slots = metric.settle_s * 1000 // SLOT_MS
        self._until = 0  # slot up to which positions have been judged
        self._limits: tuple[int, tuple[float, ...]] = (-1, ())
        self._touched: set[int] = set()  # groups judged since the last snapshot

    def tick(self, now_ms: int, reader: LeanReader, *, closed: bool = False) -> list[Verdict]:
        """What is due at a tick is judged, unless the service is `closed`; verdicts of all that is reported."""
        frontier = now_ms // SLOT_MS - self._settle_slots
        first, self._until = self._until or frontier - 1, frontier
        if reader.following and not closed:
            rows = reader.names.at(first, frontier)
            self._touched.update(
                place % POSITIONS // _GROUP for place in range(max(first, frontier - POSITIONS), frontier)
            )
            if len(rows):
                self._judge(now_ms, reader, rows)
        return self._verdicts.reported(now_ms)

    def _judge(self, now_ms: int, reader: LeanReader, rows: Ints) -> None:
        self.scores = grown(self.scores, max(len(reader.names), 16))
        rows = rows[self._active(reader, rows)]
        best: Judgement | None = None
        windows = np.full(len(rows), WINDOWS[0], np.int64)
        for number, limit in enumerate(self._limit(reader)):
            judged = self.expectation.judge(reader, number, rows, limit)
            judged.score[self._verdicts.good(judged.direction)] = 0.0
            if best is None:
                best = judged
                continue
            better = judged.beats(best)
            at = np.flatnonzero(better)
            best.put(at, judged.taken(at))
            windows[at] = WINDOWS[number]
        if best is None or not len(rows):
            return
        self.scores[rows] = np.where(insufficient(best.reason), 0.0, best.score)
        self._verdicts.note(now_ms, reader, self.expectation, rows, best, windows)
        calm = rows[best.score < CLEAR_SCORE]
        for number, quarters in enumerate(WINDOWS):
            if reader.following % min(quarters, WINDOWS[HOUR]) == 0:  # hours that overlap say the same again
                self.expectation.learn(reader, number, calm)

    @staticmethod
    def _active(reader: LeanReader, rows: Ints) -> NDArray[np.bool_]:
        """Where something was counted within a day, or on one of the usual days."""
        seen: NDArray[np.bool_] = reader.window(WINDOWS[-1])[-1, rows] > 0
        seen |= reader.window(WINDOWS[-1])[0, rows] > 0
        seen |= reader.month.sums(len(reader.names))[-1, rows] > 0
        return seen

    def _limit(self, reader: LeanReader) -> tuple[float, ...]:
        """The probability that has score 1, by window; found once for each quarter of an hour."""
        if self._limits[0] != reader.following:
            everyone = np.arange(len(reader.names))
            series = int(np.count_nonzero(self._active(reader, everyone)))
            allowed = np.array([self._budget.of_lean(series, self._scopes) / len(WINDOWS)])
            nats = [float(limit_of_window(allowed, quarters * QUARTER_S, QUARTER_S)[0]) for quarters in WINDOWS]
            self._limits = reader.following, tuple(np.exp(-np.array(nats)).tolist())
        return self._limits[1]

    def shown(self, reader: LeanReader, window: int, rows: Ints) -> Judgement:
        """Some series over one of the windows, for who asks; changes nothing of what is judged at ticks."""
        return self.expectation.judge(reader, window, rows, self._limit(reader)[window])

    def parts(self, reader: LeanReader, full: bool) -> Iterator[tuple[str, bool, Callable[[], bytes]]]:
        """The state in parts: name, whether it has changed since the last time, and what makes it."""

        def state() -> bytes:
            arrays: dict[str, NDArray[Any]] = {"until": np.array([self._until])}
            return pack(arrays | self.expectation.arrays() | self._verdicts.arrays())

        def of_group(number: int) -> bytes:
            rows = np.sort(reader.names.at(number * _GROUP, (number + 1) * _GROUP))
            self.scores = grown(self.scores, len(reader.names))
            parts = self.expectation.dispersions.of_parts(rows)
            return pack({"rows": rows.astype(np.uint32), "scores": self.scores[rows], "parts": parts})

        yield "state", True, state
        touched, self._touched = self._touched, set()
        for number in range(_GROUPS):
            yield str(number), full or number in touched, lambda number=number: of_group(number)  # type: ignore[misc] # mypy infers no lambda with a default

    def restore(self, parts: Mapping[str, bytes], count: int) -> None:
        """Takes over what `parts` gave, by name, of so many series. Raises KeyError or ValueError for anything else."""
        arrays = unpack(parts["state"])
        self._until = int(arrays["until"][0])
        self.expectation.restore(arrays)
        self._verdicts.restore(arrays)
        self.scores = np.zeros(count, np.float32)
        for number in range(_GROUPS):
            group = unpack(parts[str(number)])
            rows = group["rows"].astype(np.int64)
            self.scores[rows] = group["scores"]
            self.expectation.dispersions.restore_parts(rows, group["parts"])
