"""A bare confluent-kafka consume() loop that decodes and counts one aggregate."""

import msgspec
from confluent_kafka import Consumer

from benchmarks.rivals.aggregate import Meter, arguments


def consume() -> None:
    options = arguments()
    meter = Meter(options.events)
    consumer = Consumer(
        {
            "bootstrap.servers": options.broker,
            "group.id": options.group,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
        }
    )
    consumer.subscribe(options.topics)
    try:
        while not meter.done:
            messages = consumer.consume(10_000, 0.1)
            if not messages:
                continue
            meter.begin()
            for message in messages:
                value = message.value()
                try:
                    meter.count(value)
                except msgspec.DecodeError:
                    continue
            meter.seen += len(messages)
        meter.report()
    finally:
        consumer.close()


if __name__ == "__main__":
    consume()
