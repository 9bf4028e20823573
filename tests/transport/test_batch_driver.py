"""The consumer's thread does not hold up whoever stops it."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace

from streams.transport.batch_driver import ConsumerWorkerThread


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
