"""What must hold of the settings `escalations`, beyond types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.alerts.decide.escalation import DEFAULT_AFTER_S
from streams.alerts.decide.route_rules import check_told
from streams.register.matcher import check_matchers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from streams.settings.located_yaml import Path
    from streams.settings.settings import EscalationSettings, ReceiverSettings, StepSettings


def check_escalations(
    chains: Sequence[EscalationSettings], receivers: Sequence[ReceiverSettings]
) -> Iterator[tuple[Path, str]]:
    """All faults: where, and what to do about it."""
    for index, chain in enumerate(chains):
        for place, what in check_matchers(chain.match):
            yield (index, "match", *place), what
        if not chain.steps:
            yield (index, "steps"), "needs at least one step: {receivers: [lead], after_s: 900}"
        for place, what in _check_steps(chain.steps, receivers):
            yield (index, "steps", *place), what
        if not chain.match and index + 1 < len(chains):
            yield (index,), "matches everything, so no later chain is ever tried; make it the last"


def _check_steps(steps: Sequence[StepSettings], receivers: Sequence[ReceiverSettings]) -> Iterator[tuple[Path, str]]:
    last_s = 0
    for number, step in enumerate(steps):
        if not step.receivers:
            yield (number, "receivers"), "name the receivers of this step"
        for place, what in check_told(step.receivers, receivers):
            yield (number, "receivers", *place), what
        after_s = step.after_s or (DEFAULT_AFTER_S[number] if number < len(DEFAULT_AFTER_S) else 0)
        if after_s <= last_s:
            yield (number, "after_s"), f"must be above {last_s}, the seconds after which the step before it comes"
        last_s = max(last_s, after_s)
