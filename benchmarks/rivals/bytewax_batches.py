"""The same Bytewax dataflow at its best: a batch is decoded and summed by key before the stateful operator sees it."""

import os
from collections import Counter

import bytewax.operators as op
import msgspec
from bytewax.connectors.kafka import operators as kop
from bytewax.dataflow import Dataflow
from bytewax.outputs import DynamicSink, StatelessSinkPartition
from bytewax.testing import run_main

from benchmarks.rivals.aggregate import Meter, arguments, key_of

BATCH = 10_000

options = arguments()
meter = Meter(options.events)


def fold(messages: list[kop.KafkaSourceMessage]) -> list[tuple[str, int]]:
    meter.begin()
    counts: Counter[tuple[str, ...]] = Counter()
    for message in messages:
        try:
            counts[key_of(message.value)] += 1
        except msgspec.DecodeError:
            counts["",] += 1
    return [("|".join(key), count) for key, count in counts.items()]


def add(count: int | None, more: int) -> tuple[int, tuple[int, int]]:
    count = (count or 0) + more
    return count, (count, more)


class Counts(StatelessSinkPartition):
    def write_batch(self, items: list[tuple[str, tuple[int, int]]]) -> None:
        for key, (count, more) in items:
            meter.counts[key] = count
            meter.seen += more
        if meter.done:
            meter.report()
            os._exit(0)


class CountsSink(DynamicSink):
    def build(self, _step_id: str, _worker_index: int, _worker_count: int) -> Counts:
        return Counts()


flow = Dataflow("count")
source = kop.input("source", flow, brokers=[options.broker], topics=options.topics, batch_size=BATCH)
sums = op.flat_map_batch("fold", source.oks, fold)
counted = op.stateful_map("count", sums, add)
op.output("counts", counted, CountsSink())

if __name__ == "__main__":
    run_main(flow)
