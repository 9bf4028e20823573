"""Loops that end, and what is told of it."""

from __future__ import annotations

import asyncio

from streams.transport.life.watch import Watch


async def endless() -> None:
    await asyncio.sleep(3600.0)


async def broken() -> None:
    raise ValueError("no")


async def ending() -> None:
    """Ends, as no loop should."""


async def test_the_first_failure_is_the_one_that_is_told() -> None:
    watch = Watch()
    watch.start("of flushes", broken())
    failure = await asyncio.wait_for(watch.failure(), 2.0)
    watch.fail("another", OSError("later"))

    assert str(failure) == "loop of flushes failed: ValueError('no')"
    assert isinstance(failure.__cause__, ValueError)
    await watch.stop()


async def test_a_loop_that_ends_quietly_is_a_failure_too() -> None:
    watch = Watch()
    watch.start("of flushes", ending())

    assert "it ended" in str(await asyncio.wait_for(watch.failure(), 2.0))
    await watch.stop()


async def test_stopping_ends_the_loops_without_a_failure() -> None:
    watch = Watch()
    watch.start("of flushes", endless())
    await watch.stop()

    assert not watch.failed


async def test_what_cannot_report_is_asked() -> None:
    watch = Watch()
    watch.start("that looks", watch.look_at(lambda: OSError("crashed"), every_s=0.01))

    assert "crashed" in str(await asyncio.wait_for(watch.failure(), 2.0))
    await watch.stop()
