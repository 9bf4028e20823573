"""A bare aiokafka getmany loop that decodes and counts one aggregate."""

import asyncio

import msgspec
import uvloop
from aiokafka import AIOKafkaConsumer

from benchmarks.rivals.aggregate import Meter, arguments


async def consume() -> None:
    options = arguments()
    meter = Meter(options.events)
    consumer = AIOKafkaConsumer(
        *options.topics,
        bootstrap_servers=options.broker,
        group_id=options.group,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    await consumer.start()
    try:
        while not meter.done:
            batches = await consumer.getmany(timeout_ms=1000)
            meter.begin()
            for records in batches.values():
                for record in records:
                    try:
                        meter.count(record.value)
                    except msgspec.DecodeError:
                        continue
                meter.seen += len(records)
        meter.report()
    finally:
        await consumer.stop()


if __name__ == "__main__":
    uvloop.run(consume())
