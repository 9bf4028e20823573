"""A detractor a second for ten minutes, by the clock: processes, an embedded broker, a ticket system, two kills."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import confluent_kafka
import orjson
import pytest
import yaml
from aiohttp import web

from streams.events.event_time import event_time_ms
from streams.records.instant import rfc3339
from tests.app.support.ticket_server import ticket_server
from tests.support.detractor_rule import detractor_rule
from tests.support.pharos_processes import PHAROS, Way, broker_process, started, tail, wait_for, wait_until_ready

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

pytestmark = [pytest.mark.embedded, pytest.mark.long]
DETRACTORS = 600
PER_MINUTE = 20
LAST_DIGEST_S = 120.0
# By how many detractors are sent before it, and the second of the minute that is waited for then: while messages are
# made one by one, and while the rest of a minute waits for its digest.
KILLS = ((170, 10), (330, 40))


class Post(NamedTuple):
    """What the ticket system took: when, by which key, the minute of the request, and who is in it."""

    at: float
    key: str
    minute: int
    digest: bool
    names: tuple[str, ...]


class Tickets:
    """A ticket system that keeps all it is sent."""

    def __init__(self) -> None:
        self.posts: list[Post] = []

    async def take(self, request: web.Request) -> web.Response:
        event = orjson.loads(await request.read())
        records = event["data"]["records"]
        minute = (event_time_ms(event["time"]) or 0) // 60_000
        digest = "requests" in event["data"]["events"]
        names = tuple(record["id"] for record in records)
        self.posts.append(Post(time.time(), request.headers["Idempotency-Key"], minute, digest, names))
        return web.Response(status=201)

    @property
    def requests(self) -> dict[str, Post]:
        """By key: a body that is posted again has the same key."""
        found: dict[str, Post] = {}
        for post in self.posts:
            found.setdefault(post.key, post)
        return found

    @property
    def told(self) -> Counter[str]:
        return Counter(name for post in self.requests.values() for name in post.names)


@pytest.fixture
async def tickets(monkeypatch: pytest.MonkeyPatch) -> Any:
    found = Tickets()
    async with ticket_server(monkeypatch, found.take, "secret-of-these-tests"):
        yield found


class Workers:
    """One worker after the other, each in the group of the one before."""

    def __init__(self, stack: contextlib.ExitStack, broker: str, folder: Path) -> None:
        self._stack = stack
        self._folder = folder
        config = folder / "pharos.yaml"
        quick = {"session_timeout_s": 6.0, "heartbeat_interval_s": 1.0, "flush_interval_s": 0.5}
        config.write_text(
            yaml.safe_dump({"port": 0, "state_dir": str(folder / "state"), "on": [detractor_rule(PER_MINUTE)], **quick})
        )
        self._command = (*PHAROS, "worker", "--broker", broker, "--config", str(config))
        self.logs: list[Path] = []

    def start(self) -> subprocess.Popen[bytes]:
        """One that has its partitions."""
        self.logs.append(self._folder / f"worker-{len(self.logs)}.log")
        process = self._stack.enter_context(started(self._command, self.logs[-1]))
        deadline = time.monotonic() + 60.0
        page = wait_for(self.logs[-1], r"page (http://\S+)", process, deadline)
        wait_until_ready(f"{page}readyz", deadline)
        return process


async def test_ten_minutes_of_detractors_are_twenty_messages_and_one_digest_a_minute_and_nobody_is_lost(
    tmp_path: Path, tickets: Tickets
) -> None:
    with contextlib.ExitStack() as stack:
        broker = stack.enter_context(broker_process(Way(kafka=False, workers=1, speed=0), tmp_path, 1))
        workers = Workers(stack, broker, tmp_path)
        process = await asyncio.to_thread(workers.start)
        begun = time.time()
        sending = asyncio.create_task(_send(broker, begun))
        silences = []
        for sent, second in KILLS:
            await asyncio.sleep(max(begun + sent - time.time(), 0.0))
            await asyncio.sleep((second - time.time()) % 60.0)
            process.kill()
            killed = time.time()
            process = await asyncio.to_thread(workers.start)
            silences.append((killed, time.time()))
        await sending
        deadline = time.monotonic() + LAST_DIGEST_S
        while len(tickets.told) < DETRACTORS:
            assert time.monotonic() < deadline, f"{len(tickets.told)} were told; {tail(workers.logs[-1])}"
            await asyncio.sleep(0.2)
        await asyncio.sleep(5.0)  # for whatever might come once too often

    requests = tickets.requests.values()
    messages = Counter(post.minute for post in requests if not post.digest)
    digests = Counter(post.minute for post in requests if post.digest)
    _say(tickets, begun, silences)
    assert set(tickets.told) == {str(number) for number in range(DETRACTORS)}
    assert set(tickets.told.values()) == {1}
    assert all(post.names == tickets.requests[post.key].names for post in tickets.posts)
    assert max(messages.values()) == PER_MINUTE
    assert max(digests.values()) == 1
    full = range(round(begun) // 60 + 2, round(begun + DETRACTORS) // 60)
    quiet = [minute for minute in full if not any(a // 60 <= minute <= b // 60 + 1 for a, b in silences)]
    assert len(quiet) >= 3
    assert [(messages[minute], digests[minute]) for minute in quiet] == [(PER_MINUTE, 1)] * len(quiet)


async def _send(broker: str, begun: float) -> None:
    """One a second."""
    producer = confluent_kafka.Producer({"bootstrap.servers": broker, "linger.ms": 0})
    for number in range(DETRACTORS):
        await asyncio.sleep(max(begun + number - time.time(), 0.0))
        data = {"feedback_id": f"F{number}", "order_id": f"TB{number}", "kind": "nps", "score": number % 7}
        event = {"specversion": "1.0", "id": str(number), "source": "/surveys", "type": "survey.answered"}
        value = orjson.dumps({**event, "time": rfc3339(round(time.time() * 1000)), "data": data})
        producer.produce("feedback", value, key=str(number))
        producer.poll(0)
    assert await asyncio.to_thread(producer.flush, 20.0) == 0


def _say(tickets: Tickets, begun: float, silences: list[tuple[float, float]]) -> None:
    """The figures, for whoever runs it."""
    requests = tickets.requests
    waited = [post.at - begun - int(name) for post in requests.values() if not post.digest for name in post.names]
    print(f"\n{len(tickets.posts)} posts of {len(requests)} requests; {sum(tickets.told.values())} detractors")
    print(f"a message took {sorted(waited)[len(waited) // 2]:.1f} s in the middle, {max(waited):.1f} s at most")
    for killed, back in silences:
        print(f"killed after {killed - begun:.0f} s (second {killed % 60:.0f}), back {back - killed:.1f} s later")
    for minute in sorted({post.minute for post in requests.values()}):
        own = [post for post in requests.values() if post.minute == minute]
        sizes = [len(post.names) for post in own if post.digest]
        print(f"minute {minute - int(begun) // 60}: {len(own) - len(sizes)} messages, digests of {sizes}")
