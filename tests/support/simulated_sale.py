"""A small simulated sale: its journeys, the service around them, and the events of both."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from streams.simulate import sale, service
from streams.simulate.plan import QUIET, plan
from streams.simulate.rhythm import rhythm

if TYPE_CHECKING:
    from streams.simulate.block import Block


def draw(part: str, seed: int = 7) -> np.random.Generator:
    """A generator for a part of the sale."""
    return np.random.Generator(np.random.PCG64([seed, *part.encode()]))


class SimulatedSale:
    """Three days of a small shop, and the evening of its sale.

    Attributes:
        sale: the journeys.
        journeys: their events with all fields.
        service: the events of the service around them.

    """

    def __init__(self) -> None:
        """Play it."""
        when = rhythm(
            draw("rhythm"),
            orders_per_minute=2.0,
            crowd=0.3,
            history_days=3,
            live_from=QUIET[0] - 5,
            warm_up_days=7,
        )
        self.history_from_ms, self.live_to_ms = when.history_from_ms, when.live_to_ms
        self.sale = sale.play(draw, when, plan(draw("plan"), 1_200_000), when.orders)
        self.journeys, self.service = service.play(draw, self.sale, when.live_to_ms)

    @cached_property
    def events(self) -> dict[str, list[dict[str, Any]]]:
        """All events by type, in the order of their time: `data`, and `time`, `type`, `subject` and `topic`."""
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for block in (*self.journeys, *self.service):
            found[block.kind] += events_of(block)
        return {kind: sorted(events, key=lambda event: str(event["time"])) for kind, events in found.items()}

    def of(self, *kinds: str) -> list[dict[str, Any]]:
        """Events of some types."""
        return [event for kind in kinds for event in self.events[kind]]


def events_of(block: Block) -> list[dict[str, Any]]:
    """Every event of a block."""
    lines = [msgspec.json.decode(line) for line in block.render(block.rows, block.time_ms[block.rows])]
    return [
        {
            **line["event"]["data"],
            "time": line["event"]["time"],
            "type": line["event"]["type"],
            "subject": line["event"]["subject"],
            "topic": line["topic"],
        }
        for line in lines
    ]
