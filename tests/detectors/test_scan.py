"""Which few parts stand out: the smallest set that explains, whatever the order and the unit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from detectors.scan import standout, surprise

CARRIERS, PROVINCES = np.array([40.0, 30, 20, 10]), np.array([0.3, 0.25, 0.2, 0.15, 0.1])
PAIRS = np.outer(CARRIERS, PROVINCES)

parts = st.lists(
    st.tuples(st.floats(1, 500), st.floats(0, 8)), min_size=2, max_size=30, unique_by=lambda part: part[1] * part[0]
)


def found(
    seen: np.ndarray, expected: np.ndarray, *, rises: bool = True, within: float = 1.1
) -> tuple[list[int], float]:
    rows, nats = standout(seen.ravel(), expected.ravel(), np.full(expected.size, within), rises=rises)
    return sorted(rows.tolist()), nats


@pytest.mark.parametrize("changed", [[2], [1, 2], [3]])
@pytest.mark.parametrize(("factor", "rises"), [(5.0, True), (0.1, False)])
def test_the_parts_that_changed_stand_out(changed: list[int], factor: float, rises: bool) -> None:
    seen = 5 * CARRIERS
    seen[changed] *= factor
    assert found(seen, 5 * CARRIERS, rises=rises)[0] == changed


@pytest.mark.parametrize("factor", [0.2, 1.0, 3.0])
def test_what_moves_everywhere_names_nobody(factor: float) -> None:
    assert found(factor * CARRIERS, CARRIERS) == ([], 0.0)
    assert found(factor * CARRIERS, CARRIERS, rises=False) == ([], 0.0)


def test_a_part_that_is_the_whole_is_named_for_nothing() -> None:
    assert found(np.array([100.0]), np.array([10.0])) == ([0], 0.0)
    assert found(np.array([1.0, 1000.0]), np.array([0.5, 100.0])) == ([1], 0.0)
    assert found(np.zeros(2), np.array([100.0, 1.0]), rises=False) == ([0], 0.0)


def test_where_nothing_is_seen_nobody_is_named() -> None:
    assert found(np.zeros(0), np.zeros(0)) == ([], 0.0)
    assert found(np.zeros(3), np.ones(3)) == ([], 0.0)


@pytest.mark.parametrize("factor", [3.0, 8.0])
def test_a_carrier_everywhere_is_said_by_carrier_and_not_by_its_pairs(factor: float) -> None:
    seen = PAIRS.copy()
    seen[2] *= factor
    by_pair, by_carrier = found(seen, PAIRS), found(seen.sum(axis=1), PAIRS.sum(axis=1))
    assert by_carrier[0] == [2]
    assert by_carrier[1] > by_pair[1]
    assert found(seen.sum(axis=0), PAIRS.sum(axis=0)) == ([], 0.0)


def test_a_carrier_in_one_province_is_said_by_the_pair() -> None:
    seen = 3 * PAIRS
    seen[2, 0] *= 8
    by_pair, by_carrier = found(seen, 3 * PAIRS), found(seen.sum(axis=1), 3 * PAIRS.sum(axis=1))
    assert by_pair[0] == [10]
    assert by_pair[1] > 1.1 * by_carrier[1] > 0


def test_what_was_never_seen_is_blamed_for_all_that_it_brings() -> None:
    seen, expected = np.append(CARRIERS, 40.0), np.append(CARRIERS, 0.0)
    assert found(seen, expected)[0] == [4]


def test_of_what_is_hardly_known_a_small_change_is_none() -> None:
    seen, expected, within = np.array([100.0, 100, 220]), np.full(3, 100.0), np.array([1.1, 1.1, 3.0])
    assert standout(seen, expected, within, rises=True).rows.tolist() == []
    assert standout(seen, expected, np.full(3, 1.1), rises=True).rows.tolist() == [2]


def test_several_parts_that_make_up_nearly_all_are_the_whole() -> None:
    seen = CARRIERS * np.array([8.0, 8, 8, 1])
    assert found(10 * seen, 10 * CARRIERS)[0] in ([], [0])


@given(parts, st.randoms(use_true_random=False), st.booleans())
def test_the_order_of_the_parts_does_not_matter(drawn: list[tuple[float, float]], dice: object, rises: bool) -> None:
    expected, factor = np.array(drawn).T
    order = np.arange(len(expected))
    dice.shuffle(order)  # type: ignore[attr-defined]
    nats = found(expected * factor, expected, rises=rises)[1]
    assert found((expected * factor)[order], expected[order], rises=rises)[1] == pytest.approx(nats)


@given(parts, st.floats(1.0, 100))
@example([(1.0, 0.0), (1.0, 7.0), (17.0, 7.0), (177.5, 4.0)], 1.5)
def test_the_unit_of_what_is_expected_does_not_matter(drawn: list[tuple[float, float]], unit: float) -> None:
    expected, factor = np.array(drawn).T
    assert found(expected * factor, unit * expected)[1] == pytest.approx(found(expected * factor, expected)[1])


@given(parts)
def test_more_of_the_same_is_surer(drawn: list[tuple[float, float]]) -> None:
    expected, factor = np.array(drawn).T
    assert found(4 * expected * factor, 4 * expected)[1] >= found(expected * factor, expected)[1]


def test_what_varies_more_surprises_less() -> None:
    nats = surprise(np.full(3, 30.0), np.full(3, 10.0), np.array([0.001, 0.1, 1.0]))
    assert np.all(np.diff(nats) < 0)
    assert surprise(np.array([10.0]), np.array([10.0]), np.array([0.1]))[0] == pytest.approx(0)


def test_hundreds_of_parts_that_hardly_ever_have_an_event_make_no_large_one_stand_out() -> None:
    seen = np.array([5.0, 4.0, 4.0, 5.0, *[0.0] * 196])
    expected = np.array([5.0, 4.0, 4.0, 5.0, *[0.005] * 196])

    assert standout(seen, expected, np.full(200, 1.1), rises=True).rows.tolist() == []
