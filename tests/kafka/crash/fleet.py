"""Workers as an orchestrator keeps them: started again whenever they end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping, Sequence

READY_S = 8.0
MOST_ENDS = 20
PROJECT = Path(__file__).parents[3]
CRASH_WORKER = ("-m", "tests.kafka.crash.crash_worker")
FAULT = "FAULT_OF_WORKER"  # the variable that says which
STUCK = "stands still from now on: "  # what it says before, with the time
FAULTY_WORKER = ("-m", "tests.kafka.crash.faulty_worker")


class Fleet:
    """Workers that are started again whenever they end.

    Args:
        command: the script and its arguments.
        log: where they write.
        workers: how many to begin with.
        environment: variables of all of them, beside ours.

    Attributes:
        ends: exit codes of workers that ended by themselves.
        kills: how many were ended by SIGKILL.

    """

    def __init__(
        self, command: Sequence[str | Path], log: Path, workers: int, environment: Mapping[str, str] | None = None
    ) -> None:
        self._command = [sys.executable, *map(str, command)]
        self._environment = {**os.environ, **(environment or {})}
        self._log = log.open("ab")
        self.ends: list[int] = []
        self.kills = 0
        self._left: list[subprocess.Popen[bytes]] = []
        self._born: dict[int, float] = {}
        self.workers = [self._start() for _ in range(workers)]

    def _start(self, extra: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        worker = subprocess.Popen(
            self._command, stdout=self._log, stderr=self._log, cwd=PROJECT, env={**self._environment, **(extra or {})}
        )
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
                assert len(self.ends) <= MOST_ENDS, f"workers keep ending by themselves: {self.ends}"
                self.workers[index] = self._start()

    def join(self, environment: Mapping[str, str] | None = None) -> None:
        """One more, with variables of its own for its first life."""
        self.workers.append(self._start(environment))

    def leave(self) -> None:
        """The oldest is asked to end, and not started again."""
        worker = self.workers.pop(0)
        worker.send_signal(signal.SIGTERM)
        self._left.append(worker)

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

    def kill_all(self) -> None:
        """SIGKILL, for good."""
        for worker in self.workers:
            worker.kill()
        self.stop()

    def stop(self) -> float:
        """SIGTERM to all. Returns the seconds until the last has ended; kills what takes longer than 15."""
        began = time.monotonic()
        for worker in self.workers:
            worker.send_signal(signal.SIGTERM)
        for worker in [*self.workers, *self._left]:
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
