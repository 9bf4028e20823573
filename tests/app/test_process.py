"""A worker that failed, or was asked to stop, does not stay, whatever hangs."""

from __future__ import annotations

import subprocess
import sys
import time

HANGS = """
import asyncio, threading, time
from streams.app import process as service
from streams.transport.life.watch import WorkerFailedError

service._FAILED_LIMIT_S = 1.0

class System:
    async def failure(self):
        return WorkerFailedError("the log was trimmed: begin anew")

async def main():
    threading.Thread(target=time.sleep, args=(60,)).start()  # not a daemon: it would keep the process
    await service.until(asyncio.Event(), System())

asyncio.run(main())
"""


def test_a_failed_worker_ends_although_a_thread_of_it_hangs_and_says_why() -> None:
    begun = time.monotonic()

    ended = subprocess.run([sys.executable, "-c", HANGS], capture_output=True, text=True, timeout=50, check=False)

    assert time.monotonic() - begun < 40
    assert ended.returncode == 1
    assert "pharos: the log was trimmed: begin anew" in ended.stderr


STANDS_STILL = """
import asyncio, os, signal, time
from streams.app import process as service

service._STOP_LIMIT_S = 0.5

async def main():
    stop = service.stop_event()
    os.kill(os.getpid(), signal.SIGTERM)
    await stop.wait()
    time.sleep(60)

asyncio.run(main())
"""


def test_a_worker_that_was_asked_to_stop_ends_although_its_loop_stands_still() -> None:
    begun = time.monotonic()

    ended = subprocess.run(
        [sys.executable, "-c", STANDS_STILL], capture_output=True, text=True, timeout=50, check=False
    )

    assert time.monotonic() - begun < 40
    assert ended.returncode == 70
    assert "pharos: did not stop within 0.5 s" in ended.stderr
