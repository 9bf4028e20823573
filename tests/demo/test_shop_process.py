"""The shop of the demo waits for a worker that cannot keep up: alerts of what is over would be no news."""

from __future__ import annotations

import pytest

from streams.demo.shop_process import Behind, behind
from streams.offline.replay import Progress

LIVE_FROM = 1_000_000_000
MINUTE = 60_000


@pytest.mark.parametrize(
    ("progress", "read", "judged_ms", "found"),
    [
        (Progress(100_000, LIVE_FROM - 60 * MINUTE), 40_000, -1, None),
        (Progress(100_001, LIVE_FROM - 60 * MINUTE), 40_000, -1, Behind.READING),
        (Progress(100, LIVE_FROM + 5 * MINUTE), 100, -1, None),
        (Progress(100, LIVE_FROM + 6 * MINUTE), 100, -1, Behind.JUDGING),
        (Progress(100, LIVE_FROM + 6 * MINUTE), 100, LIVE_FROM + MINUTE, None),
        (Progress(100, LIVE_FROM + 60 * MINUTE), 100, LIVE_FROM + 54 * MINUTE, Behind.JUDGING),
    ],
)
def test_the_shop_runs_ahead_by_so_many_records_and_by_five_of_its_minutes(
    progress: Progress, read: int, judged_ms: int, found: Behind | None
) -> None:
    assert behind(progress, read, judged_ms, LIVE_FROM) is found
