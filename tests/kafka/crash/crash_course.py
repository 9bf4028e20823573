"""The course of a crash test: workers are killed and come back, one is stopped and wakes up, the broker restarts."""

from __future__ import annotations

import random
import signal
import time
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from tests.kafka.crash.fleet import Fleet


class Size(NamedTuple):
    """How much of it."""

    workers: int
    partitions: int
    events: int
    kills: int
    dedup_records: int
    stop_s: float
    limit_s: float


def run_course(
    size: Size, fleet: Fleet, broker: Any, done: Callable[[], int], seed: int, say: Callable[[str], None]
) -> dict[str, Any]:
    """Kill, stop, restart until all kills are done and every event is committed. Returns what happened.

    `done` tells how many source records the commits cover, or -1 when the broker does not say.
    """
    draw = random.Random(seed)
    began = time.monotonic()
    next_kill = began + 8.0
    asked = 0
    paused: tuple[subprocess.Popen[bytes], float] | None = None
    restarted = stopped = False
    woken = began
    progress = 0
    while True:
        time.sleep(0.1)
        now = time.monotonic()
        if now - began > size.limit_s:
            raise AssertionError(f"not done within {size.limit_s:.0f} s: {progress} of {size.events}")
        if paused is not None and now >= paused[1]:
            paused[0].send_signal(signal.SIGCONT)
            paused = None
            next_kill = now + 5.0  # what it does when it wakes up is to be seen
            woken = now
            say("a stopped worker goes on")
        fleet.tend()
        if fleet.kills < size.kills and now >= next_kill and paused is None:
            fleet.kill(draw)
            asked += 1
            next_kill = now + draw.uniform(1.0, 9.0)
        if not stopped and fleet.kills >= size.kills // 3:
            worker = fleet.pause(draw)
            if worker is not None:
                stopped = True
                paused = (worker, time.monotonic() + size.stop_s)
                say(f"a worker is stopped for {size.stop_s:.0f} s")
        if (
            not restarted
            and paused is None
            and stopped
            and now - woken > 5.0
            and fleet.kills >= max(2, size.kills * 2 // 3)
        ):
            restarted = True
            say("the broker restarts")
            broker.restart()
        if fleet.kills >= size.kills and restarted and paused is None:
            progress = done()
            if progress >= size.events:
                return {
                    "wall_s": round(now - began),
                    "kills": fleet.kills,
                    "signals": asked,
                    "self_ended": list(fleet.ends),
                }
