"""`pharos worker` with a fault in it, for tests: `faulty_worker.py CONFIG`, and the fault as JSON in FAULT_OF_WORKER.

{"clock_s": 600}                     its wall clock is ten minutes fast
{"stuck": "flush", "after_s": 10}    from then on fetch, flush, loop or snapshot stands still
{"slow_s": 0.01}                     each fetched batch takes so long to count, for a thousand records
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
import time
from typing import Any

from fleet import FAULT

from streams.cli import main
from streams.ingest.partition import IngestPartition
from streams.transport.batch_driver import BatchConsumerThread
from streams.transport.flush import TransactionalFlusher
from streams.transport.topic_keeper import TopicKeeper
from streams.transport.worker import Worker


def shift_clock(seconds: float) -> None:
    """What asks for the time of day is told another; timers, which use the monotonic clock, are not."""
    right = time.time
    time.time = lambda: right() + seconds


def stand_still(what: str, after_s: float) -> None:
    """Makes one part of the worker wait for ever, from `after_s` after it has joined."""
    due = threading.Event()
    start = Worker.start

    async def start_and_wait(worker: Worker) -> None:
        await start(worker)
        loop = asyncio.get_running_loop()
        loop.call_later(after_s, due.set)
        if what == "loop":
            loop.call_later(after_s + 0.1, time.sleep, 600.0)

    Worker.start = start_and_wait  # type: ignore[method-assign]

    def hang(owner: Any, name: str, *, in_thread: bool = False) -> None:
        ours = getattr(owner, name)

        async def method(*arguments: Any, **options: Any) -> Any:
            if due.is_set():
                await asyncio.Event().wait()
            return await ours(*arguments, **options)

        setattr(owner, name, method)

    if what == "fetch":
        hang(BatchConsumerThread, "getmany")
    elif what == "flush":
        hang(TransactionalFlusher, "flush")
    elif what == "snapshot":
        hang(TopicKeeper, "save")


def slow_down(seconds: float) -> None:
    """Counting takes longer: `seconds` more for a thousand records."""
    feed = IngestPartition.feed

    def slowly(partition: IngestPartition, batch: Any) -> Any:
        time.sleep(seconds * len(batch.offsets) / 1000)
        return feed(partition, batch)

    IngestPartition.feed = slowly  # type: ignore[method-assign]


def have(fault: dict[str, Any]) -> None:
    """Put the fault in."""
    if "clock_s" in fault:
        shift_clock(fault["clock_s"])
    if "stuck" in fault:
        stand_still(fault["stuck"], fault["after_s"])
    if "slow_s" in fault:
        slow_down(fault["slow_s"])


if __name__ == "__main__":
    have(json.loads(os.environ.get(FAULT, "{}")))
    sys.exit(main(["worker", "--config", sys.argv[1], "--port", "0"]))
