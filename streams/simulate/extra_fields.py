"""What the events of the journeys say besides, beyond the first vocabulary."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streams.simulate import returns, shop
from streams.simulate.block import Column, Flag, Moment, Named

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from streams.simulate.block import Block
    from streams.simulate.returns import Returns
    from streams.simulate.sale import Sale
    from streams.simulate.told import Told

    Numbers = NDArray[np.int64]  # the number in the name of each row's subject
    Fields = Callable[[Numbers], tuple[Column, ...]]

TOUCHPOINTS = shop.Choice(("page", "consultation", "order", "logistics", "aftersale"), (10, 20, 20, 35, 15))
STAGES = ("presale", "sale", "aftersale")
_STAGE_OF_TOUCHPOINT = np.array([0, 2, 1, 2, 2], dtype=np.int16)
ASKED_BEFORE_SALE = 0.4  # of the surveys about a consultation


def extended(rng: np.random.Generator, sale: Sale, told: Told, back: Returns) -> list[Block]:
    """The blocks of the sale with those fields."""
    fields: Mapping[str, Fields] = {
        **dict.fromkeys(_kinds(sale, "parcel."), _of_parcels(sale)),
        **dict.fromkeys(_kinds(sale, "refund.", "dispute."), _of_returns(back)),
        **dict.fromkeys(
            ("refund.approved", "refund.completed"), _of_returns(back, Flag("intervened", back.intervened))
        ),
        "refund.retained": _of_returns(back, Moment("care_at", back.care_at)),
        "consultation.closed": lambda numbers: (Moment("eta", told.eta[numbers]),),
        "consultation.rated": lambda numbers: (Flag("unclear", told.unclear[numbers]),),
        "survey.answered": lambda numbers: _of_surveys(rng, len(numbers)),
    }
    return [
        block.with_fields(*fields[block.kind](block.subject[1])) if block.kind in fields else block
        for block in sale.blocks
    ]


def _kinds(sale: Sale, *prefixes: str) -> list[str]:
    return sorted({block.kind for block in sale.blocks if block.kind.startswith(prefixes)})


def _of_parcels(sale: Sale) -> Fields:
    channel = sale.orders.channel[sale.parcels.order]
    return lambda numbers: (Named("channel", shop.CHANNELS.values, channel[numbers]),)


def _of_returns(back: Returns, *more: Column) -> Fields:
    columns = (
        Named("channel", shop.CHANNELS.values, back.channel),
        Named("return_channel", returns.CHANNELS, back.return_channel),
        *more,
    )
    return lambda _: columns


def _of_surveys(rng: np.random.Generator, count: int) -> tuple[Column, ...]:
    touchpoint = TOUCHPOINTS.draw(rng, count)
    before = (touchpoint == TOUCHPOINTS.code("consultation")) & (rng.random(count) < ASKED_BEFORE_SALE)
    return (
        Named("touchpoint", TOUCHPOINTS.values, touchpoint),
        Named("stage", STAGES, np.where(before, 0, _STAGE_OF_TOUCHPOINT[touchpoint])),
    )
