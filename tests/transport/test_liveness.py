"""When a worker that is up is as good as dead."""

from __future__ import annotations

import pytest

from streams.transport.liveness import SILENT_LIMIT_S, UNOWNED_LIMIT_S, Liveness


def test_a_quiet_night_is_no_failure() -> None:
    liveness = Liveness(0.0)
    looks = [
        liveness.look(owns=True, waiting=False, progressed=False, heard=True, now_s=float(now)) for now in range(1000)
    ]

    assert set(looks) == {None}


def test_a_backlog_that_is_worked_off_is_no_failure() -> None:
    liveness = Liveness(0.0)
    looks = [
        liveness.look(owns=True, waiting=True, progressed=now % 60 == 0, heard=False, now_s=float(now))
        for now in range(1000)
    ]

    assert set(looks) == {None}


@pytest.mark.parametrize(("heard", "told"), [(True, "records are waiting"), (False, "answered no fetch")])
def test_reading_nothing_for_long_ends_the_worker(heard: bool, told: str) -> None:
    liveness = Liveness(0.0)
    reason = liveness.look(owns=True, waiting=heard, progressed=False, heard=heard, now_s=SILENT_LIMIT_S + 1)

    assert reason is not None
    assert told in reason


def test_a_group_that_never_comes_together_ends_the_worker() -> None:
    liveness = Liveness(0.0)

    assert liveness.look(owns=False, waiting=False, progressed=False, heard=False, now_s=UNOWNED_LIMIT_S - 1) is None
    assert liveness.look(owns=False, waiting=False, progressed=False, heard=False, now_s=UNOWNED_LIMIT_S + 1)


def test_after_a_rebalance_the_time_begins_anew() -> None:
    liveness = Liveness(0.0)
    liveness.look(owns=False, waiting=False, progressed=False, heard=False, now_s=119.0)

    assert liveness.look(owns=True, waiting=True, progressed=False, heard=True, now_s=121.0) is None
