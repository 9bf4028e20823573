"""A worker of the crash test: real ingest, and a flusher that can kill the process between any two steps of a flush.

Arguments: a JSON object with `settings` (as `Settings`) and `partitions` (of each source topic). SIGUSR1 arms it: the
next flush that reaches a step drawn at random ends the process there, with SIGKILL. SIGUSR2 does the same with SIGSTOP.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import random
import signal
import sys
import time
from typing import TYPE_CHECKING, Any

import msgspec
import uvloop

from streams.app.new_partitions import NewPartitions
from streams.app.process import end_at_last
from streams.broker.connection import Connection
from streams.catalogue.load import load
from streams.events.customer import CustomerKey
from streams.mapping.book import Mappings
from streams.merge.snapshot import read_manifest
from streams.records.anomaly_event import encode, key
from streams.settings.settings import Settings
from streams.topics.sources import sources_of
from streams.transport.flush.fencing_abort import abort_of_source
from streams.transport.flush.flush import TRANSACTION_LIMIT_S, TransactionalFlusher
from streams.transport.parts import Cases, Incidents, Ingests, Merges
from streams.transport.worker import Worker

if TYPE_CHECKING:
    from faust.types import TP

    from streams.transport.flush.flush import FlushContent

KEY = b"a secret of all workers"
STEPS = ("begun", "sent", "offsets", "committing", "committed")


class Trap:
    """Dies at a step, once armed."""

    def __init__(self) -> None:
        self.step = ""
        self._signal = signal.SIGKILL

    def arm(self, number: signal.Signals) -> None:
        self.step = random.choice(STEPS)
        self._signal = number

    def reach(self, step: str) -> None:
        if step == self.step:
            self.step = ""
            os.write(2, f"{self._signal.name} at step {step}\n".encode())
            os.kill(os.getpid(), self._signal)


class Trapped:
    """A transactional producer that passes by the trap at every step."""

    def __init__(self, producer: Any, trap: Trap) -> None:
        self._producer = producer
        self._trap = trap

    def __getattr__(self, name: str) -> Any:
        return getattr(self._producer, name)

    async def send(self, *arguments: Any, **options: Any) -> Any:
        self._trap.reach("begun")
        return await self._producer.send(*arguments, **options)

    async def send_offsets_to_transaction(self, *arguments: Any) -> None:
        self._trap.reach("sent")
        await self._producer.send_offsets_to_transaction(*arguments)
        self._trap.reach("offsets")

    async def commit_transaction(self) -> None:
        commit = asyncio.ensure_future(self._producer.commit_transaction())
        if self._trap.step == "committing":
            await asyncio.sleep(random.random() * 0.01)
            self._trap.reach("committing")
        await commit
        self._trap.reach("committed")


class TrappedFlusher(TransactionalFlusher):
    """A flusher whose steps can be the last."""

    def __init__(self, trap: Trap, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._trap = trap

    async def _commit(self, producer: Any, content: FlushContent) -> None:
        await super()._commit(Trapped(producer, self._trap), content)

    async def _abort(self, producer: Any, content: FlushContent) -> None:
        await super()._abort(Trapped(producer, self._trap), content)


def chunks(manifest: bytes) -> set[str]:
    return read_manifest(manifest).chunks()


async def main() -> int:
    given = json.loads(sys.argv[1])
    settings = msgspec.convert(given["settings"], Settings)
    trap = Trap()
    catalogue = load()
    sources = {source.name: given["partitions"] for source in sources_of(settings, catalogue.vocabulary)}
    mappings = Mappings.of(settings.mappings, catalogue.vocabulary)
    new = NewPartitions(settings, catalogue, sources, mappings, CustomerKey(KEY), lambda: int(time.time() * 1000))

    def make_flusher(tp: TP) -> TrappedFlusher:
        return TrappedFlusher(
            trap,
            Connection(settings.broker),
            f"{settings.app}-{tp.topic}-{tp.partition}",
            settings.app,
            TRANSACTION_LIMIT_S,
            abort_of_source(tp, settings.cells_partitions),
        )

    worker = Worker(
        settings,
        ingests=Ingests(sources, new.ingest, make_flusher=make_flusher),
        cases=Cases(new.cases, chunks),
        merges=Merges(new.merge, chunks),
        incidents=Incidents(new.desk, lambda transition: (key(transition), encode(transition))),
    )
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    loop.add_signal_handler(signal.SIGUSR1, trap.arm, signal.SIGKILL)
    loop.add_signal_handler(signal.SIGUSR2, trap.arm, signal.SIGSTOP)
    await worker.start()
    logging.getLogger("crash").warning("started")
    waiters = [asyncio.ensure_future(worker.failure()), asyncio.ensure_future(ended.wait())]
    await asyncio.wait(waiters, return_when=asyncio.FIRST_COMPLETED)
    failed = waiters[0].done()
    if failed:
        end_at_last(waiters[0].result())
    await worker.stop()
    return 1 if failed else 0


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(process)d %(name)s %(levelname)s %(message)s")
    logging.getLogger("aiokafka").setLevel(logging.ERROR)
    logging.getLogger("streams.transport").setLevel(logging.INFO)
    code = uvloop.run(main())
    sys.stdout.flush()
    os._exit(code)
