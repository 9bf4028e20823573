"""Takes what is read of pharos-actions to the register; what is no action is counted, and said once for each reason."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from streams.records.action import SilenceDeed
from streams.records.action_event import Unread, read_action
from streams.records.request_event import Passed, read_step
from streams.register.silence import Unobeyed, silence_of

if TYPE_CHECKING:
    from streams.register.register import Register
    from streams.telemetry.metrics import PipelineMetrics

logger = logging.getLogger(__name__)


class ActionIntake:
    """Anybody with the right may write that topic, so anything may stand there: it must not stop the worker."""

    def __init__(self, register: Register, metrics: PipelineMetrics) -> None:
        self._register = register
        self._metrics = metrics
        self._said: set[Unread | Unobeyed] = set()

    def take(self, value: bytes | None) -> None:
        """A record's value. Never raises."""
        step = read_step(value)
        if not isinstance(step, Passed):
            self._metrics.action("step")
            self._register.step(step)
            return
        taken = read_action(value)
        if isinstance(taken, Unread):
            self._pass_over(taken.name.lower(), taken)
            return
        if taken.action == SilenceDeed.SILENCE and isinstance(silence := silence_of(taken), Unobeyed):
            # Such as one that an earlier version took, with an expression that RE2 refuses.
            self._pass_over(f"silence_{silence.name.lower()}", silence, f" ({taken.fingerprint!r})")
            return
        self._metrics.action("read")
        self._register.action(taken)

    def _pass_over(self, outcome: str, why: Unread | Unobeyed, which: str = "") -> None:
        self._metrics.action(outcome)
        if why not in self._said:
            self._said.add(why)
            logger.warning(
                "a record of pharos-actions%s was ignored (further ones are counted in pharos_actions_total): %s",
                which,
                why.value,
            )
