"""A Quix Streams application with one dataframe over all topics, that counts one aggregate in memory.

Its windows and its State keep every key in RocksDB and copy every change to a changelog topic; `group_by` sends every
event through another topic. None of that is measured here: this is the least that Quix Streams does with an event.
"""

import os
import tempfile
from functools import reduce

import msgspec
from quixstreams import Application
from quixstreams.dataframe import StreamingDataFrame

from benchmarks.rivals.aggregate import Meter, arguments


def consume() -> None:
    options = arguments()
    meter = Meter(options.events)
    app = Application(
        broker_address=options.broker,
        consumer_group=options.group,
        auto_offset_reset="earliest",
        state_dir=tempfile.mkdtemp(),
        loglevel="WARNING",
    )

    def count(value: bytes) -> None:
        meter.begin()
        meter.seen += 1
        try:
            meter.count(value)
        except msgspec.DecodeError:
            pass
        if meter.done:
            meter.report()
            os._exit(0)

    frames = [app.dataframe(app.topic(topic, value_deserializer="bytes")) for topic in options.topics]
    frame: StreamingDataFrame = reduce(StreamingDataFrame.concat, frames)
    frame.update(count)
    app.run()


if __name__ == "__main__":
    consume()
