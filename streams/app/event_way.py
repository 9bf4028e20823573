"""How a request about single events reaches its owner: a webhook, a message, or both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streams.alerts.words.single_event import about_events
from streams.delivery.result import DELIVERED, Outcome, Result

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import tzinfo

    from streams.app.owner_messages import OwnerMessages
    from streams.linkage.courier import Webhook
    from streams.records.request import RequestStep

    Attempt = Callable[[RequestStep], Awaitable[Result]]

_MOST: Final = 2_000  # more than can be under way; what is beyond was given up


class EventWay:
    """Of one rule. What one of the two has taken is not sent to it again, unless the worker ends before the other has.

    Args:
        webhook: None where the rule has none.
        body: what the webhook gets: the step with the ids of its events, which no step holds.
        messages: None where the rule sends none.
        zone: whose time messages show.

    """

    def __init__(
        self,
        webhook: Webhook | None,
        body: Callable[[RequestStep], bytes],
        messages: OwnerMessages | None,
        zone: tzinfo,
    ) -> None:
        self._attempts: dict[str, Attempt] = {}
        if webhook is not None:
            self._attempts["webhook"] = lambda step: webhook.send(step.data.request, body(step))
        if messages is not None:
            self._attempts["message"] = lambda step: messages.deliver(about_events(step, zone))
        self._ended: dict[str, dict[str, Result]] = {}  # by request, what each attempt came to

    async def deliver(self, step: RequestStep) -> Result:
        """Tries what has not come to an end. RETRY until both have; REJECTED where one of them was."""
        ended = self._ended.setdefault(step.data.request, {})
        waiting = None
        for name, attempt in self._attempts.items():
            if name in ended:
                continue
            result = await attempt(step)
            if result.outcome is Outcome.RETRY:
                waiting = result
            else:
                ended[name] = result
        while len(self._ended) > _MOST:
            del self._ended[next(iter(self._ended))]
        if waiting is not None:
            return waiting
        self._ended.pop(step.data.request, None)
        return next((result for result in ended.values() if result.outcome is Outcome.REJECTED), DELIVERED)
