"""A stock Faust agent, as its documentation shows it, that counts one aggregate."""

import os
import sys
import tempfile

import mode.loop

mode.loop.use("uvloop")

import faust
import msgspec

from benchmarks.rivals.aggregate import Meter, arguments

options = arguments()
meter = Meter(options.events)
app = faust.App(
    options.group,
    broker=f"kafka://{options.broker}",
    value_serializer="raw",
    web_enabled=False,
    worker_redirect_stdouts=False,
    datadir=tempfile.mkdtemp(),
    topic_disable_leader=True,
    consumer_auto_offset_reset="earliest",
    stream_wait_empty=False,
    broker_session_timeout=30,
)
events = app.topic(*options.topics, value_serializer="raw", value_type=bytes)


@app.agent(events)
async def count(stream: faust.Stream) -> None:
    async for value in stream:
        meter.begin()
        meter.seen += 1
        try:
            meter.count(value)
        except msgspec.DecodeError:
            pass
        if meter.done:
            meter.report()
            sys.stdout.flush()
            os._exit(0)


if __name__ == "__main__":
    sys.argv = [sys.argv[0], "worker", "--without-web", "-l", "error"]
    app.main()
