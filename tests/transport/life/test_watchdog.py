"""When a worker that is up is as good as dead, and that it ends then."""

from __future__ import annotations

import threading
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.transport.life.watchdog import LIMIT_S, Duty, Station, Watchdog
from streams.transport.life.watchdog_thread import WatchdogThread


def reading(progress: int, *, owing: bool = True) -> Duty:
    return Duty(Station.FETCH, "ingest", owing, progress)


def test_a_quiet_night_is_no_standstill() -> None:
    watchdog = Watchdog(0.0)
    for second in range(1000):
        watchdog.look([reading(0, owing=False)], float(second))
        assert watchdog.overdue(float(second)) is None


def test_a_backlog_that_is_worked_off_is_no_standstill() -> None:
    watchdog = Watchdog(0.0)
    for second in range(1000):
        watchdog.look([reading(second // 40)], float(second))
        assert watchdog.overdue(float(second)) is None


def test_what_owes_and_does_not_get_on_is_told_with_its_place() -> None:
    watchdog = Watchdog(0.0)
    for second in range(50):
        watchdog.look([Duty(Station.SNAPSHOT, "pharos-cells-2", owing=True, progress=3), reading(second)], second)

    found = watchdog.overdue(50.0)

    assert found is not None
    assert (found.station, found.what) == (Station.SNAPSHOT, "pharos-cells-2")


def test_a_loop_that_no_longer_looks_stands_still_whatever_else_does() -> None:
    watchdog = Watchdog(0.0)
    watchdog.look([reading(0)], 0.0)

    assert watchdog.overdue(LIMIT_S) is None
    found = watchdog.overdue(LIMIT_S + 1)
    assert found is not None
    assert found.station is Station.LOOP


def test_what_owed_something_when_the_loop_stopped_is_not_blamed_for_it() -> None:
    watchdog = Watchdog(0.0)
    for second in range(5):
        watchdog.look([Duty(Station.SNAPSHOT, "pharos-cells-0", owing=True, progress=3)], float(second))

    assert watchdog.overdue(4 + LIMIT_S) is None
    found = watchdog.overdue(4 + LIMIT_S + 1)
    assert found is not None
    assert found.station is Station.LOOP


def test_a_group_may_take_longer_to_come_together() -> None:
    watchdog = Watchdog(0.0)
    ends = []
    for second in range(200):
        watchdog.look([Duty(Station.GROUP, "ingest", owing=True, progress=None)], float(second))
        ends.append(watchdog.overdue(float(second)))

    assert ends[:180] == [None] * 180
    assert ends[-1] is not None


def test_a_process_that_was_stopped_is_excused_for_the_time() -> None:
    watchdog = Watchdog(0.0)
    watchdog.look([reading(0)], 0.0)
    watchdog.excuse(600.0)

    assert watchdog.overdue(600.0 + LIMIT_S) is None
    assert watchdog.overdue(600.0 + LIMIT_S + 1) is not None


@settings(max_examples=100, deadline=None)
@given(looks=st.lists(st.tuples(st.integers(1, 30), st.booleans(), st.integers(0, 2)), min_size=1, max_size=30))
def test_overdue_is_owing_the_same_for_longer_than_the_limit(looks: list[tuple[int, bool, int]]) -> None:
    watchdog, now, since, last = Watchdog(0.0), 0, None, None
    for step, owing, progress in looks:
        now += step
        watchdog.look([reading(progress, owing=owing)], float(now))
        if not owing:
            since = None
        elif since is None or progress != last:
            since = now
        last = progress

        assert (since is not None and now - since > LIMIT_S) == (watchdog.overdue(float(now)) is not None)


def test_the_thread_ends_the_process_with_the_number_of_what_stands_still() -> None:
    codes: list[int] = []
    ended = threading.Event()

    def end(code: int) -> None:
        codes.append(code)
        ended.set()

    begun = time.monotonic()
    thread = WatchdogThread(Watchdog(begun), lambda: begun + LIMIT_S + 1, end, every_s=0.01)
    thread.start()

    assert ended.wait(5.0)
    thread.stop()
    assert codes == [73]


def test_the_thread_excuses_a_pause_of_the_whole_process() -> None:
    now = [0.0]
    watchdog = Watchdog(0.0)

    def clock() -> float:
        now[0] += 100.0 if len(asked) == 5 else 0.01
        asked.append(now[0])
        return now[0]

    asked: list[float] = []
    codes: list[int] = []
    thread = WatchdogThread(watchdog, clock, codes.append, every_s=0.01)
    thread.start()
    until = time.monotonic() + 5.0
    while len(asked) < 20:
        assert time.monotonic() < until
        time.sleep(0.01)
    thread.stop()

    assert codes == []
