"""What all writes share: who asks, the body in limited time, and the record on pharos-actions."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from streams.delivery.written import Delivery
from streams.records.action_event import encode
from streams.web.guard import facts_of, json_response

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp import web

    from streams.records.action import Taken
    from streams.records.anomaly import Anomaly
    from streams.register.register import Register
    from streams.web.action_request import Fault
    from streams.web.guard import Handler
    from streams.web.security import Security

_BODY_LIMIT_S: Final = 10.0
_RETRY_AFTER: Final = {"Retry-After": "5"}


class ActionDesk(NamedTuple):
    """Where requests to write are taken.

    Attributes:
        register: what can be acted on.
        security: names actors by their tokens.
        write: puts key and value on pharos-actions, in limited time.
        clock: now for people, in seconds since the epoch.
        new_id: a new id for each event.

    """

    register: Register
    security: Security
    write: Callable[[bytes, bytes], Awaitable[Delivery]]
    clock: Callable[[], float]
    new_id: Callable[[], str]

    def now_ms(self) -> int:
        return int(self.clock() * 1000)

    def name_of(self, request: web.Request) -> str:
        """The name beside the token in use; empty where it has none."""
        return self.security.actor_of(facts_of(request))

    def anomaly(self, request: web.Request) -> Anomaly | None:
        """The open or recent anomaly that the path names; None where there is none that this reader may see."""
        anomaly = self.register.anomaly(request.match_info["fingerprint"])
        data_scope = self.security.data_scope_of(facts_of(request))
        return anomaly if anomaly is not None and data_scope.sees(anomaly.scope) else None

    async def put(self, taken: Taken, answer: dict[str, Any]) -> web.Response:
        """202 with the answer once the brokers have it: every worker shows it when it has read the topic that far."""
        delivery = await self.write(taken.fingerprint.encode(), encode(taken))
        if delivery is not Delivery.TAKEN:
            return json_response({"error": delivery.value, "reason": delivery.name.lower()}, 503, _RETRY_AFTER)
        return json_response(answer, 202)


def with_body(handle: Callable[[bytes, web.Request], Awaitable[web.Response]]) -> Handler:
    """A handler that is given the body as well; the answer is 408 where it does not arrive in time."""

    async def handler(request: web.Request) -> web.StreamResponse:
        try:
            body = await asyncio.wait_for(request.read(), _BODY_LIMIT_S)
        except TimeoutError:
            return json_response({"error": "The body did not arrive in time: send it again."}, 408)
        return await handle(body, request)

    return handler


def faulty(fault: Fault) -> web.Response:
    """The answer to a body that cannot be meant."""
    return json_response({"error": fault.sentence, "field": fault.field}, 400)
