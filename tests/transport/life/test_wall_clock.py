"""The wall clock between two answers of the brokers, and without any."""

from __future__ import annotations

import logging

import pytest

from streams.broker.connection import Connection
from streams.transport.life.clock import WorkerClock
from streams.transport.life.wall_clock import BrokersClock, WallClock


class Machine:
    """Its clock and its uptime, in seconds."""

    def __init__(self) -> None:
        self.wall, self.uptime = 1_000.0, 50.0
        self.clock = WallClock(lambda: self.wall, lambda: self.uptime)


@pytest.mark.parametrize(("wall", "uptime", "seconds"), [(10.0, 10.0, 10), (-590.0, 10.0, 10), (3_600.0, 0.0, 3_600)])
def test_a_clock_that_is_set_back_and_a_machine_that_slept_make_nothing_look_ahead(
    wall: float, uptime: float, seconds: int
) -> None:
    machine = Machine()
    machine.clock.set_right(-600_000)

    machine.wall += wall
    machine.uptime += uptime

    assert machine.clock.now_ms() == 400_000 + seconds * 1_000


def test_no_record_takes_a_live_worker_s_clock_past_the_wall_clock() -> None:
    machine = Machine()
    clock = WorkerClock(lambda: machine.uptime, machine.clock.now_ms)

    clock.observe(86_400_000)

    assert clock.now_ms() == 1_000_000


async def test_brokers_that_do_not_tell_their_clock_are_named_once_and_change_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    machine = Machine()
    brokers = BrokersClock(Connection("127.0.0.1:1"), "t", "g", machine.clock, lambda: 0)

    with caplog.at_level(logging.WARNING, "streams.transport.life.wall_clock"):
        answers = [await brokers.set_right(), await brokers.set_right()]

    assert answers == [False, False]
    assert len([line for line in caplog.messages if "clock is unknown" in line]) == 1
    assert machine.clock.now_ms() == 1_000_000
