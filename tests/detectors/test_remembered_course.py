"""What series counted is kept by steps, and what has few events is drawn towards what has more."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.remembered_course import RememberedCourse
from detectors.state import pack, unpack


def told(minutes: list[int], share: float = 0.25) -> RememberedCourse:
    course = RememberedCourse(60 * len(minutes))
    for minute, count in enumerate(minutes):
        course.add(60 * minute, 60 * minute + 60, np.array([count, share * count, 0.0]), whole=0)
    return course


def test_a_rise_within_a_quarter_is_kept_and_parts_follow_it() -> None:
    course = told([100] * 3 + [1000] * 12)

    first, later = (course.between(60 * at, 60 * at + 60, whole=0).counts for at in (1, 10))

    assert first[0] == pytest.approx(100, rel=0.1)
    assert later[0] == pytest.approx(1000, rel=0.05)
    assert first[1] == pytest.approx(25, rel=0.1)
    assert later[1] == pytest.approx(250, rel=0.05)


def test_a_part_without_an_event_has_nothing_to_expect() -> None:
    assert np.isnan(told([100] * 15).between(0, 60, whole=0).counts).tolist() == [False, False, True]


def test_a_thin_quarter_is_drawn_towards_the_whole_and_a_thick_one_is_its_own() -> None:
    course = RememberedCourse(1800)
    for quarter, counts in enumerate(([1000.0, 0.0, 900.0], [1000.0, 4.0, 100.0])):
        course.add(900 * quarter, 900 * quarter + 900, np.array(counts), whole=0)

    first = course.between(0, 900, whole=0).counts

    assert first[1] == pytest.approx(2 * 10 / 12)
    assert first[2] == pytest.approx(900, rel=0.01)


@given(minutes=st.lists(st.integers(0, 500), min_size=16, max_size=70), cut=st.integers(1, 15))
def test_windows_add_up_to_the_window_that_holds_them(minutes: list[int], cut: int) -> None:
    course, end = told(minutes), 60 * len(minutes)

    parts = course.between(0, 60 * cut + 30, whole=0).counts + course.between(60 * cut + 30, end, whole=0).counts

    np.testing.assert_allclose(parts, course.between(0, end, whole=0).counts, rtol=1e-6, atol=1e-6)


@given(
    minutes=st.lists(st.integers(0, 500), min_size=15, max_size=40),
    cuts=st.lists(st.integers(1, 39), max_size=5, unique=True),
)
def test_it_is_the_same_in_one_piece_or_in_several(minutes: list[int], cuts: list[int]) -> None:
    course, other = told(minutes), RememberedCourse(60 * len(minutes))
    for minute, count in enumerate(minutes):
        if minute in cuts:  # a snapshot, and a restore
            state = unpack(pack(other.arrays("x.")))
            other = RememberedCourse(60 * len(minutes))
            other.restore("x.", state)
        other.add(60 * minute, 60 * minute + 60, np.array([count, 0.25 * count, 0.0]), whole=0)

    assert pack(course.arrays("")) == pack(other.arrays(""))


def test_what_nobody_told_is_not_known_and_a_minute_of_a_quarter_goes_as_the_quarter() -> None:
    course = RememberedCourse(1800)
    course.add(0, 600, np.array([1000.0]), whole=0)

    assert course.between(780, 840, whole=0).counts[0] == pytest.approx(100)
    assert np.isnan(course.between(960, 1020, whole=0).counts[0])
    assert course.told(0, 900)
    assert not course.told(900, 1800)


def test_where_minutes_are_not_known_it_may_have_been_what_its_neighbours_were() -> None:
    known, quarters = RememberedCourse(3600), RememberedCourse(3600)
    for quarter, count in enumerate((2000.0, 1000.0, 990.0, 500.0)):
        quarters.add(900 * quarter, 900 * quarter + 900, np.array([count]), whole=0)
        for minute in range(15):
            start = 900 * quarter + 60 * minute
            known.add(start, start + 60, np.array([count / 15]), whole=0)

    first, second, third = (quarters.between(900 * at + 60, 900 * at + 120, whole=0) for at in (0, 1, 2))
    assert (known.between(60, 120, whole=0).least, known.between(60, 120, whole=0).most) == (1, 1)
    assert first.least < 0.01
    assert first.most == 3
    assert (second.least, second.most) == pytest.approx((0.99, 1.99), abs=0.01)
    assert (third.least, third.most) == pytest.approx((0.51, 1.01), abs=0.01)


@pytest.mark.parametrize(("days", "most"), [(0.1, 10), (2, 192), (14, 192), (365, 192)])
def test_a_series_takes_as_many_numbers_at_most_however_long_it_lasts(days: float, most: int) -> None:
    course = RememberedCourse(int(days * 86_400))
    course.grow(3)
    course.add(0, 60, np.array([1.0, 2.0, 3.0]), whole=0)

    assert course.arrays("")["steps"].shape[0] <= most
    assert np.isfinite(course.between(0, 60, whole=0).counts).all()


def test_a_course_of_no_length_is_refused() -> None:
    with pytest.raises(ValueError, match="0 s"):
        RememberedCourse(0)
