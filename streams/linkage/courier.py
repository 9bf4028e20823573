"""Posts requests to the webhooks of their rules, each until it is taken, refused, or too old."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from streams.delivery.answer import failure_of
from streams.delivery.result import DELIVERED, Outcome, Result
from streams.delivery.signature import signature
from streams.linkage.clerk import settled
from streams.records.request import Ending
from streams.records.request_event import encode
from streams.register.requests import ends_at

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from streams.delivery.backoff import Backoff
    from streams.delivery.http_post import HttpPost
    from streams.records.request import RequestStep

AT_ONCE: Final = 8

logger = logging.getLogger(__name__)


class Webhook(NamedTuple):
    """Where a rule's requests go. `url` is a credential: it is neither logged nor part of any reason."""

    url: str
    secret: bytes
    post: HttpPost

    async def deliver(self, step: RequestStep) -> Result:
        """The body is the CloudEvent itself."""
        return await self.send(step.data.request, encode(step))

    async def send(self, request: str, body: bytes) -> Result:
        """One attempt; the headers are those of the webhook receiver."""
        timestamp = str(int(self.post.clock()))
        headers = {
            "Content-Type": "application/cloudevents+json",
            "Idempotency-Key": request,
            "Pharos-Timestamp": timestamp,
            "Pharos-Signature": signature(self.secret, timestamp, body),
        }
        answer = await self.post.send(self.url, body, headers, read=False)
        return answer if isinstance(answer, Result) else failure_of(answer) or DELIVERED


class Way(Protocol):
    """How the requests of a rule reach the system that acts."""

    async def deliver(self, step: RequestStep) -> Result:
        """One attempt. Never raises for what the other side does."""
        ...


class Courier:
    """At most `AT_ONCE` requests are under way; the others wait in the ledger, which is bounded.

    Args:
        webhooks: by rule.
        conclude: writes the step that settles a request, in limited time; whether it was taken.
        backoff: waits between attempts.
        chance: numbers in [0, 1), for jitter.
        now: the clock of people, in ms.

    """

    def __init__(
        self,
        webhooks: Mapping[str, Way],
        conclude: Callable[[RequestStep], Awaitable[bool]],
        backoff: Backoff,
        chance: Callable[[], float],
        now: Callable[[], int],
    ) -> None:
        self._webhooks = webhooks
        self._conclude = conclude
        self._backoff = backoff
        self._chance = chance
        self._now = now
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._endings: dict[str, RequestStep] = {}  # of those that are over, until the ledger shows it

    def deliver(self, due: Sequence[RequestStep]) -> None:
        """Takes up what is due, and is neither under way nor over already. Never waits; needs a running loop."""
        asked = {step.data.request for step in due}
        self._tasks = {request: task for request, task in self._tasks.items() if not task.done()}
        self._endings = {request: step for request, step in self._endings.items() if request in asked}
        for step in due:
            if len(self._tasks) >= AT_ONCE:
                return
            if step.data.request not in self._tasks:
                task = asyncio.create_task(self._carry(step), name=f"request {step.data.request}")
                self._tasks[step.data.request] = task

    async def stop(self) -> None:
        """Lets go of what is under way: whoever takes over delivers it, with the same id."""
        tasks, self._tasks = self._tasks, {}
        for task in tasks.values():
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)

    async def _carry(self, step: RequestStep) -> None:
        request = step.data.request
        if request not in self._endings:
            ending, reason = await self._attempt_until(step)
            self._endings[request] = settled(step, ending, self._now(), reason=reason)
        if not await self._conclude(self._endings[request]):
            logger.warning("the outcome of request %s could not be written; it is tried again", request)
            await asyncio.sleep(self._backoff.wait_s(1, self._chance(), None))

    async def _attempt_until(self, step: RequestStep) -> tuple[Ending, str]:
        webhook = self._webhooks.get(step.data.rule)
        if webhook is None:
            return Ending.REJECTED, "no rule with a webhook has this name any more"
        failures, reason = 0, "the webhook did not answer in time"
        while (left_s := (ends_at(step) - self._now()) / 1000) > 0:
            result = await webhook.deliver(step)
            if result.outcome is Outcome.DELIVERED:
                return Ending.DELIVERED, ""
            if result.outcome is Outcome.REJECTED:
                return Ending.REJECTED, result.reason
            failures, reason = failures + 1, result.reason
            await asyncio.sleep(min(self._backoff.wait_s(failures, self._chance(), result.retry_after_s), left_s))
        return Ending.EXPIRED, reason
