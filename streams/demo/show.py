"""`pharos demo`: a simulated shop in a sale, an embedded broker, a worker and its page, in one process."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import multiprocessing
import resource
import tempfile
import time
import webbrowser
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
import orjson
import uvloop

from streams.alerts.words.message import listed
from streams.app.new_system import new_system
from streams.app.process import settle_garbage_collector, stop_event, until
from streams.broker.connection import Connection
from streams.broker.embedded import EmbeddedBroker
from streams.demo.report import last_words
from streams.demo.shop_process import PARTITIONS, Book, keep_shop
from streams.events.event_time import event_time_ms
from streams.offline.replay import Progress
from streams.offline.report import final_anomalies, score
from streams.offline.scenario import for_scenario
from streams.records.instant import rfc3339
from streams.scenarios.guide import Guide
from streams.scenarios.named import simulate
from streams.settings.settings import SecuritySettings
from streams.topics.wanted import embedded_topics
from streams.transport.life.watchdog_timer import wound

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from pathlib import Path

    from streams.app.system import System
    from streams.settings.settings import Settings
    from streams.simulate.played import Played

_PATIENCE_S = 300.0


class DemoOptions(NamedTuple):
    """What to play, how fast, and when to end. `duration_s` counts from the moment the live part begins."""

    scenario: str
    seed: int
    speed: float
    duration_s: float | None
    headless: bool
    report: Path | None


class Shop:
    """The simulated shop: a process of its own that sends its events, never far ahead of the worker."""

    def __init__(self, options: DemoOptions, connection: Connection) -> None:
        context = multiprocessing.get_context("spawn")
        self._book = Book(
            read=context.Value("q", 0),
            merged_ms=context.Value("q", -1),
            judged_ms=context.Value("q", -1),
            sent=context.Value("q", 0),
            at_ms=context.Value("q", 0),
            started_ms=context.Value("q", 0),
            live=context.Event(),
            stop=context.Event(),
        )
        arguments = (options.scenario, options.seed, options.speed, connection, self._book)
        self._process = context.Process(target=keep_shop, args=arguments, name="shop", daemon=True)

    def start(self) -> None:
        self._process.start()

    def stop(self) -> None:
        if not self._process.is_alive():
            return  # one that was killed while it waited for `stop` would be waited for
        self._book.stop.set()
        self._process.join(1.5)
        if self._process.is_alive():
            self._process.kill()

    def keep_pace(self, records: int, merged_ms: int, judged_ms: int) -> None:
        """The worker has read so many records, added them up so far, and handled anomalies up to that tick."""
        self._book.read.value, self._book.merged_ms.value, self._book.judged_ms.value = records, merged_ms, judged_ms

    @property
    def live(self) -> bool:
        """Whether the worker has learnt the history, and events flow at the demo's speed."""
        return bool(self._book.live.is_set())

    @property
    def over(self) -> bool:
        """Whether the last event is sent. Raises RuntimeError where the shop died before."""
        if self._process.exitcode not in (None, 0):
            raise RuntimeError(f"the simulated shop ended with {self._process.exitcode}; its message stands above")
        return self._process.exitcode is not None

    @property
    def progress(self) -> Progress:
        """Records sent so far, and ingest times of the last and the first."""
        return Progress(self._book.sent.value, self._book.at_ms.value, self._book.started_ms.value)


def run_demo(settings: Settings, options: DemoOptions) -> None:
    """Runs until the duration is over, the scenario ends, or Ctrl-C; then prints what happened."""
    logging.basicConfig(level="ERROR", format="%(levelname)s %(name)s: %(message)s")
    started = time.perf_counter()
    print(
        f"pharos demo: scenario {options.scenario}, seed {options.seed}, {options.speed:g} times real time", flush=True
    )
    print("  [1/3] making up a shop and its last days ...", flush=True)
    simulation = simulate(options.scenario, options.seed, "demo")
    print(f"        {simulation.events:,} events in {time.perf_counter() - started:.1f} s", flush=True)
    with tempfile.TemporaryDirectory(prefix="pharos-demo-") as folder, EmbeddedBroker(0, _topics(settings)) as broker:
        settings = msgspec.structs.replace(
            for_scenario(settings, simulation.scenario),
            broker=broker.address,
            security=SecuritySettings(),
            state_dir=folder,
            journey_page="always" if settings.journey_page == "with_tokens" else settings.journey_page,  # nobody exists
            session_timeout_s=6.0,
            idle_after_s=2.0,  # at sixty times real time every second of waiting is a minute
        )
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_watched(_play(settings, options, simulation)))


async def _watched(play: Awaitable[None]) -> None:
    async with wound():
        await play


