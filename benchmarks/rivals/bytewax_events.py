"""A Bytewax dataflow as its documentation shows it: decode, key and count event by event; its default batch of 1,000."""

import os

import bytewax.operators as op
import msgspec
from bytewax.connectors.kafka import operators as kop
from bytewax.dataflow import Dataflow
from bytewax.outputs import DynamicSink, StatelessSinkPartition
from bytewax.testing import run_main

from benchmarks.rivals.aggregate import Meter, arguments, key_of

options = arguments()
meter = Meter(options.events)


def keyed(message: kop.KafkaSourceMessage) -> tuple[str, int]:
    meter.begin()
    try:
        return "|".join(key_of(message.value)), 1
    except msgspec.DecodeError:
        return "", 1


def add(count: int | None, more: int) -> tuple[int, int]:
    count = (count or 0) + more
    return count, count


class Counts(StatelessSinkPartition):
    def write_batch(self, items: list[tuple[str, int]]) -> None:
        meter.counts.update(dict(items))
        meter.seen += len(items)
        if meter.done:
            meter.report()
            os._exit(0)


class CountsSink(DynamicSink):
    def build(self, _step_id: str, _worker_index: int, _worker_count: int) -> Counts:
        return Counts()


flow = Dataflow("count")
source = kop.input("source", flow, brokers=[options.broker], topics=options.topics)
pairs = op.map("decode", source.oks, keyed)
counted = op.stateful_map("count", pairs, add)
op.output("counts", counted, CountsSink())

if __name__ == "__main__":
    run_main(flow)
