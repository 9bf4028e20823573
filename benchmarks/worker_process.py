"""`pharos worker` as a user runs it: a process of its own, watched through its page and /proc."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from benchmarks.rivals.aggregate import cpu_seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

START_LIMIT_S = 90.0
_STOP_LIMIT_S = 15.0
_SAMPLE = re.compile(r"^(\w+)\{(.*)\} ([0-9.e+-]+)$", re.MULTILINE)


class WorkerProcess:
    """A running worker.

    Attributes:
        page: the address of its page.

    """

    def __init__(self, process: subprocess.Popen[bytes], page: str) -> None:
        self.page = page
        self._process = process

    @property
    def pid(self) -> int:
        return self._process.pid

    def cpu_s(self) -> float:
        """Since its start."""
        self._look_alive()
        return cpu_seconds(self.pid)

    def peak_mib(self) -> float:
        """The largest resident size so far."""
        return self._memory_mib("VmHWM")

    def resident_mib(self) -> float:
        """The resident size now."""
        return self._memory_mib("VmRSS")

    def _memory_mib(self, what: str) -> float:
        self._look_alive()
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        return int(re.findall(rf"{what}:\s+(\d+)", status)[0]) / 1024

    def unmet(self) -> str:
        """What /readyz misses; empty when the worker is ready."""
        self._look_alive()
        try:
            with urllib.request.urlopen(f"{self.page}readyz", timeout=10) as answer:
                return "" if answer.status == 200 else "not ready"
        except urllib.error.HTTPError as refused:
            return refused.read().decode()
        except OSError as failure:  # its loop is busy
            return str(failure)

    def sums(self, metric: str, label: str) -> dict[str, float]:
        """The samples of a metric of /metrics, added up by the value of a label."""
        self._look_alive()
        with urllib.request.urlopen(f"{self.page}metrics", timeout=30) as answer:
            text = answer.read().decode()
        sums: dict[str, float] = {}
        for name, labels, value in _SAMPLE.findall(text):
            if name == metric and (found := re.search(rf'{label}="([^"]*)"', labels)):
                sums[found[1]] = sums.get(found[1], 0.0) + float(value)
        return sums

    def kill(self) -> None:
        """SIGKILL, as a crash."""
        self._process.kill()
        self._process.wait(_STOP_LIMIT_S)

    def stop(self) -> None:
        """SIGTERM, and SIGKILL after a limit."""
        self._process.terminate()
        try:
            self._process.wait(_STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            self.kill()

    def _look_alive(self) -> None:
        if self._process.poll() is not None:
            raise RuntimeError(f"pharos worker ended with exit code {self._process.returncode} during the benchmark")


@contextlib.contextmanager
def worker(
    broker: str, app: str, settings: Mapping[str, Any] | None = None, environment: Mapping[str, str] | None = None
) -> Iterator[WorkerProcess]:
    """A worker that says it is up. Raises RuntimeError with its last words where it does not come up."""
    with tempfile.TemporaryDirectory(prefix="pharos-worker-") as folder:
        config, log = Path(folder) / "pharos.yaml", Path(folder) / "log"
        config.write_bytes(
            orjson.dumps(
                {"broker": broker, "app": app, "time": "events", "port": 0, "state_dir": folder, **(settings or {})}
            )
        )
        command = [Path(sys.executable).with_name("pharos"), "worker", "--config", config]
        with log.open("wb") as stderr:
            process = subprocess.Popen(
                command, stdout=subprocess.DEVNULL, stderr=stderr, env={**os.environ, **(environment or {})}
            )
        running: WorkerProcess | None = None
        try:
            running = WorkerProcess(process, _page(process, log))
            yield running
        finally:
            if process.poll() is None:
                (running or WorkerProcess(process, "")).stop()


def wait_for(done: Callable[[], bool], what: str, limit_s: float, every_s: float = 0.1) -> None:
    """Look at intervals. Raises TimeoutError."""
    deadline = time.monotonic() + limit_s
    while not done():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {limit_s:.0f} s")
        time.sleep(every_s)


def _page(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline and process.poll() is None:
        if found := re.search(r"page (http://\S+)", log.read_text(errors="replace")):
            return found[1]
        time.sleep(0.02)
    raise RuntimeError(f"pharos worker did not come up:\n{log.read_text(errors='replace')[-2000:]}")
