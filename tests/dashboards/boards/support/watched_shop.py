"""A worker that reads some hours of the simulated sale, scraped by a Prometheus with the shipped rules."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
import subprocess
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

import aiohttp
import msgspec
import yaml

from streams.app.system import System
from streams.broker.connection import Connection
from streams.catalogue.load import load
from streams.events.event_time import event_time_ms
from streams.offline.events_file import Line, record
from streams.offline.headway import Headway
from streams.offline.replay import replay
from streams.offline.scenario import for_scenario
from streams.scenarios.named import simulate
from streams.settings.settings import SOURCE_TOPICS, Settings
from streams.transport.clients.topics import prepare_topics

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

PARTITIONS = 1
TIMES_LARGER = 4  # parts of a shop of five orders a minute are too small to be judged
HOUR_MS, MINUTE_MS = 3_600_000, 60_000
JOB = "pharos"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Shop:
    """The last hours before the first faults of the sale, and the faults."""

    def __init__(self, history_h: float, live_min: int) -> None:
        played = simulate("double11", 7, "demo")
        begin = event_time_ms(played.scenario["evaluate_from"]) or 0
        end = begin + live_min * MINUTE_MS
        cut = []
        for arrival in played._arrivals:
            part = slice(*arrival.at_ms.searchsorted((begin - round(history_h * HOUR_MS), end)))
            cut.append(
                replace(arrival, rows=arrival.rows[part], at_ms=arrival.at_ms[part], copies=arrival.copies[part])
            )
        some = replace(played, _arrivals=cut, _oddities=played._oddities[:20]).lines()
        next(some)
        lines = (record(text.encode(), number, "sale") for number, text in enumerate(some, 2))
        since = begin - history_h * HOUR_MS
        self.lines: list[Line] = [
            _copy(_with_faults(line, begin), number)
            for line in lines
            if line.at_ms >= since
            for number in range(TIMES_LARGER)
        ]
        self.begin_ms = begin
        # What comes last is never judged: the clock of the records stands still behind it.
        self.until_ms = end - 2 * MINUTE_MS
        self.settings = for_scenario(Settings(cells_partitions=2), played.scenario)

    def worker(self, broker: str, state_dir: str, port: int) -> Settings:
        return msgspec.structs.replace(
            self.settings,
            app=JOB,
            broker=broker,
            transactions=False,
            state_dir=state_dir,
            port=port,
            session_timeout_s=6.0,
            heartbeat_interval_s=1.0,
            flush_interval_s=1.0,
            idle_after_s=2.0,
            snapshot_interval_s=20.0,
        )


def _copy(line: Line, number: int) -> Line:
    """The same event of another customer."""
    return line._replace(event=line.event.replace(b'"id":"', b'"id":"%d-' % number, 1))


def _with_faults(line: Line, begin_ms: int) -> Line:
    """From the third minute on one way to pay fails, so do the pages of the app, and nobody answers one queue."""
    if line.at_ms - begin_ms < 2 * MINUTE_MS:
        return line
    event = line.event
    if b'"payment_method":"alipay"' in event:
        event = event.replace(b'"order.paid"', b'"order.payment_failed"')
    if b'"channel":"app"' in event:
        event = event.replace(b'"page.viewed"', b'"page.failed"')
    if b'"queue":"presale"' in event:
        event = event.replace(b'"consultation.answered"', b'"consultation.abandoned"')
    return line._replace(event=event)


@contextlib.asynccontextmanager
async def watched(shop: Shop, settings: Settings, speed: float, limit_s: float) -> AsyncIterator[System]:
    """The worker, once it has read everything; it goes on until the end of the block."""
    system = System(settings, load(), await prepare_topics(settings), write=lambda _: None)
    stop = threading.Event()
    deadline = time.monotonic() + limit_s
    sources = dict.fromkeys(SOURCE_TOPICS, PARTITIONS)
    headway = Headway(Connection(settings.broker), settings.app)
    headway.begin(sources)
    async with system.running():
        while not system.worker.assigned:
            assert time.monotonic() < deadline, "the worker got no partitions"
            await asyncio.sleep(0.05)
        options: dict[str, Any] = {"speed": speed, "paced_from_ms": shop.begin_ms, "stop": stop, "headway": headway}
        sending = asyncio.create_task(
            asyncio.to_thread(replay, shop.lines, Connection(settings.broker), sources, **options)
        )
        try:
            while not (sending.done() and _judged(system) >= shop.until_ms):
                assert time.monotonic() < deadline, f"not over in time: {system.counts.outcomes} of {len(shop.lines)}"
                await asyncio.sleep(0.1)
            yield system
        finally:
            stop.set()
            await sending
            headway.close()


def _judged(system: System) -> int:
    """Up to when all anomalies are decided, in event time."""
    agent = system.worker.incident_agent
    states: list[Any] = [] if agent is None else [part.log_state for part in agent.parts.values()]
    return min((state.desk.handled for state in states if state is not None), default=0)


class Prometheus:
    """A server of its own with the shipped rules; scrapes every two seconds."""

    def __init__(self, folder: Path, target_port: int, rules: Path) -> None:
        self.port = free_port()
        configuration = {
            "global": {"scrape_interval": "2s", "evaluation_interval": "2s"},
            "rule_files": [str(rules)],
            "scrape_configs": [{"job_name": JOB, "static_configs": [{"targets": [f"127.0.0.1:{target_port}"]}]}],
        }
        file = folder / "prometheus.yml"
        file.write_text(yaml.safe_dump(configuration), encoding="utf-8")
        program = shutil.which("prometheus")
        assert program is not None
        self._command = [
            program,
            f"--config.file={file}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{self.port}",
        ]
        self._log = (folder / "prometheus.log").open("w", encoding="utf-8")

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(*self._command, stdout=self._log, stderr=subprocess.STDOUT)
        self._session = aiohttp.ClientSession(
            base_url=f"http://127.0.0.1:{self.port}", timeout=aiohttp.ClientTimeout(total=10)
        )
        deadline = time.monotonic() + 20
        while True:
            with contextlib.suppress(aiohttp.ClientError):
                async with self._session.get("/-/ready") as answer:
                    if answer.status == 200:
                        return self
            assert time.monotonic() < deadline, "Prometheus is not ready in time"
            await asyncio.sleep(0.1)

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()
        self._process.terminate()
        await asyncio.wait_for(self._process.wait(), 20)
        self._log.close()

    async def series(self, expr: str, seconds: float, *, now: bool = False) -> list[Any]:
        """Of a panel over so many seconds, or now; raises AssertionError with what Prometheus complains of."""
        end = time.time()
        path, asked = "/api/v1/query_range", {"query": expr, "start": end - seconds, "end": end, "step": 2}
        if now:
            path, asked = "/api/v1/query", {"query": expr, "time": end}
        async with self._session.post(path, data={name: str(value) for name, value in asked.items()}) as answer:
            body = await answer.json()
        assert body["status"] == "success", f"{expr}: {body.get('error')}"
        return list(body["data"]["result"])

    async def values_of(self, label: str, selector: str) -> list[str]:
        """What the query of a variable answers."""
        async with self._session.get(f"/api/v1/label/{label}/values", params={"match[]": selector}) as answer:
            return list((await answer.json())["data"])
