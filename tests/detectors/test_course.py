"""What stands out in the steps of a series, and whether it is over."""

from __future__ import annotations

import numpy as np
import pytest

from detectors.course import Course, ending, worst_stretch

SURE = np.log(1000.0)


def ratio(failures: list[float], trials: list[float], usual: float = 0.02) -> Course:
    return Course(np.array(failures), usual * np.array(trials), rises=True, trials=np.array(trials))


def is_over(course: Course) -> bool:
    found = ending(course)
    return found.worst.gain - found.lasting >= SURE + np.log(len(course.counts)) and found.since >= SURE


@pytest.mark.parametrize(
    ("course", "stretch"),
    [
        (ratio([0, 0, 7, 7, 0, 0], [3, 3, 7, 7, 3, 3]), (2, 4)),
        (Course(np.array([5.0, 4, 0, 0, 0, 6]), np.full(6, 5.0), rises=False), (2, 5)),
        (Course(np.array([1.0, 0, 20, 25, 1]), np.full(5, 1.0), rises=True), (2, 4)),
    ],
    ids=["failures", "a gap", "a surge"],
)
def test_the_worst_stretch_is_the_bad_steps_and_no_others(course: Course, stretch: tuple[int, int]) -> None:
    assert worst_stretch(course)[:2] == stretch


@pytest.mark.parametrize("steps", [0, 1, 5])
def test_where_nothing_deviates_there_is_no_worst_stretch(steps: int) -> None:
    found = ending(ratio([0.0] * steps, [3.0] * steps))

    assert (found.worst.gain, found.lasting) == (0, 0)


def test_two_bad_minutes_are_over_after_a_dozen_successes_and_not_after_three() -> None:
    bad, well = ([7.0, 7.0], [7.0, 7.0]), [1.0] * 16

    assert not is_over(ratio([*bad[0], *[0.0] * 3], [*bad[1], *well[:3]]))
    assert is_over(ratio([*bad[0], *[0.0] * 16], [*bad[1], *well]))


def test_a_usual_failure_among_many_successes_does_not_keep_it_open() -> None:
    assert is_over(ratio([7.0, 7.0, *[0.0] * 10, 1.0, *[0.0] * 20], [7.0, 7.0, *[1.0] * 31]))


def test_while_a_leak_goes_on_it_is_called_over_hardly_ever() -> None:
    rng = np.random.default_rng(5)
    trials = np.full(120, 1.0)

    wrong = sum(
        is_over(Course(rng.binomial(1, leak, 120).astype(float), 0.02 * trials, rises=True, trials=trials))
        for leak in (0.08, 0.15, 0.4, 0.9)
        for _ in range(60)
    )

    assert wrong == 0  # of 240
