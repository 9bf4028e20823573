"""Many texts at once are read as each by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.events.event_time import event_time_ms
from streams.events.event_times import NotATimeError, event_times_ms

NOON = datetime(2025, 11, 10, 12, tzinfo=UTC)
LAYOUTS = st.sampled_from(["seconds", "milliseconds", "microseconds"])


@settings(max_examples=100, deadline=None)
@given(
    steps=st.lists(st.integers(0, 70_000), min_size=1, max_size=40),
    layout=LAYOUTS,
    other=st.none() | LAYOUTS,
    zulu=st.booleans(),
)
def test_neighbours_are_read_as_each_by_itself(steps: list[int], layout: str, other: str | None, zulu: bool) -> None:
    texts = [(NOON + timedelta(milliseconds=step)).isoformat(timespec=layout) for step in steps]
    if other is not None:
        texts[-1] = NOON.isoformat(timespec=other)
    if zulu:
        texts = [text.replace("+00:00", "Z") for text in texts]

    assert [event_time_ms(text) for text in texts] == event_times_ms(texts).tolist()


@settings(max_examples=200, deadline=None)
@given(place=st.integers(0, 28), letter=st.sampled_from("0569:/.-+TZtz ٣\x00"), row=st.integers(0, 19))
def test_one_letter_that_makes_one_text_no_time_is_noticed(place: int, letter: str, row: int) -> None:
    texts = [f"2025-11-10T12:00:{second:02d}.250+08:00" for second in range(20)]
    texts[row] = texts[row][:place] + letter + texts[row][place + 1 :]
    expected = [event_time_ms(text) for text in texts]

    if None in expected:
        with pytest.raises(NotATimeError):
            event_times_ms(texts)
    else:
        assert expected == event_times_ms(texts).tolist()


def test_a_leap_second_among_its_neighbours() -> None:
    texts = [f"2016-12-31T23:59:{second}Z" for second in range(30, 61)]

    assert [event_time_ms(text) for text in texts] == event_times_ms(texts).tolist()
    assert [event_time_ms(text) for text in texts[::-1]] == event_times_ms(texts[::-1]).tolist()


def test_a_fraction_of_any_length() -> None:
    texts = [f"2025-11-10T12:00:{second}.{'9' * 60}Z" for second in range(30, 60)]

    assert [event_time_ms(text) for text in texts] == event_times_ms(texts).tolist()


def test_no_texts_are_no_times() -> None:
    assert event_times_ms([]).tolist() == []
