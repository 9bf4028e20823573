"""The sale told live: events of this very second, with faults that come and go. Latency and soak run it.

Making an event costs more than a worker takes to count it: with `--made-first` all of them are made before the first is
due. The first line that is printed says when that is, in seconds since the epoch; the last how far the sending fell
behind.
"""

from __future__ import annotations

import argparse
import gc
import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks.cluster import PARTITIONS
from benchmarks.load import Placed, dense_sale, placed, send

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FAULT_EVERY_S = 15.0
FAULT_LASTS_S = 30.0
_PROBE = 20_000  # events made to see how long the rest will take
_PROBES = 4
_MARGIN = 2.5
_AHEAD_S = 10  # what follows the making
_STEP = 50  # events between two looks at the clock


class Fault(NamedTuple):
    """Events of a type, with a dimension of a value, turn into something worse."""

    type: str
    dimension: str
    value: str
    becomes: dict[str, Any]


def _faults() -> tuple[Fault, ...]:
    refused = {"type": "order.payment_failed"}
    broken = {"type": "checkout.failed"}
    slow = {"waited": 95.0}
    ways = [Fault("order.paid", "payment_method", way, refused) for way in ("bank_card", "huabei", "wechat")]
    queues = [Fault("consultation.answered", "queue", queue, slow) for queue in ("presale", "aftersale", "logistics")]
    places = [Fault("checkout.completed", "device", device, broken) for device in ("desktop", "ios", "android")]
    return tuple(fault for three in zip(ways, queues, places, strict=True) for fault in three)


FAULTS = _faults()


def spoiled(seconds: float, event: dict[str, Any]) -> dict[str, Any]:
    """The event as the faults that are open `seconds` after the begin leave it."""
    latest = int(seconds // FAULT_EVERY_S)
    for number in range(max(0, latest - int(FAULT_LASTS_S // FAULT_EVERY_S) + 1), latest + 1):
        fault = FAULTS[number % len(FAULTS)]
        if event["type"] == fault.type and event["data"].get(fault.dimension) == fault.value:
            if "type" in fault.becomes:
                return event | fault.becomes
            return event | {"data": event["data"] | fault.becomes}
    return event


class Paced:
    """Lets each record go at its time of ingest.

    Attributes:
        behind_s: the furthest that it fell behind.

    """

    def __init__(self, records: Iterable[Placed]) -> None:
        self.behind_s = 0.0
        self._records = records

    def __iter__(self) -> Iterator[Placed]:
        for number, record in enumerate(self._records):
            if number % _STEP == 0:
                ahead_s = record.at_ms / 1000 - time.time()
                if ahead_s > 0:
                    time.sleep(ahead_s)
                self.behind_s = max(self.behind_s, -ahead_s)
            yield record


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--broker", required=True)
    parser.add_argument("--rate", type=int, required=True)
    parser.add_argument("--seconds", type=int, required=True)
    parser.add_argument("--made-first", action="store_true", help="make all events before the first is due")
    options = parser.parse_args()
    events = options.rate * options.seconds
    making_s = _MARGIN * _time_to_make(events, options.rate) if options.made_first else 0.0
    if options.made_first:
        gc.disable()
    begin = time.time() + _AHEAD_S + making_s
    print(json.dumps({"begin": begin}), flush=True)
    records = _records(events, options.rate, begin)
    paced = Paced(list(records) if options.made_first else records)
    if options.made_first and time.time() > begin:
        raise SystemExit("making the events took longer than the first of them said: leave the machine alone")
    send(paced, options.broker, PARTITIONS, linger_ms=5)
    print(json.dumps({"behind_s": paced.behind_s}))


def _time_to_make(events: int, rate: int) -> float:
    """Seconds, from the cheapest of several probes, as the broker may still be coming up beside the first."""
    list(_records(1, rate, 0.0))  # reads the simulation
    return events / _PROBE * min(_timed(_PROBE, rate) for _ in range(_PROBES))


def _timed(events: int, rate: int) -> float:
    begun = time.perf_counter()
    list(_records(events, rate, 0.0))
    return time.perf_counter() - begun


def _records(events: int, rate: int, begin: float) -> Iterator[Placed]:
    lines = dense_sale(events, rate, datetime.fromtimestamp(begin, UTC), spoiled, even=True)
    return map(placed, lines)


if __name__ == "__main__":
    main()
