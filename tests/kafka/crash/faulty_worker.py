"""`pharos worker` with a fault in it, for tests: `faulty_worker.py CONFIG`, and the fault as JSON in FAULT_OF_WORKER.

clock_s: its wall clock is fast by so much.
stuck, after_s: from so long after joining, its fetch, flush, loop, snapshot or interpreter stands still; it
says so.
limit_s: its watchdog is less patient.
slow_s: counting a thousand records takes so much longer.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from streams.cli import main
from streams.settings.settings import SOURCE_TOPICS
from streams.transport.driver.batch_driver import BatchConsumerThread
from streams.transport.flush.flush import TransactionalFlusher
from streams.transport.life import watchdog
from streams.transport.log.topic_keeper import TopicKeeper
from streams.transport.source.source_agent import SourceAgent
from streams.transport.worker import Worker
from tests.kafka.crash.fleet import FAULT, STUCK

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.transport.driver.fetched import Fetched


BLOCKING: dict[str, Callable[[int], object]] = {"loop": time.sleep, "interpreter": ctypes.PyDLL(None).sleep}


def shift_clock(seconds: float) -> None:
    """What asks for the time of day is told another; timers, which use the monotonic clock, are not."""
    right = time.time
    time.time = lambda: right() + seconds


def stand_still(what: str, after_s: float) -> None:
    """Makes one part of the worker wait for ever, from `after_s` after it has joined."""
    due = threading.Event()
    start = Worker.start

    def begin() -> None:
        due.set()
        os.write(2, f"{STUCK}{time.time()}\n".encode())

    async def start_and_wait(worker: Worker) -> None:
        await start(worker)
        loop = asyncio.get_running_loop()
        loop.call_later(after_s, begin)
        if what in BLOCKING:
            loop.call_later(after_s + 0.1, BLOCKING[what], 600)

    Worker.start = start_and_wait  # type: ignore[method-assign]

    def hang(owner: Any, name: str, concerns: Callable[..., bool] = lambda *_arguments: True) -> None:
        ours = getattr(owner, name)

        async def method(*arguments: Any) -> Any:
            if due.is_set() and concerns(*arguments):
                await asyncio.Event().wait()
            return await ours(*arguments)

        setattr(owner, name, method)

    if what == "fetch":
        hang(BatchConsumerThread, "getmany")
    elif what == "flush":
        hang(TransactionalFlusher, "flush", lambda _self, content: content.source.topic in SOURCE_TOPICS)
    elif what == "snapshot":
        hang(TopicKeeper, "save")


def slow_down(seconds: float) -> None:
    """Counting takes longer: `seconds` more for a thousand records. The loop has time for all else meanwhile."""
    handle = SourceAgent.handle

    async def slowly(agent: SourceAgent, fetched: Fetched) -> None:
        await asyncio.sleep(seconds * len(fetched.batch.offsets) / 1000)
        await handle(agent, fetched)

    SourceAgent.handle = slowly  # type: ignore[method-assign]


def have(fault: dict[str, Any]) -> None:
    """Put the fault in."""
    if "clock_s" in fault:
        shift_clock(fault["clock_s"])
    if "stuck" in fault:
        stand_still(fault["stuck"], fault["after_s"])
    if "limit_s" in fault:
        watchdog.LIMIT_S = fault["limit_s"]
    if "slow_s" in fault:
        slow_down(fault["slow_s"])


if __name__ == "__main__":
    have(json.loads(os.environ.get(FAULT, "{}")))
    sys.exit(main(["worker", "--config", sys.argv[1], "--port", "0"]))
