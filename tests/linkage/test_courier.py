"""Requests on their way to a business system, a small server on loopback."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from streams.delivery.backoff import Backoff
from streams.delivery.http_post import HttpPost
from streams.linkage.clerk import Clerk
from streams.linkage.courier import AT_ONCE, Courier, Webhook
from streams.records.request import Ending, RequestStep
from streams.register.requests import RequestLog
from streams.settings.settings import LinkageRule, LinkageWebhook

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from streams.records.anomaly import Transition

SECRET = b"shared-secret-of-tests"
HOOK = LinkageWebhook(url_env="URL", secret_env="SECRET")


class BusinessSystem:
    """Answers with the given statuses, the last for ever; keeps what it was asked."""

    def __init__(self) -> None:
        self.statuses = [200]
        self.asked: list[tuple[dict[str, str], bytes]] = []
        self.at_once = self.most_at_once = 0
        self.takes_s = 0.0

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append((dict(request.headers), await request.read()))
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        await asyncio.sleep(self.takes_s)
        self.at_once -= 1
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        return web.Response(status=status)


@pytest.fixture
def system() -> BusinessSystem:
    return BusinessSystem()


@pytest.fixture
async def hook(system: BusinessSystem) -> AsyncIterator[Webhook]:
    app = web.Application()
    app.router.add_post("/act", system.answer)
    server = TestServer(app)
    await server.start_server()
    async with ClientSession() as session:
        yield Webhook(str(server.make_url("/act")), SECRET, HttpPost(session, 2.0, time.time))
    await server.close()


@pytest.fixture
def steps(transition: Callable[..., Transition], now: int) -> Callable[..., list[RequestStep]]:
    def make(count: int = 1, valid_s: float = 900.0) -> list[RequestStep]:
        clerk = Clerk([LinkageRule("pause", "campaign.pause", webhook=HOOK, valid_s=valid_s)], RequestLog())
        ruled = [next(iter(clerk.rule(transition(f"t{number}"), now))).step for number in range(count)]
        return [step for step in ruled if step is not None]

    return make


class Conclusions:
    """Where outcomes are written; refuses the first `failures` of them."""

    def __init__(self, failures: int = 0) -> None:
        self.steps: list[RequestStep] = []
        self.failures = failures

    async def write(self, step: RequestStep) -> bool:
        if self.failures:
            self.failures -= 1
            return False
        self.steps.append(step)
        return True


async def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10.0
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        await asyncio.sleep(0.01)


def courier(hook: Webhook | None, conclusions: Conclusions, now: Callable[[], int]) -> Courier:
    hooks = {} if hook is None else {"pause": hook}
    return Courier(hooks, conclusions.write, Backoff(first_s=0.02, longest_s=0.05), lambda: 0.5, now)


async def test_a_request_is_posted_with_signature_and_its_id(
    hook: Webhook, system: BusinessSystem, steps: Callable[..., list[RequestStep]], now: int
) -> None:
    conclusions, (step,) = Conclusions(), steps()
    courier(hook, conclusions, lambda: now).deliver([step])
    await until(lambda: bool(conclusions.steps))
    headers, body = system.asked[0]
    signed = hmac.new(SECRET, headers["Pharos-Timestamp"].encode() + b"." + body, hashlib.sha256).hexdigest()

    assert conclusions.steps[0].data.outcome is Ending.DELIVERED
    assert headers["Pharos-Signature"] == f"v1={signed}"
    assert headers["Idempotency-Key"] == step.data.request
    assert headers["Content-Type"] == "application/cloudevents+json"
    event = orjson.loads(body)
    assert (event["type"], event["data"]["action"]) == ("pharos.action.requested", "campaign.pause")
    assert event["data"]["anomaly"]["scope"] == {"region": "zhejiang"}


@pytest.mark.parametrize(
    ("statuses", "attempts", "ending", "reason"),
    [
        ([503, 503, 200], 3, Ending.DELIVERED, ""),
        ([429, 200], 2, Ending.DELIVERED, ""),
        ([400], 1, Ending.REJECTED, "status 400"),
        ([401], 1, Ending.REJECTED, "status 401"),
    ],
)
async def test_what_passes_is_tried_again_and_what_does_not_is_told(
    hook: Webhook,
    system: BusinessSystem,
    steps: Callable[..., list[RequestStep]],
    now: int,
    statuses: list[int],
    attempts: int,
    ending: Ending,
    reason: str,
) -> None:
    system.statuses = statuses
    conclusions = Conclusions()
    courier(hook, conclusions, lambda: now).deliver(steps())
    await until(lambda: bool(conclusions.steps))

    assert (conclusions.steps[0].data.outcome, conclusions.steps[0].data.reason) == (ending, reason)
    assert len({headers["Idempotency-Key"] for headers, _ in system.asked}) == 1
    assert len(system.asked) == attempts


async def test_when_its_time_is_over_a_request_is_not_posted_any_more(
    hook: Webhook, system: BusinessSystem, steps: Callable[..., list[RequestStep]], now: int
) -> None:
    system.statuses = [503]
    started, conclusions = time.monotonic(), Conclusions()
    courier(hook, conclusions, lambda: now + round((time.monotonic() - started) * 1000)).deliver(steps(valid_s=0.2))
    await until(lambda: bool(conclusions.steps))

    assert (conclusions.steps[0].data.outcome, conclusions.steps[0].data.reason) == (Ending.EXPIRED, "status 503")
    assert 2 <= len(system.asked) <= 12


async def test_what_is_under_way_or_over_is_not_posted_twice_though_the_ledger_still_shows_it(
    hook: Webhook, system: BusinessSystem, steps: Callable[..., list[RequestStep]], now: int
) -> None:
    system.takes_s = 0.05
    conclusions, due = Conclusions(failures=2), steps()
    carrying = courier(hook, conclusions, lambda: now)
    for _ in range(60):
        carrying.deliver(due)
        await asyncio.sleep(0.01)
    await until(lambda: bool(conclusions.steps))

    assert len(system.asked) == 1


async def test_few_are_under_way_at_once_and_all_arrive(
    hook: Webhook, system: BusinessSystem, steps: Callable[..., list[RequestStep]], now: int
) -> None:
    system.takes_s = 0.03
    conclusions, due = Conclusions(), steps(3 * AT_ONCE)
    carrying = courier(hook, conclusions, lambda: now)
    settled: set[str] = set()
    while len(settled) < len(due):
        carrying.deliver([step for step in due if step.data.request not in settled])
        await asyncio.sleep(0.01)
        settled = {step.data.request for step in conclusions.steps}

    assert system.most_at_once <= AT_ONCE
    assert len(system.asked) == len(due)


async def test_who_takes_over_posts_again_with_the_same_id_and_body(
    hook: Webhook, system: BusinessSystem, steps: Callable[..., list[RequestStep]], now: int
) -> None:
    system.takes_s = 0.3
    due, first, second = steps(), Conclusions(), Conclusions()
    one = courier(hook, first, lambda: now)
    one.deliver(due)
    await until(lambda: bool(system.asked))
    await one.stop()
    courier(hook, second, lambda: now).deliver(due)
    await until(lambda: bool(second.steps))

    assert first.steps == []
    assert len(system.asked) == 2
    assert system.asked[0][1] == system.asked[1][1]
    assert len({headers["Idempotency-Key"] for headers, _ in system.asked}) == 1


async def test_a_rule_that_has_left_the_settings_leaves_a_word(
    steps: Callable[..., list[RequestStep]], now: int
) -> None:
    conclusions: Any = Conclusions()
    courier(None, conclusions, lambda: now).deliver(steps())
    await until(lambda: bool(conclusions.steps))

    assert conclusions.steps[0].data.outcome is Ending.REJECTED
