"""Tiles: large numbers that are read from across a room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grafana_foundation_sdk.builders.common import ReduceDataOptions
from grafana_foundation_sdk.builders.stat import Panel as Stat
from grafana_foundation_sdk.models.common import BigValueColorMode, BigValueGraphMode, BigValueTextMode

from dashboards.boards.limit import PLAIN, Limit, steps

if TYPE_CHECKING:
    from dashboards.boards.unit import Unit


def tile(unit: Unit, limits: tuple[Limit, ...] = PLAIN, below: str = "green", *, course: bool = False) -> Stat:
    """A number whose colour is that of its limit; `course` draws how it came about below it."""
    return (
        Stat()
        .unit(unit.name)
        .decimals(unit.decimals)
        .thresholds(steps(limits, below))
        .color_mode(BigValueColorMode.BACKGROUND if limits else BigValueColorMode.VALUE)
        .graph_mode(BigValueGraphMode.AREA if course else BigValueGraphMode.NONE)
        .text_mode(BigValueTextMode.VALUE_AND_NAME)
        .reduce_options(ReduceDataOptions().calcs(["lastNotNull"]).values(False))
    )
