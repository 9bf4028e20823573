"""Verdicts of lean series: said at every tick until they are clear for good, though judged once in a quarter hour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np

from detectors.course import worst_stretch
from detectors.judgement import Judgement, Reason
from streams.catalogue.metric import Direction
from streams.evaluation.lean_reader import QUARTER_S
from streams.records.verdicts import CLEAR_SCORE, REPORTED_FOR_MS, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from streams.catalogue.metric import Metric
    from streams.evaluation.lean_expectation import LeanExpectation
    from streams.evaluation.lean_reader import LeanReader

    Ints = NDArray[np.int64]

MOST_REPORTED: Final = 200  # of a metric and scope, the most surprising: nobody reads more
_LONGEST_UNJUDGED_MS: Final = 3_600_000


class _Said(msgspec.Struct, array_like=True):
    """The newest verdict of a series, when it was judged, and the last tick at which it was not clear, ms."""

    verdict: Verdict
    judged: int
    last: int


class LeanVerdicts:
    """What is reported of the series of one lean scope.

    Attributes:
        unsaid: how often a series deviated that was not said, because there were MOST_REPORTED that deviated more.

    """

    def __init__(self, metric: Metric, place: int) -> None:
        self.unsaid = 0
        self._metric = metric
        self._dimensions = metric.scopes[place]
        self._said: dict[tuple[str, ...], _Said] = {}

    def good(self, direction: NDArray[np.int8]) -> NDArray[np.bool_]:
        """Where a deviation lies in the good direction, or in none."""
        wanted = np.array([-1, 0], np.int8)
        if self._metric.direction is Direction.DOWN or (
            self._metric.traits.volume and self._metric.direction is Direction.BOTH
        ):
            wanted = np.array([1, 0], np.int8)
        elif self._metric.direction is Direction.BOTH:
            wanted = np.array([0], np.int8)
        return np.isin(direction, wanted)

    def note(
        self,
        now_ms: int,
        reader: LeanReader,
        expectation: LeanExpectation,
        rows: Ints,
        judged: Judgement,
        windows: Ints,
    ) -> None:
        """Takes in what was just judged. `windows`: in quarters of an hour, by row."""
        names = reader.names
        held = {names.values(number): number for number in rows.tolist()} if self._said else {}
        near = judged.score >= CLEAR_SCORE
        place = {int(number): at for at, number in enumerate(rows.tolist())} if self._said or near.any() else {}
        wanted = set(rows[judged.score >= 1].tolist())
        wanted |= {number for values, number in held.items() if values in self._said}
        for number in names.ordered(wanted):
            at, values = place[number], names.values(number)
            verdict = self._verdict(reader, expectation, number, judged, at, int(windows[at]))
            before = self._said.get(values)
            last = now_ms if before is None else before.last
            self._said[values] = _Said(verdict, now_ms, last)
        self._keep_most()

    def reported(self, now_ms: int) -> list[Verdict]:
        """Of every series that was not clear within the last 20 minutes, in the order of their values."""
        for values, said in list(self._said.items()):
            if said.verdict.score >= CLEAR_SCORE:
                said.last = now_ms
            # What is not judged any more, as when nothing is counted of it, says nothing either.
            if now_ms - said.last > REPORTED_FOR_MS or now_ms - said.judged > _LONGEST_UNJUDGED_MS:
                del self._said[values]
        return [said.verdict for _, said in sorted(self._said.items())]

    def _keep_most(self) -> None:
        if len(self._said) <= MOST_REPORTED:
            return
        ordered = sorted(self._said, key=lambda values: (-self._said[values].verdict.score, values))
        for values in ordered[MOST_REPORTED:]:
            self.unsaid += 1
            del self._said[values]

    def _verdict(
        self,
        reader: LeanReader,
        expectation: LeanExpectation,
        number: int,
        judged: Judgement,
        at: int,
        quarters: int,
    ) -> Verdict:
        score, reason = float(judged.score[at]), Reason(int(judged.reason[at]))
        above = bool(judged.direction[at] > 0)
        started = 0
        if score >= 1:
            worst = worst_stretch(expectation.course(reader, number, quarters, above=above))
            started = reader.end_ms - (quarters - worst.start) * QUARTER_S * 1000
        return Verdict(
            metric=self._metric.name,
            scope=dict(zip(self._dimensions, reader.names.values(number), strict=True)),
            window_s=quarters * QUARTER_S,
            value=float(judged.value[at]),
            expected=float(judged.expected[at]),
            lower=float(judged.lower[at]),
            upper=float(judged.upper[at]),
            exposure=float(judged.exposure[at]),
            excess=float(judged.excess[at]),
            score=score,
            direction="up" if above else "down",
            reason=reason.name,
            insufficient=reason.insufficient,
            started_at=started,
            standouts=[],
        )

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The state as named arrays."""
        held = [(values, said) for values, said in sorted(self._said.items())]
        return {
            "said": np.frombuffer(msgspec.msgpack.encode(held), np.uint8),
            "unsaid": np.array([self.unsaid], np.int64),
        }

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Takes over what `arrays` described; other names are skipped."""
        held = msgspec.msgpack.decode(arrays["said"].tobytes(), type=list[tuple[tuple[str, ...], _Said]])
        self._said = dict(held)
        self.unsaid = int(arrays["unsaid"][0])