async def _play(settings: Settings, options: DemoOptions, simulation: Played) -> None:
    stop = stop_event()
    started = time.perf_counter()
    zone = ZoneInfo(settings.timezone)
    system = await new_system(
        _with_free_port(settings), keep=True, pace=options.speed, write=lambda line: print(f"  {line}", flush=True)
    )
    shop = Shop(options, Connection(settings.broker))
    async with system.running() as address:
        settle_garbage_collector()
        print(f"  [2/3] the worker learns the days before; its page: {address}", flush=True)
        if not options.headless:
            await asyncio.to_thread(_open, address)
        shop.start()
        try:
            await _while(system, stop, shop, lambda: not shop.live, _PATIENCE_S)
            if not stop.is_set():
                now = datetime.fromtimestamp(shop.progress.at_ms / 1000, zone)
                print(
                    f"  [3/3] live: it is {now:%H:%M} on the eve of the sale ({time.perf_counter() - started:.0f} s). "
                    "Lines with ----- say what is being\n        done to the shop; its alerts appear here and on the "
                    "page within a shop minute or two. Ctrl-C ends it",
                    flush=True,
                )
                guide = Guide(simulation.truth, event_time_ms(simulation.scenario["evaluate_from"]) or 0)

                def goes_on() -> bool:
                    for line in guide.until(shop.progress.at_ms):
                        print(f"  ----- {line}", flush=True)
                    return not shop.over

                await _while(system, stop, shop, goes_on, options.duration_s)
        finally:
            shop.stop()
        await _settle(system, shop, stop)
        # Before the worker stops, which takes its time on a busy machine: Ctrl-C has a limit.
        report = _report(system, simulation, shop, time.perf_counter() - started)
        lines = [f"  {line}" for line in last_words(report, simulation.truth, zone)]
        print("\n".join(["", "pharos demo:", *lines]), flush=True)
        if options.report is not None:
            options.report.write_bytes(orjson.dumps(report, option=orjson.OPT_INDENT_2) + b"\n")


async def _while(system: System, stop: asyncio.Event, shop: Shop, goes_on: Any, limit_s: float | None) -> None:
    deadline = None if limit_s is None else time.monotonic() + limit_s
    while goes_on() and not stop.is_set() and (deadline is None or time.monotonic() < deadline):
        shop.keep_pace(_read(system), _merged_ms(system), system.handled_ms)
        await until(stop, system, 0.1)


async def _settle(system: System, shop: Shop, stop: asyncio.Event) -> None:
    """The worker finishes what was sent, so that the report speaks of all of it."""
    deadline = time.monotonic() + 10.0
    while _read(system) < shop.progress.sent and time.monotonic() < deadline and not stop.is_set():
        await until(stop, system, 0.1)
    await until(stop, system, 1.5)


def _read(system: System) -> int:
    agent = system.worker.source_agent
    return 0 if agent is None else sum(part.position for part in agent.parts.values())


def _merged_ms(system: System) -> int:
    return max(min((merge.watermarks.least for merge in system.worker.merges().values()), default=-1), -1)


def _report(system: System, simulation: Played, shop: Shop, wall_s: float) -> dict[str, Any]:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    outcomes = system.counts.outcomes
    until_ms = shop.progress.at_ms
    anomalies = final_anomalies(system.transitions)
    begun = [t for t in simulation.truth if (event_time_ms(t["start"]) or 0) + 120_000 <= until_ms]
    evaluate_from = simulation.scenario["evaluate_from"]
    return {
        "from": rfc3339(shop.progress.started_ms),
        "to": rfc3339(until_ms),
        "events_read": sum(outcomes.values()),
        "events_counted": outcomes.get("counted", 0),
        "duplicates": outcomes.get("duplicate", 0),
        "dead_letters": outcomes.get("dead_letter", 0),
        "late": outcomes.get("late", 0),
        "ignored": outcomes.get("ignored", 0),
        "wall_seconds": round(wall_s, 3),
        "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 3),
        "anomalies": anomalies,
        "notifications": [listed(notification) for notification in system.notifications],
    } | score(anomalies, begun, evaluate_from, rfc3339(until_ms))


def _topics(settings: Settings) -> dict[str, int]:
    return embedded_topics(settings, PARTITIONS)


def _with_free_port(settings: Settings) -> Settings:
    """The port that was asked for where it is free, else any."""
    import socket  # noqa: PLC0415 - only here

    with contextlib.suppress(OSError), socket.create_connection((settings.host, settings.port), timeout=0.5):
        return msgspec.structs.replace(settings, port=0)
    return settings


def _open(address: str) -> None:
    """A browser where there is one."""
    with contextlib.suppress(webbrowser.Error):
        webbrowser.open(address)
