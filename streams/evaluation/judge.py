"""What evaluation asks of the judge of a signal."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from detectors.contributors import Contributions
    from detectors.course import Course
    from detectors.day import Day
    from detectors.intervals import Interval
    from detectors.judgement import Judgement
    from streams.evaluation.moment import CourseStep, Moment
    from streams.evaluation.staffing_needs import Needs
    from streams.records.staffing import StaffingNeed

    Array = NDArray[np.float64]


class Finding(NamedTuple):
    """Judgements of all series by one detector over one window, or each over its own: `windows`.

    `over`: int64[n], ms up to which what a series held is over, as has just been found; 0 where nothing was found.
    """

    window_s: int
    judgement: Judgement
    windows: NDArray[np.int32] | None = None
    over: NDArray[np.int64] | None = None


class Quarter(NamedTuple):
    """A closed quarter of an hour: when it began, on what day, and which series is the whole (-1: none)."""

    second_of_day: float
    day: Day
    whole: int


@runtime_checkable
class FollowsTicks(Protocol):
    """A judge whose tests take in every tick, also one at which nothing else is judged."""

    def watch(self, moment: Moment) -> bool:
        """Takes in what came since the last time; whether there may be something to find."""
        ...


@runtime_checkable
class TellsInterval(Protocol):
    """A judge that says how far a value can be trusted that rests on so many cases."""

    def interval(self, moment: Moment, shown: Judgement, series: int, window_s: int) -> Interval:
        """Of one series over the window that is shown of it, in the metric's unit; NaN without a case."""
        ...


@runtime_checkable
class TellsStaffing(Protocol):
    """A judge that knows how many agents queues need."""

    needs: Needs | None

    def told(self, moment: Moment, series: int) -> StaffingNeed | None:
        """What a verdict about a queue says of it; None where it is not known."""
        ...


class Judge(Protocol):
    """Baselines and detectors of one signal."""

    def learn(self, quarter: Quarter, counts: dict[int, Array], partner: dict[int, NDArray[np.int32]]) -> None:
        """Takes in a closed quarter of an hour of a local day: sums by component, by the series that counts them.

        Of signals whose trait is `gaps`, NaN where a quarter must teach a series nothing; of others 0.
        """
        ...

    def grow(self, size: int) -> None:
        """Makes room for new series, before anything else is asked at a tick."""
        ...

    def largest_expected(self, window_s: int) -> float:
        """Of a window no series can expect more than this: below the minimum exposure it need not be judged."""
        ...

    def findings(self, moment: Moment, windows: tuple[int, ...]) -> Iterator[Finding]:
        """What every detector says over those of the windows that are due, shortest first."""
        ...

    def in_unit(self, moment: Moment, judged: Judgement, windows: NDArray[np.int32]) -> Judgement:
        """What is judged over these windows, by series, in the unit of the metric."""
        ...

    def follow(self, moment: Moment, elapsed_s: float, calm: NDArray[np.bool_]) -> None:
        """Follows the present where it is calm, after judging."""
        ...

    def since(self, moment: Moment, series: int, seconds: int) -> Judgement | None:
        """One series over its last seconds, at most two hours, in the metric's unit; None where that says nothing."""
        ...

    def course(self, moment: Moment, series: int, step: CourseStep, above: bool) -> Course:
        """The last steps of a series, in what the deviation shows in."""
        ...

    def rebase(self, moment: Moment, rows: NDArray[np.intp], seconds: int) -> float:
        """What these series did in their last seconds, at most two hours, is what is expected of them from now on.

        The first of them is what it is about, the others are its parts and what it is a part of. Returns what is
        expected of the first, in times of what was; 0 where that cannot be said.
        """
        ...

    def contributions(self, moment: Moment, whole: int, parts: list[int], window_s: int) -> Contributions:
        """Which of its parts the change of a series comes from; what is not known is taken as the whole usually is."""
        ...

    def to_bytes(self) -> bytes:
        """What was learned."""
        ...

    def restore(self, payload: bytes) -> None:
        """Takes over what `to_bytes` described."""
        ...
