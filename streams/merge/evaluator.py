"""What the merge asks of the evaluation of one metric."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from streams.cells.assessment import Assessment
    from streams.evaluation.lean_judge import LeanJudge
    from streams.evaluation.lean_reader import LeanReader
    from streams.evaluation.window_reader import WindowReader
    from streams.records.verdicts import Assessed, Pulse, Verdict


class Evaluator(Protocol):
    """Judges the windows of one metric at each tick and keeps its baselines. Its state travels in the snapshot."""

    @property
    def latest(self) -> Any:
        """The last judgement and its series, for the metrics endpoint."""
        ...

    def tick(self, now_ms: int, windows: WindowReader) -> tuple[list[Verdict], Pulse]:
        """Judges the windows that are due at a tick."""
        ...

    def tick_lean(self, now_ms: int, lean: Mapping[int, LeanReader]) -> list[Verdict]:
        """Judges those series of lean scopes that are due, by number of the scope set; after `tick`."""
        ...

    def assess(self, now_ms: int, windows: WindowReader, series: int, assessment: Assessment) -> Assessed:
        """Lets feedback about a series act, before the tick is judged; what it changed."""
        ...

    def silent_before(self, quarter_start_ms: int) -> range:
        """The starts of the quarters that were passed over before this one and held nothing: close each of them first.

        Days of them cost seconds, so that the caller closes them one by one.
        """
        ...

    def close_quarter(self, quarter_start_ms: int, counts: NDArray[np.int64], windows: WindowReader) -> None:
        """Takes the final int64[components, n] of 15 minutes, late plane included, two hours after their end.

        Mapped through partners: for each series the component as its partner counted it, 0 where there is none. Mapping
        it once more changes nothing. In history quarters close before there was any tick.
        """
        ...

    def lean(self, place: int) -> LeanJudge:
        """The judge of a lean scope, by number of the scope set."""
        ...

    def to_bytes(self) -> bytes:
        """Everything that a later `from_bytes` needs to go on as if nothing had happened."""
        ...

    def from_bytes(self, state: bytes) -> None:
        """Takes over what `to_bytes` of an evaluator of the same metric gave."""
        ...
