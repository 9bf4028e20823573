"""The shop of the demo waits for a worker that cannot keep up: alerts of what is over would be no news."""

from __future__ import annotations

import pytest

from streams.demo.shop_process import Behind, behind
from streams.offline.replay import Progress

LIVE_FROM = 1_000_000_000
MINUTE = 60_000


HOUR = 60 * MINUTE
BEGUN = LIVE_FROM - 96 * HOUR


@pytest.mark.parametrize(
    ("progress", "read", "merged_ms", "judged_ms", "found"),
    [
        (Progress(100_000, LIVE_FROM - HOUR, BEGUN), 40_000, LIVE_FROM - HOUR, -1, None),
        (Progress(100_001, LIVE_FROM - HOUR, BEGUN), 40_000, LIVE_FROM - HOUR, -1, Behind.READING),
        (Progress(100, BEGUN + 36 * HOUR, BEGUN), 100, -1, -1, None),
        (Progress(100, BEGUN + 37 * HOUR, BEGUN), 100, -1, -1, Behind.MERGING),
        (Progress(100, BEGUN + 37 * HOUR, BEGUN), 100, BEGUN + HOUR, -1, None),
        (Progress(100, LIVE_FROM + 5 * MINUTE, BEGUN), 100, LIVE_FROM, -1, None),
        (Progress(100, LIVE_FROM + 6 * MINUTE, BEGUN), 100, LIVE_FROM, -1, Behind.JUDGING),
        (Progress(100, LIVE_FROM + 6 * MINUTE, BEGUN), 100, LIVE_FROM, LIVE_FROM + MINUTE, None),
        (Progress(100, LIVE_FROM + HOUR, BEGUN), 100, LIVE_FROM, LIVE_FROM + 54 * MINUTE, Behind.JUDGING),
    ],
)
def test_the_shop_runs_ahead_by_so_many_records_a_day_and_a_half_and_five_of_its_minutes(
    progress: Progress, read: int, merged_ms: int, judged_ms: int, found: Behind | None
) -> None:
    assert behind(progress, read, merged_ms, judged_ms, LIVE_FROM) is found
