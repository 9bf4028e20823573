"""The level of the last hour, of single parts and of those beside them."""

from __future__ import annotations

import numpy as np

from detectors.level import Level


def followed(times: list[float], usual: list[float]) -> Level:
    level = Level(len(times))
    for _ in range(120):
        level.follow(np.array(times) * usual, np.array(usual), 60.0, np.ones(len(times), dtype=np.bool_))
    return level


def test_one_part_that_grows_does_not_move_the_level_of_most_parts() -> None:
    level = followed([4.0, 1.0, 1.1, 9.0, 0.9], [900.0, 10.0, 10.0, 10.0, 10.0])

    assert np.abs(level.of_sets(np.array([0, 1, 1, 1, 1])) - 1.1).max() < 0.11


def test_what_happens_to_most_parts_is_their_level() -> None:
    level = followed([5.0, 5.0, 5.2, 1.0, 4.8], [40.0, 10.0, 10.0, 10.0, 10.0])

    assert level.of_sets(np.array([0, 1, 1, 1, 1]))[1:].round(1).tolist() == [5.0] * 4


def test_sets_do_not_mix_and_two_parts_cannot_tell() -> None:
    level = followed([3.0, 3.0, 3.0, 6.0, 6.0], [10.0] * 5)

    assert level.of_sets(np.array([1, 1, 1, 2, 2])).round(1).tolist() == [3.0, 3.0, 3.0, 1.0, 1.0]
