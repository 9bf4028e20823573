"""The shop of the demo is a process of its own; what happens to it does not keep the demo from stopping."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time

from streams.broker.connection import Connection
from streams.broker.embedded import EmbeddedBroker
from streams.demo.shop_process import PARTITIONS
from streams.demo.show import DemoOptions, Shop
from streams.settings.settings import Settings
from streams.topics.wanted import embedded_topics


def test_the_demo_stops_the_shop_whatever_signal_its_process_got() -> None:
    with EmbeddedBroker(0, embedded_topics(Settings(), PARTITIONS)) as broker:
        shop = Shop(DemoOptions("double11", 2, 60.0, None, True, None), Connection(broker.address))
        shop.start()
        (process,) = [child for child in multiprocessing.active_children() if child.name == "shop"]
        deadline = time.monotonic() + 60
        while shop.progress.sent <= 60_000 and time.monotonic() < deadline:
            time.sleep(0.1)  # beyond that it waits for a worker, or to be stopped
        os.kill(process.pid or 0, signal.SIGTERM)  # as `timeout` sends it to all of a group
        process.join(0.5)
        assert process.is_alive()
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join(5)
        shop.stop()
        assert process.exitcode == -signal.SIGKILL
