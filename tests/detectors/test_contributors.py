"""Contributors add up to the whole change, and those that are named carry it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors import contributors

counted = st.lists(st.tuples(st.floats(0, 300), st.integers(0, 900), st.booleans()), min_size=1, max_size=20)
RARE, COMMON = 0.04, 0.97


@given(counted, st.floats(0, 2000), st.floats(0, 2000))
def test_shares_of_a_count_add_up_to_one(drawn: list[tuple[float, int, bool]], low: float, width: float) -> None:
    usual, counts, known = (np.array(column) for column in zip(*drawn, strict=True))
    expected = contributors.expected_of_parts(usual, counts, known, low, low + width)
    parts = contributors.of_count(expected, counts.astype(float), known)
    change = float((counts - expected).sum())

    assert parts.share.sum() == pytest.approx(1 if abs(change) > 1e-6 else parts.share.sum(), abs=1e-6)
    assert np.isfinite(expected).all()


@given(counted, st.floats(0, 2000), st.floats(0, 2000))
def test_what_is_expected_of_the_parts_is_what_is_expected_of_the_whole(
    drawn: list[tuple[float, int, bool]], low: float, width: float
) -> None:
    usual, counts, known = (np.array(column) for column in zip(*drawn, strict=True))
    expected = contributors.expected_of_parts(usual, counts, known, low, low + width)

    if usual[known].sum() > 1:
        assert low - 1e-6 <= expected.sum() <= low + width + 1e-6
    assert (expected[~known] == usual[~known]).all()


def test_without_the_few_that_changed_the_whole_is_as_most_of_it_is() -> None:
    usual, counts = np.array([40.0, 30, 20, 10]), np.array([44.0, 33, 100, 11])
    expected = contributors.expected_of_parts(usual, counts, np.ones(4, dtype=bool), 50.0, 150.0)
    assert expected == pytest.approx(1.1 * usual)


@pytest.mark.parametrize(("usual", "now"), [(COMMON, 0.6), (RARE, 0.4), (0.5, 0.1)])
def test_the_segment_whose_own_ratio_changed_is_named(usual: float, now: float) -> None:
    bottoms = np.array([400.0, 300, 200, 100])
    tops = usual * bottoms
    tops[2] = now * bottoms[2]
    named = contributors.named(contributors.of_ratio(bottoms, usual * bottoms, bottoms, tops), 5)

    assert named.rows == named.standouts == [2]
    assert named.nats > 10


def test_a_queue_that_rarely_fails_and_now_fails_alone_is_named_although_others_never_did() -> None:
    offered = np.array([23.0, 35.0])  # aftersale, presale
    usual = np.array([0.9989, 0.99995])
    named = contributors.named(contributors.of_ratio(offered, usual * offered, offered, np.array([15.0, 35.0])), 5)

    assert named.rows == named.standouts == [0]


def test_where_all_begin_to_fail_alike_nobody_stands_out_however_unlike_they_were() -> None:
    offered = np.array([23.0, 35.0])
    usual = np.array([0.9989, 0.99995])
    named = contributors.named(contributors.of_ratio(offered, usual * offered, offered, 0.65 * offered), 5)

    assert named.standouts == []


def test_a_mean_is_split_by_what_the_values_add_up_to() -> None:
    bottoms = np.array([40.0, 30, 20, 10])
    tops = 30.0 * bottoms
    tops[1] *= 4
    parts = contributors.of_ratio(bottoms, 30.0 * bottoms, bottoms, tops, bounded=False)

    assert parts.share == pytest.approx([0, 1, 0, 0])
    assert contributors.named(parts, 5).rows == [1]


def test_the_unit_of_a_sum_says_how_many_events_it_is() -> None:
    money, usual = np.array([5000.0, 30_000]), np.array([5000.0, 5000])
    assert contributors.of_count(usual, money, unit=100.0).seen.tolist() == [50, 300]


@given(st.permutations(range(4)))
def test_the_order_of_the_segments_does_not_matter(order: list[int]) -> None:
    expected, counts = np.array([40.0, 30, 20, 10]), np.array([41.0, 90, 160, 9])
    straight = contributors.named(contributors.of_count(expected, counts), 5)
    turned = contributors.named(contributors.of_count(expected[order], counts[order]), 5)

    assert [order[row] for row in turned.rows] == straight.rows == [2, 1]
    assert turned.nats == pytest.approx(straight.nats)


def test_no_more_are_named_than_asked_for_and_none_that_is_small() -> None:
    expected = np.full(30, 10.0)
    counts = np.where(np.arange(30) < 8, 200.0, 10.0)
    counts[29] = 60.0
    named = contributors.named(contributors.of_count(expected, counts), 5)

    assert named.rows == [0, 1, 2, 3, 4]
    assert set(named.standouts) <= set(named.rows)
    assert 29 not in contributors.named(contributors.of_count(expected, counts), 30).rows


def test_a_change_that_chance_explains_names_nobody() -> None:
    parts = contributors.of_count(np.array([10.0, 10, 10]), np.array([13.0, 9, 11]))
    assert contributors.named(parts, 5).rows == []


def test_what_is_not_known_may_bring_a_change_and_not_hold_it_back() -> None:
    known = np.array([True, False])
    brings = contributors.of_count(np.array([50.0, 0.0]), np.array([50.0, 90]), known)
    holds = contributors.of_count(np.array([50.0, 90]), np.array([300.0, 1]), known)

    assert contributors.named(brings, 5).rows == [1]
    assert contributors.named(holds, 5).rows == [0]
