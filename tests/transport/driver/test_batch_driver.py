"""The consumer's thread does not hold up whoever stops it."""

from __future__ import annotations

import asyncio
import threading
import time
from types import SimpleNamespace

from streams.transport.driver.batch_driver import BatchConsumerThread, ConsumerWorkerThread


def test_a_thread_that_waits_for_a_broker_is_left_behind() -> None:
    answer = threading.Event()
    thread = ConsumerWorkerThread(SimpleNamespace(_start_thread=lambda: answer.wait(30.0)))
    thread.start()
    begun = time.monotonic()

    thread.stop()

    assert time.monotonic() - begun < 10.0
    assert thread.is_alive()
    assert thread.daemon
    answer.set()
    thread.join(10.0)


def test_a_thread_that_ends_is_gone_after_its_stop() -> None:
    thread = ConsumerWorkerThread(SimpleNamespace(_start_thread=lambda: None))
    thread.start()

    thread.stop()

    assert not thread.is_alive()


async def test_the_clients_connections_are_never_closed_by_the_main_loop_which_is_not_theirs() -> None:
    closed_in: list[asyncio.AbstractEventLoop] = []

    async def close() -> None:
        closed_in.append(asyncio.get_running_loop())

    ends = SimpleNamespace(close=close)
    thread = object.__new__(BatchConsumerThread)
    thread._consumer = SimpleNamespace(_closed=False, _client=ends, _coordinator=ends)
    thread.app = SimpleNamespace(loop=asyncio.get_running_loop())
    thread.close()  # as Faust does when partitions move while the app stops
    await asyncio.sleep(0.01)

    assert closed_in == []
    assert not thread._consumer._closed  # or the thread would leave them open
