"""Addresses and keys appear in no log, no metric and no message, whatever goes wrong."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest

from streams.alerts.queue.outbox import Outbox
from streams.alerts.receivers.channel import ReceiverContext
from streams.alerts.receivers.configured import member
from streams.delivery.backoff import Backoff
from streams.settings.settings import ReceiverSettings
from streams.telemetry.metrics import PipelineMetrics

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.alerts.words.message import Notification

SECRETS = ("t0ken", "s3cret")
LEAKY = {"errcode": 40035, "code": 19001, "errmsg": "t0ken s3cret", "msg": "t0ken s3cret", "status": "t0ken"}


@pytest.mark.parametrize("kind", ["webhook", "dingtalk", "wecom", "feishu", "slack", "pagerduty", "alertmanager"])
@pytest.mark.parametrize("answer", [(200, LEAKY), (400, LEAKY), (404, b"t0ken s3cret"), (503, b"t0ken"), "hang", "cut"])
async def test_neither_address_nor_key_leaves_the_receiver(
    channel: Any, told: Callable[..., Notification], caplog: pytest.LogCaptureFixture, kind: str, answer: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.CRITICAL, "aiohttp.access")  # the server's, not ours
    channel.answers(answer)
    takes_secret = kind not in {"wecom", "slack"}
    settings = ReceiverSettings(
        name="duty", kind=kind, url_env="URL", secret_env="KEY" if takes_secret else "", timeout_s=0.1  # type: ignore[arg-type]
    )  # fmt: skip
    environment = {"URL": f"{channel.url}/hook?access_token=t0ken", "KEY": "SEC-s3cret".ljust(32, "0")}
    registry = CollectorRegistry()
    metrics = PipelineMetrics(registry, lambda: 0.0)
    async with aiohttp.ClientSession() as session:
        around = ReceiverContext(environment, session, print, lambda: 1_762_790_400.0, UTC)
        loop = asyncio.get_running_loop()
        outbox = Outbox(
            [member(settings, around)],
            metrics,
            lambda: 0.5,
            loop.time,
            backoff=Backoff(first_s=0.05, longest_s=0.1, deadline_s=0.3),
        )
        outbox.start()
        outbox.put(told())
        for _ in range(100):
            state = outbox.states()["duty"]
            if channel.got and (state.failures or not state.queued):
                break
            await asyncio.sleep(0.02)
        state = outbox.states()["duty"]
        await outbox.stop(0.1)

    assert channel.got
    delivers = answer == (200, LEAKY) and kind in {"webhook", "alertmanager"}  # there the status decides
    assert bool(state.failures) is not delivers
    for place in (caplog.text, state.reason, generate_latest(registry).decode()):
        for secret in (*SECRETS, channel.url.rpartition("/")[2]):
            assert secret not in place
