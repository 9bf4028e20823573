"""Times as other systems write them become RFC 3339 with an offset, of the same moment."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.events.event_time import event_time_ms
from streams.mapping.failure import ExpressionError
from streams.mapping.times import Times

NEW_YORK = ZoneInfo("America/New_York")
ZONES = ("America/New_York", "Asia/Shanghai", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC", "America/Sao_Paulo")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2026-11-11T00:00:01Z", "2026-11-11T00:00:01Z"),
        ("2026-11-11t00:00:01.123456789+08:00", "2026-11-11t00:00:01.123456789+08:00"),
        ("2026-11-11 00:00:01+08:00", "2026-11-11T00:00:01+08:00"),
        ("2026-11-11T00:00:01+0800", "2026-11-11T00:00:01+08:00"),
        ("2026-11-11 00:00:01.5+08", "2026-11-11T00:00:01.5+08:00"),
        ("2026-11-11 00:00:01 -0330", "2026-11-11T00:00:01-03:30"),
        ("2026-11-11T10:30Z", "2026-11-11T10:30:00Z"),
        (" 2026-11-11T10:30z ", "2026-11-11T10:30:00Z"),
        ("2026-11-11T10:30:00", "2026-11-11T10:30:00-05:00"),
        ("2026-07-11 10:30:00.25", "2026-07-11T10:30:00.25-04:00"),
        ("2026-11-01 01:30:00", "2026-11-01T01:30:00-04:00"),  # twice: the first
        ("2026-03-08 02:30:00", "2026-03-08T03:30:00-04:00"),  # never: moved forward
    ],
)
def test_a_time_gets_its_offset(text: str, written: str) -> None:
    assert Times(NEW_YORK).rfc3339(text) == written


@pytest.mark.parametrize(
    "value",
    [
        *("2026-11-11", "2026-02-30T00:00:00", "2026-11-11T24:00:00Z", "2026-11-11T00:00:61Z", "11/11/2026", "now", ""),
        *(
            "2026-11-11T00:00:00+24",
            "0000-01-01T00:00:00",
            "9999-12-31T23:59:59",
            "1850-01-01T00:00:00",
            "٢٠٢٦-11-11T00:00:00Z",
        ),
        *(1_762_000_000, 1.5, True, [], {}),
    ],
)
def test_what_is_no_time_is_refused(value: object) -> None:
    with pytest.raises(ExpressionError):
        Times(NEW_YORK).rfc3339(value)


def test_a_time_without_an_offset_needs_a_zone() -> None:
    with pytest.raises(ExpressionError, match="has no offset; set timezone"):
        Times().rfc3339("2026-11-11 10:30:00")


@pytest.mark.parametrize(
    ("value", "first", "last"),
    [
        ("2026-11-11", "2026-11-11T00:00:00-05:00", "2026-11-11T23:59:59-05:00"),
        ("2026-07-11T10:30:00", "2026-07-11T00:00:00-04:00", "2026-07-11T23:59:59-04:00"),
        ("2026-11-11T10:30:00+08:00", "2026-11-11T00:00:00+08:00", "2026-11-11T23:59:59+08:00"),
        (None, None, None),
    ],
)
def test_a_day_begins_and_ends_in_its_offset_or_the_zone(
    value: str | None, first: str | None, last: str | None
) -> None:
    times = Times(NEW_YORK)

    assert (times.of_day(value, "00:00", ":00"), times.of_day(value, "23:59", ":59")) == (first, last)


@given(
    st.datetimes(datetime(1975, 1, 1), datetime(2099, 12, 31)).map(lambda moment: moment.replace(fold=0)),  # noqa: DTZ001
    st.sampled_from(ZONES),
)
def test_a_local_time_is_the_moment_that_the_zone_says(local: datetime, zone: str) -> None:
    local = local.replace(microsecond=local.microsecond // 1000 * 1000)
    expected = local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)

    written = Times(ZoneInfo(zone)).rfc3339(local.isoformat(sep=" ", timespec="milliseconds"))

    assert written is not None
    assert event_time_ms(written) == round(expected.timestamp() * 1000)
    assert written.startswith(expected.astimezone(ZoneInfo(zone)).isoformat(timespec="milliseconds")[:23])


@given(st.integers(-62_135_596_800_000, 253_402_300_799_999))
def test_a_number_of_milliseconds_is_its_moment(ms: int) -> None:
    written = Times().since_epoch("epoch_ms", ms)

    assert written is not None
    assert event_time_ms(written) == ms
    assert Times().since_epoch("epoch_us", ms * 1000 + 999) == written
