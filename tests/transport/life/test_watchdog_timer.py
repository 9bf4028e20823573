"""A process whose interpreter stands still ends, whatever holds it; one whose loop turns is left alone."""

from __future__ import annotations

import asyncio
import faulthandler
import os
import signal
import subprocess
import sys
from typing import Any

import pytest

from streams.transport.life import watchdog
from streams.transport.life.watchdog_timer import MORE_S, WatchdogTimer, wound

HOLD = """
import asyncio, ctypes, re
from streams.transport.life import watchdog, watchdog_timer

watchdog.LIMIT_S, watchdog_timer.MORE_S = 0.4, 0.1

def sleep_with_the_lock(*_args, **_options):
    ctypes.PyDLL(None).sleep(60)

def match_for_ever():
    re.fullmatch(".?" * 60 + "[0-9]", "repeat_contacts")

async def sleep_in_a_coroutine(*_args, **_options):
    sleep_with_the_lock()

async def watched(hold):
    async with watchdog_timer.wound():
        asyncio.get_running_loop().call_later(0.1, hold)
        await asyncio.sleep(60)

"""
WORKER = """
from streams.app import process as service
from streams.settings.settings import Settings

service.new_system = sleep_in_a_coroutine
service.run_worker(Settings())
"""
DEMO = """
from streams.demo import show as demo
from streams.settings.settings import Settings

demo.new_system = sleep_in_a_coroutine
asyncio.run(demo._watched(demo._play(Settings(), demo.DemoOptions("", 1, 1.0, None, True, None), None)))
"""


@pytest.mark.parametrize(
    ("code", "where"),
    [
        pytest.param("asyncio.run(watched(match_for_ever))", "match_for_ever", id="an expression of Python's"),
        pytest.param("asyncio.run(watched(sleep_with_the_lock))", "sleep_with_the_lock", id="a library in C"),
        pytest.param(WORKER, "sleep_in_a_coroutine", id="in the worker"),
        pytest.param(DEMO, "sleep_in_a_coroutine", id="in the demo"),
    ],
)
def test_what_holds_the_interpreter_ends_the_process_with_its_place(code: str, where: str) -> None:
    ended = subprocess.run([sys.executable, "-c", HOLD + code], capture_output=True, text=True, timeout=40, check=False)

    assert ended.returncode == 1
    assert ended.stderr.startswith("Timeout (0:00:00.5")
    assert f"in {where}" in ended.stderr


@pytest.fixture
def timer(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What Python's timer was told, in place of the real one, which is pytest's here."""
    told: list[str] = []

    def later(limit_s: float, **options: Any) -> None:
        assert options == {"exit": True, "file": 2}
        told.append(f"in {limit_s:g} s")

    monkeypatch.setattr(faulthandler, "dump_traceback_later", later)
    monkeypatch.setattr(faulthandler, "cancel_dump_traceback_later", lambda: told.append("off"))
    monkeypatch.setattr(os, "kill", lambda _pid, number: told.append(signal.Signals(number).name))
    return told


async def test_a_loop_that_turns_puts_it_back_and_its_end_ends_it(timer: list[str]) -> None:
    async with wound(0.04):
        await asyncio.sleep(0.1)
    told = len(timer)
    await asyncio.sleep(0.05)

    assert timer[:3] == ["in 0.04 s"] * 3
    assert timer.index("off") == len(timer) - 1 == told - 1


async def test_ctrl_z_stops_the_process_with_the_timer_off_and_on_again_afterwards(timer: list[str]) -> None:
    async with wound(20.0):
        signal.raise_signal(signal.SIGTSTP)
        await asyncio.sleep(0.01)

    assert timer == ["in 20 s", "off", "SIGSTOP", "in 20 s", "off"]


def test_a_thread_that_can_still_speak_has_time_to_say_what_stands_still() -> None:
    assert WatchdogTimer()._limit_s == watchdog.LIMIT_S + MORE_S < 60.0
