"""What a new part is expected to be like."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detectors.between_parts import trials_of_whole
from detectors.binomial import BinomialDetector


def of_new_part(ratios: np.ndarray, each: float = 2_000.0) -> float:
    """By how many trials of the whole a part without any is known, beside parts of these ratios."""
    tops, bottoms = np.append(ratios * each, 0.0), np.append(np.full(len(ratios), each), 0.0)
    sets = np.array([0] + [1] * len(tops))
    found = trials_of_whole(np.append(tops.sum(), tops), np.append(bottoms.sum(), bottoms), sets, 0)
    return float(found[-1])


def test_parts_that_are_alike_promise_that_a_new_one_is_like_them() -> None:
    alike, unlike = of_new_part(np.full(30, 0.02)), of_new_part(np.linspace(0.2, 0.99, 30))

    assert alike > 300
    assert unlike < 20


def test_with_one_part_known_nobody_knows_how_parts_differ() -> None:
    assert of_new_part(np.array([0.9])) < of_new_part(np.full(12, 0.9)) / 3


def test_a_new_batch_with_six_times_the_damage_is_found_and_one_of_unlike_stores_is_not() -> None:
    detector = BinomialDetector(minimum_effect=0.03, minimum_exposure=30)
    batches, stores = (
        of_new_part(np.random.default_rng(0).beta(0.02 * size, 0.98 * size, 30)) for size in (5_000.0, 20.0)
    )
    judged = detector.judge(
        np.full(2, 24.0), np.full(2, 200.0), np.full(2, 0.02), np.array([batches, stores]), np.full(2, 1e-4)
    )

    assert judged.score[0] >= 1
    assert judged.score[1] < 1


@given(st.lists(st.floats(0.01, 0.99), min_size=2, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_series_makes_no_difference(ratios: list[float], shuffle: object) -> None:
    order = np.arange(len(ratios))
    shuffle.shuffle(order)  # type: ignore[attr-defined]
    tops, bottoms = np.array(ratios) * 400, np.full(len(ratios), 400.0)
    whole = [tops.sum()], [bottoms.sum()]
    sets = np.array([0] + [1] * len(ratios))

    straight = trials_of_whole(np.concatenate([whole[0], tops]), np.concatenate([whole[1], bottoms]), sets, 0)
    mixed = trials_of_whole(np.concatenate([whole[0], tops[order]]), np.concatenate([whole[1], bottoms]), sets, 0)

    np.testing.assert_allclose(straight[1:][order], mixed[1:], rtol=1e-9)


def test_without_a_whole_nothing_is_drawn_towards_it() -> None:
    assert trials_of_whole(np.ones(2), np.full(2, 2.0), np.array([1, 1]), -1).tolist() == [0, 0]
