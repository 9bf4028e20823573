"""Days from midnight to midnight, against the standard library, one time after another."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.register.natural_days import NaturalDays

TIMES = st.lists(st.integers(1_600_000_000, 1_900_000_000), min_size=1, max_size=20)


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/Sao_Paulo", "Europe/Berlin", "Australia/Lord_Howe"])
@given(TIMES)
def test_each_time_belongs_to_the_day_that_clocks_show(zone: str, times: list[int]) -> None:
    days = NaturalDays(zone)
    for cut in range(0, len(times), 3):
        seconds = times[cut : cut + 3]
        shown = [datetime.fromtimestamp(second, UTC).astimezone(ZoneInfo(zone)).toordinal() for second in seconds]
        assert days.of(np.array(seconds, np.int64) * 1000).tolist() == shown
        assert [days.day(second * 1000) for second in seconds] == shown


def test_where_clocks_skip_midnight_the_day_begins_when_they_are_put_forward() -> None:
    days = NaturalDays("America/Sao_Paulo")  # 4 November 2018: 00:00 was 01:00
    sunday = datetime(2018, 11, 4, tzinfo=UTC).toordinal()

    assert days.begins_ms(sunday) == int(datetime(2018, 11, 4, 3, tzinfo=UTC).timestamp()) * 1000
    assert days.of(np.array([days.begins_ms(sunday) - 1, days.begins_ms(sunday)])).tolist() == [sunday - 1, sunday]
