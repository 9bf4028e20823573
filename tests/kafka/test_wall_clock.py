"""The wall clock by which records are refused is the brokers', however wrong this machine's is."""

from __future__ import annotations

import time
from typing import Any

import pytest

from streams.broker.connection import Connection
from streams.transport.life.wall_clock import BrokersClock, WallClock

pytestmark = pytest.mark.kafka


@pytest.mark.parametrize("wrong_s", [600.0, -600.0])
async def test_a_machine_that_is_ten_minutes_off_goes_by_the_brokers_clock(kafka: Any, wrong_s: float) -> None:
    def wall() -> float:
        return time.time() + wrong_s

    clock = WallClock(wall, time.monotonic)
    brokers = BrokersClock(
        Connection(kafka.address), f"wall-clock-{wrong_s:g}", "wall-clock", clock, lambda: int(wall() * 1000)
    )

    assert await brokers.set_right()

    assert abs(clock.now_ms() / 1000 - time.time()) < 2.0
