"""How events reach the broker: a little later than they happened, some much later, some twice, some broken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from streams.simulate.block import moments
from streams.simulate.plan import RESEND_MINUTES
from streams.simulate.rhythm import HOUR_MS, MINUTE_MS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streams.simulate.block import Block
    from streams.simulate.plan import Plan

SECONDS_LATE, MINUTES_LATE, HOURS_LATE = 0.01, 0.0006, 0.0001
COPIES = 0.004
HANDED_IN_MS = 60_000  # so long a source takes that was silent
RESENDING = "orders"


@dataclass(frozen=True)
class Arrivals:
    """When the rows of a block reach the broker, ascending; a copy is a row that comes again.

    Attributes:
        copies: which of them are copies.

    """

    block: Block
    rows: NDArray[np.int64]
    at_ms: NDArray[np.int64]
    copies: NDArray[np.bool_]

    def between(self, from_ms: int, to_ms: int) -> tuple[NDArray[np.int64], list[str]]:
        """Ingest times in [from, to), and the lines."""
        first, last = np.searchsorted(self.at_ms, (from_ms, to_ms))
        at = self.at_ms[first:last]
        return at, self.block.render(self.rows[first:last], at) if len(at) else []


def arrivals(rng: np.random.Generator, block: Block, from_ms: int, to_ms: int, plan: Plan) -> Arrivals:
    """Of the events of a block in [from, to): 98.8 % within seconds, 1 % half a minute late at most, few by minutes or
    hours; 0.4 % are sent again within five seconds. A source that is silent hands in its events when it is back, and
    the order system once sends an hour again.
    """
    times = block.time_ms[block.rows]
    rows = block.rows[(times >= from_ms) & (times < to_ms)]
    times = block.time_ms[rows]
    count = len(rows)
    delay = np.minimum(rng.exponential(700, count), 8_000) + 50
    luck = rng.random(count)
    delay = np.where(luck < SECONDS_LATE, rng.uniform(8_000, 27_000, count), delay)
    delay = np.where(luck < MINUTES_LATE, rng.uniform(1, 9, count) * MINUTE_MS, delay)
    delay = np.where(luck < HOURS_LATE, rng.uniform(2.2, 4, count) * HOUR_MS, delay)
    at = times + delay.astype(np.int64)
    silent = plan.fault("silent")
    if silent is not None and block.topic == silent.target["topic"]:
        held = (at >= silent.start_ms) & (at < silent.end_ms)
        at = np.where(held, silent.end_ms + rng.integers(0, HANDED_IN_MS, count), at)
    again = np.flatnonzero(rng.random(count) < COPIES)
    again_at = at[again] + rng.integers(1, 5_000, len(again))
    if block.topic == RESENDING:
        resent, resent_at = _resend(at, plan)
        again, again_at = np.concatenate((again, resent)), np.concatenate((again_at, resent_at))
    rows = np.concatenate((rows, rows[again]))
    copies = np.arange(len(rows)) >= count
    at = np.concatenate((at, again_at))
    order = np.argsort(at, kind="stable")
    order = order[at[order] < to_ms]  # the file ends with the scenario: what is still on its way is not in it
    return Arrivals(block, rows[order], at[order], copies[order])


def _resend(at: NDArray[np.int64], plan: Plan) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Which events of the time before come again, and when: in their order, within minutes."""
    trap = plan.trap("resend")
    since = trap.start_ms - plan.resent_ms
    rows = np.flatnonzero((at >= since) & (at < trap.start_ms))
    return rows, trap.start_ms + (at[rows] - since) * RESEND_MINUTES * MINUTE_MS // plan.resent_ms


# Every one of these is a dead letter: no object, no CloudEvent, a field of a wrong type, a time far ahead.
BROKEN = (
    ("orders", '"a text instead of an event"'),
    ("orders", '{"specversion":"1.0","id":"broken-%d","source":"/oms","type":"order.paid"}'),
    (
        "orders",
        (
            '{"specversion":"1.0","id":"broken-%d","source":"/oms","type":"order.paid","time":"%s",'
            '"data":{"order_id":"TB0","amount":"much"}}'
        ),
    ),
    (
        "logistics",
        '{"specversion":"1.0","source":"/tms","type":"parcel.scanned","time":"%s","data":{"parcel_id":"%d"}}',
    ),
    (
        "consultations",
        (
            '{"specversion":"1.0","id":"broken-%d","source":"/cc","type":"consultation.opened","time":"yesterday",'
            '"data":{"consultation_id":"K0"}}'
        ),
    ),
    (
        "visits",
        (
            '{"specversion":"1.0","id":"broken-%d","source":"/web","type":"page.viewed","time":"2027-01-01T00:00:00Z",'
            '"data":{"session_id":"S0"}}'
        ),
    ),
)
# Valid CloudEvents of types that nobody listens to.
FOREIGN = (
    "orders",
    '{"specversion":"1.0","id":"foreign-%d","source":"/oms","type":"order.viewed","time":"%s","data":{}}',
)


def oddities(rng: np.random.Generator, from_ms: int, to_ms: int, *, broken: int, foreign: int) -> list[tuple[int, str]]:
    """(ingest time, line) of a known number of dead letters and of events to be ignored, ascending."""
    times = np.sort(rng.integers(from_ms, to_ms, broken + foreign))
    is_foreign = rng.permutation(broken + foreign) < foreign
    lines = []
    for number, (time, text, other) in enumerate(zip(times.tolist(), moments(times), is_foreign.tolist(), strict=True)):
        topic, template = FOREIGN if other else BROKEN[number % len(BROKEN)]
        event = template.replace("%d", str(number)).replace("%s", text)
        lines.append((time, f'{{"topic":"{topic}","event":{event},"at":"{text}"}}'))
    return lines
