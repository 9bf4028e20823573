"""A small simulated sale: its journeys, the service around them, and the events of both."""

from __future__ import annotations

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
    """Two days of a small shop, and the evening of its sale.

    Attributes:
        sale: the journeys.
        journeys: their events with all fields.
        service: the events of the service around them.

    """

    def __init__(self) -> None:
        """Play it."""
        when = rhythm(
            draw("rhythm"),
            orders_per_minute=1.5,
            crowd=0.2,
            history_days=2,
            live_from=QUIET[0] - 5,
            warm_up_days=7,
        )
        self._events: dict[str, list[dict[str, Any]]] = {}
        self.sale = sale.play(draw, when, plan(draw("plan"), 1_200_000), when.orders)
        self.journeys, self.service = service.play(draw, self.sale, when.live_to_ms)

    @property
    def blocks(self) -> list[Block]:
        """Of the journeys and of the service."""
        return [*self.journeys, *self.service]

    def of(self, *kinds: str) -> list[dict[str, Any]]:
        """Events of some types, of each in the order of time."""
        return [event for kind in kinds for event in self._made(kind)]

    def _made(self, kind: str) -> list[dict[str, Any]]:
        """Events are made when they are asked for: all of them would need a gigabyte."""
        if kind not in self._events:
            made = [event for block in self.blocks if block.kind == kind for event in events_of(block)]
            self._events[kind] = sorted(made, key=lambda event: str(event["time"]))
        return self._events[kind]


def events_of(block: Block, most: int | None = None) -> list[dict[str, Any]]:
    """Every event of a block: `data`, and beside it `time`, `type`, `subject` and `topic`."""
    rows = block.rows[:most]
    lines = [msgspec.json.decode(line) for line in block.render(rows, block.time_ms[rows])]
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
