"""Our whole ingest, as a worker runs it: validation, dedup, all metrics, transactional flushes to pharos-cells."""

import asyncio
import json
import tempfile
import time

import uvloop
from faust.types import TP

from benchmarks.rivals.aggregate import TOPICS, arguments
from streams.app.process import settle_garbage_collector
from streams.catalogue.load import load
from streams.ingest.partition import IngestPartition
from streams.settings.settings import Settings
from streams.transport.parts import Ingests
from streams.transport.worker import Worker


async def consume() -> None:
    options = arguments()
    catalogue = load(None)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(app=options.group, broker=options.broker, state_dir=folder)
        sources = dict.fromkeys(TOPICS, options.partitions)
        read = 0
        first = (0.0, 0.0)
        done = asyncio.Event()

        def make(tp: TP) -> IngestPartition:
            return IngestPartition(
                catalogue,
                tp.topic,
                tp.partition,
                dedup_records=settings.dedup_records,
                lateness_ms=settings.lateness_s * 1000,
                late_limit_ms=settings.late_limit_s * 1000,
                future_limit_ms=settings.future_limit_s * 1000,
            )

        def on_flushed(_tp: TP, flush: object) -> None:
            nonlocal read
            read += sum(flush.outcomes.values())
            if read >= options.events:
                done.set()

        worker = Worker(settings, ingests=Ingests(sources, make, on_flushed))
        await worker.start()
        settle_garbage_collector()
        while not any(part.position for part in worker.source_agent.parts.values()):
            first = (time.process_time(), time.perf_counter())
            await asyncio.sleep(0.005)
        await asyncio.wait_for(done.wait(), 900)
        cpu, wall = time.process_time() - first[0], time.perf_counter() - first[1]
        await worker.stop()
        print(json.dumps({"events": read, "cpu_s": cpu, "wall_s": wall}), flush=True)


if __name__ == "__main__":
    uvloop.run(consume())
