"""RFC 3339 is read exactly, in every layout, and nothing else is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.events.event_time import event_time_ms

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
offsets = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@settings(max_examples=100, deadline=None)
@given(
    when=st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=offsets),  # noqa: DTZ001 - bounds are naive
    precision=st.sampled_from(["seconds", "milliseconds", "microseconds"]),
    more=st.text("0123456789", max_size=5),
    lower=st.booleans(),
)
def test_every_instant_is_read_as_datetime_reads_it(when: datetime, precision: str, more: str, lower: bool) -> None:
    text = when.isoformat(timespec=precision)
    expected = (datetime.fromisoformat(text) - EPOCH) // timedelta(milliseconds=1)
    if precision == "microseconds":
        text = text[:26] + more + text[26:]
    if text.endswith("+00:00"):
        text = text[:-6] + ("z" if lower else "Z")
    if lower:
        text = text.replace("T", "t")

    assert [expected] * 3 == [event_time_ms(text) for _ in range(3)]


@settings(max_examples=100, deadline=None)
@given(st.text("0123456789-+:.TtZz ٣\n", max_size=34) | st.text(max_size=40))
def test_any_text_is_a_time_or_none(text: str) -> None:
    assert isinstance(event_time_ms(text), int | None)


WRONG = [
    "", "Z", "2025", "2025-11-10", "2025-11-10T12:00:00", "2025-11-10 12:00:00Z", "2025-11-10T12:00Z",
    "2025-11-10T24:00:00Z", "2025-11-10T12:60:00Z", "2025-11-10T12:00:61Z", "2025-02-29T12:00:00Z",
    "1900-02-29T12:00:00Z", "2025-00-10T12:00:00Z", "2025-13-10T12:00:00Z", "2025-11-00T12:00:00Z",
    "2025-11-31T12:00:00Z", "2025-11-10T12:00:00+24:00", "2025-11-10T12:00:00+08:60", "2025-11-10T12:00:00+0800",
    "2025-11-10T12:00:00.Z", "2025-11-10T12:00:00,5Z", "2025-11-10T12:00:00Z ", " 2025-11-10T12:00:00Z",
    "2025-11-10T12:00:00Z\n", "2025-11-10T12:00:00ZZ", "\uff12025-11-10T12:00:00Z", "2025-11-10T12:00:00.12٣Z",
    "2025-11-10T12:00:00.12345٣Z", "12025-11-10T12:00:00Z", "-025-11-10T12:00:00Z", "2025-11-10T12:00:00.-12Z",
    "2025-11-10T12:00:60Z", "2025-11-10T23:59:60Z", "2016-12-31T23:59:60+08:00", "2016-03-31T23:59:60Z",
]  # fmt: skip


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_time_is_none_also_after_its_neighbours_were_read(text: str) -> None:
    for known in ("2025-11-10T12:00:00Z", "2025-11-10T12:00:00.123456+08:00", "2016-12-31T23:59:59Z"):
        event_time_ms(known)

    assert event_time_ms(text) is None


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
        ("2017-01-01T07:59:60.250+08:00", "2017-01-01T00:00:00.250Z"),
        ("2015-06-30T19:59:60-04:00", "2015-07-01T00:00:00Z"),
        ("2025-11-10T12:00:00-00:00", "2025-11-10T12:00:00Z"),
        ("2025-11-10T12:00:00.9999999999Z", "2025-11-10T12:00:00.999Z"),
        ("2025-11-10T12:00:00.5Z", "2025-11-10T12:00:00.500Z"),
        ("2000-02-29T00:00:00+23:59", "2000-02-28T00:01:00Z"),
    ],
)
def test_two_texts_of_the_same_instant(text: str, same: str) -> None:
    assert event_time_ms(same) is not None
    assert event_time_ms(same) == event_time_ms(text)


def test_the_years_that_datetime_does_not_know() -> None:
    first_of_year_1 = event_time_ms("0001-01-01T00:00:00Z")

    assert first_of_year_1 == event_time_ms("0000-12-31T23:59:59.999Z") + 1  # type: ignore[operator]
    assert first_of_year_1 == event_time_ms("0000-01-01T00:00:00Z") + 366 * 86_400_000  # type: ignore[operator]
    assert event_time_ms("9999-12-31T23:59:60Z") == 253_402_300_800_000


def test_the_memory_of_texts_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    from streams.events import event_time

    monkeypatch.setattr(event_time, "_KEPT", 50)
    for memory in (event_time.KNOWN_MINUTES, event_time.KNOWN_TAILS):
        memory.clear()
    start = datetime(2025, 11, 10, tzinfo=UTC)
    for second in range(500):
        when = start + timedelta(seconds=second * 61, milliseconds=second)
        text = when.isoformat(timespec="milliseconds")
        assert event_time_ms(text) == (when - EPOCH) // timedelta(milliseconds=1)

    assert max(len(event_time.KNOWN_MINUTES), len(event_time.KNOWN_TAILS)) <= 50
