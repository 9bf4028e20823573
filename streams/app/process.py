"""A worker as a process: signals, log, garbage collector, exit."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

import uvloop

from streams.app.new_system import new_system
from streams.configuration.log_level import log_level
from streams.transport.life.watchdog_timer import wound

if TYPE_CHECKING:
    from streams.app.system import System
    from streams.settings.settings import Settings

_STOP_LIMIT_S = 9.0
_FAILED_LIMIT_S = 10.0
_FAILED = 1
_DID_NOT_STOP = 70
_YOUNG_OBJECTS = 50_000  # a batch of events makes tens of thousands, and none of them in a cycle


def run_worker(settings: Settings) -> None:
    """Runs until SIGINT or SIGTERM.

    Raises TopicsError, WorkerFailedError, OSError or ValueError with a sentence that names the remedy.
    """
    logging.basicConfig(level=log_level(os.environ), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # while a broker is down: ten lines a second
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    stop = stop_event()
    leaving = asyncio.ensure_future(_leave_at(stop))
    async with wound():
        system = await new_system(settings)
        async with system.running() as address:
            leaving.cancel()
            settle_garbage_collector()
            guarantee = "exactly once" if system.settings.transactions else "embedded broker, nothing is kept"
            print(f"pharos worker: {settings.broker} ({guarantee}), page {address}", file=sys.stderr, flush=True)
            await until(stop, system)
    # What is ours is closed. Threads of Kafka's clients may still wait for brokers, and Python would wait for them.
    sys.stdout.flush()
    os._exit(0)


def settle_garbage_collector() -> None:
    """What is loaded stays for good, and need not be looked at each time; what comes hardly ever forms cycles."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS, 20, 50)


async def _leave_at(stop: asyncio.Event) -> None:
    """Ends the process: a worker that has not started holds nothing, and joining a group cannot be broken off."""
    await stop.wait()
    os._exit(130)


def stop_event() -> asyncio.Event:
    """Set by the first SIGINT or SIGTERM; a second one, or nine seconds, end the process without further ado."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def ask() -> None:
        if stop.is_set():
            os._exit(130)
        stop.set()
        _end_in(_STOP_LIMIT_S, f"did not stop within {_STOP_LIMIT_S:g} s", _DID_NOT_STOP)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ask)
    return stop


def end_at_last(error: BaseException) -> None:
    """Ends the process in ten seconds, unless it has ended by then.

    A worker that failed stops what it can; a thread of one of Kafka's clients may hang all the same, and a process that
    stays keeps its partitions from the others.
    """
    _end_in(_FAILED_LIMIT_S, str(error), _FAILED)


def _end_in(seconds: float, why: str, code: int) -> None:
    """A thread, for the loop may be what stands still."""

    def end() -> None:
        print(f"pharos: {why}", file=sys.stderr, flush=True)
        os._exit(code)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()


async def until(stop: asyncio.Event, system: System, limit_s: float | None = None) -> None:
    """Returns when asked to stop or after the limit; raises WorkerFailedError when the worker cannot go on."""
    failure, asked = asyncio.ensure_future(system.failure()), asyncio.ensure_future(stop.wait())
    try:
        done, _ = await asyncio.wait({failure, asked}, timeout=limit_s, return_when=asyncio.FIRST_COMPLETED)
        if failure in done:
            end_at_last(failure.result())
            raise failure.result()
    finally:
        failure.cancel()
        asked.cancel()
