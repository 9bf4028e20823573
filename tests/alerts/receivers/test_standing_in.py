"""Two robots and one real server: the second speaks at once when the first is silenced."""

from __future__ import annotations

import asyncio
from datetime import UTC
from typing import TYPE_CHECKING, Any

import aiohttp

from streams.alerts.queue.outbox import Outbox
from streams.alerts.receivers.channel import ReceiverContext
from streams.alerts.receivers.configured import member
from streams.settings.settings import ReceiverSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.alerts.words.message import Notification


async def test_when_dingtalk_silences_a_robot_the_next_of_its_group_has_the_message_at_once(
    channel: Any, told: Callable[..., Notification], counts: Any
) -> None:
    channel.answers((200, {"errcode": 130101, "errmsg": "send too fast"}), (200, {"errcode": 0, "errmsg": "ok"}))
    settings = [ReceiverSettings(name=f"duty-{n}", kind="dingtalk", group="duty", url_env=f"URL_{n}") for n in (1, 2)]
    environment = {f"URL_{n}": f"{channel.url}/robot/send?access_token=robot-{n}" for n in (1, 2)}
    async with aiohttp.ClientSession() as session:
        around = ReceiverContext(environment, session, print, lambda: 1_762_790_400.0, UTC)
        loop = asyncio.get_running_loop()
        outbox = Outbox([member(one, around) for one in settings], counts, lambda: 0.5, loop.time)
        outbox.start()
        began = loop.time()
        outbox.put(told(name="t1"))
        outbox.put(told(name="t2"))
        await asyncio.wait_for(outbox.drain(), 2.0)
        took = loop.time() - began
        state = outbox.states()["duty"]
        await outbox.stop()

    assert [request.query["access_token"] for request in channel.got] == ["robot-1", "robot-2", "robot-2"]
    assert took < 1.0
    assert counts.seen == {("duty-1", "retried"): 1, ("duty-2", "delivered"): 2}
    assert counts.failures == {("duty-1", "throttled"): 1}
    assert state == (0, 0, "")  # the group is well
