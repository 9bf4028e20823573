"""What all metrics of a cells partition say at one tick."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.records.verdicts import Pulse, TickVerdicts, Verdict

if TYPE_CHECKING:
    from collections.abc import Collection

    from streams.merge.metric_state import MetricState
    from streams.records.verdicts import Assessed


def judged_tick(
    header: tuple[int, int, str], states: Collection[MetricState], assessed: list[Assessed]
) -> TickVerdicts:
    """The record of a tick. `header`: the cells partition, the tick in ms, the hash of the catalogue."""
    tick = header[1]
    verdicts: list[Verdict] = []
    pulses: list[Pulse] = []
    for state in states:
        judged = state.judge(tick)
        if judged is not None:
            verdicts += judged[0]
            pulses.append(judged[1])
    so_far = [told for state in states for told in state.so_far(tick)]
    figures = [told for state in states for told in state.figures(tick)]
    return TickVerdicts(*header, verdicts, pulses, assessed=assessed, so_far=so_far, figures=figures)
