"""The course of a crash test: workers are killed and come back, one is stopped and wakes up, the broker restarts."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

READY_S = 8.0
WORKER = Path(__file__).with_name("crash_worker.py")


class Size(NamedTuple):
    """How much of it."""

    workers: int
    partitions: int
    events: int
    kills: int
    dedup_records: int
    stop_s: float
    limit_s: float


class Fleet:
    """Workers that are started again whenever they end, as an orchestrator does.

    Attributes:
        ends: exit codes of workers that ended by themselves.

    """

    def __init__(self, size: Size, settings: dict[str, Any], log: Path) -> None:
        self._argument = json.dumps({"settings": settings, "partitions": size.partitions})
        self._log = log.open("ab")
        self.ends: list[int] = []
        self.kills = 0
        self._born: dict[int, float] = {}
        self.workers = [self._start() for _ in range(size.workers)]

    def _start(self) -> subprocess.Popen[bytes]:
        worker = subprocess.Popen([sys.executable, str(WORKER), self._argument], stdout=self._log, stderr=self._log)
        self._born[worker.pid] = time.monotonic()
        return worker

    def _listens(self, worker: subprocess.Popen[bytes]) -> bool:
        """Whether it has had the time to install its signal handlers and to get its partitions."""
        return time.monotonic() - self._born[worker.pid] > READY_S

    def tend(self) -> None:
        """Start again what has ended."""
        for index, worker in enumerate(self.workers):
            code = worker.poll()
            if code is not None:
                if code == -signal.SIGKILL:
                    self.kills += 1
                else:
                    self.ends.append(code)
                assert len(self.ends) <= 20, f"workers keep ending by themselves: {self.ends}"
                self.workers[index] = self._start()

    def kill(self, draw: random.Random) -> None:
        """At once, or at the next flush that reaches a step drawn by the worker."""
        worker = draw.choice(self.workers)
        worker.send_signal(
            draw.choice((signal.SIGKILL, signal.SIGUSR1, signal.SIGUSR1)) if self._listens(worker) else signal.SIGKILL
        )

    def pause(self, draw: random.Random) -> subprocess.Popen[bytes] | None:
        """Inside a flush, so that it wakes up in one; anywhere, where no flush comes within twelve seconds.

        None while no worker has been up for long enough.
        """
        ready = [worker for worker in self.workers if worker.poll() is None and self._listens(worker)]
        if not ready:
            return None
        worker = draw.choice(ready)
        worker.send_signal(signal.SIGUSR2)
        deadline = time.monotonic() + 12.0
        while time.monotonic() < deadline and not _is_stopped(worker.pid):
            time.sleep(0.05)
        worker.send_signal(signal.SIGSTOP)
        return worker

    def stop(self) -> float:
        """SIGTERM to all. Returns the seconds until the last has ended; kills what takes longer than 15."""
        began = time.monotonic()
        for worker in self.workers:
            worker.send_signal(signal.SIGTERM)
        for worker in self.workers:
            try:
                worker.wait(15.0)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait(5.0)
        self._log.close()
        return time.monotonic() - began


def _is_stopped(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"
    except OSError:
        return False


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
