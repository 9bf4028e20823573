"""A robot that takes only messages with its keyword gets none without it, and one that it refuses holds up no other."""

from __future__ import annotations

import asyncio
from datetime import UTC
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import aiohttp
import orjson
import pytest
from aiohttp import web
from msgspec.structs import replace

from streams.alerts.queue.outbox import Outbox
from streams.alerts.receivers.channel import ReceiverContext
from streams.alerts.receivers.configured import member
from streams.alerts.receivers.rules import check_receivers
from streams.alerts.words.bundle import bundle_of, overflow_of, together_of
from streams.alerts.words.message import (
    Titles,
    acknowledgement_of,
    compose,
    digest_of,
    maintenance_of,
    reminder_of,
)
from streams.alerts.words.phrases import ENGLISH
from streams.alerts.words.voice import Voice
from streams.records.anomaly import Change
from streams.settings.settings import ReceiverSettings
from tests.support.renderings import RENDERINGS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from streams.alerts.words.message import Notification
    from streams.records.anomaly import Transition

SHANGHAI = ZoneInfo("Asia/Shanghai")
TITLES = Titles({"payment_success": "Payment success"}, {"payment_success": "支付成功率"}, "https://pharos/")
HOUR = 3_600_000
LONG = "旗舰店" * 2_000
REFUSALS = {
    "dingtalk": {"errcode": 310000, "errmsg": "keywords not in content"},
    "feishu": {"code": 19024, "msg": "Key Words Not Found"},
}
OK = {"errcode": 0, "code": 0}


def every_kind(transition: Callable[..., Transition]) -> dict[str, Notification]:
    """One of each that anybody is ever sent."""
    opened = transition(scope={"store": LONG}, cause_of=[f"f{n}" for n in range(300)])
    anomaly = opened.anomaly
    ended = transition(Change.RESOLVED, state="resolved", ended_at="2025-11-10T16:10:00.000Z", scope={"store": LONG})
    told = compose(opened, TITLES, {}, SHANGHAI)
    news = {f"reminder: {what}": reminder_of(anomaly, "s1", what, HOUR, TITLES, {}, SHANGHAI) for what in ENGLISH.news}
    return news | {
        "opening": told,
        "update": compose(transition(Change.UPDATED), TITLES, {}, SHANGHAI),
        "end": compose(ended, TITLES, {}, SHANGHAI),
        "without links": compose(transition(board_url="", runbook_url=""), replace(TITLES, page_url=""), {}, SHANGHAI),
        "digest": digest_of([opened] * 30, TITLES),
        "bundle": bundle_of([replace(told, id=f"t{n}") for n in range(300)]),
        "together": together_of([told] * 40),
        "overflow": overflow_of(3, told),
        "escalation": reminder_of(anomaly, "n1", "unacked", HOUR, TITLES, {}, SHANGHAI),
        "acknowledgement": acknowledgement_of(anomaly, LONG, HOUR),
        "maintenance begins": maintenance_of("m1", LONG, [f"store={LONG}"] * 9, 0, HOUR, None, TITLES, SHANGHAI),
        "maintenance over": maintenance_of("m2", LONG, [LONG], 0, HOUR, [anomaly] * 30, TITLES, SHANGHAI),
        "maintenance over, nothing open": maintenance_of("m3", "move", [], 0, HOUR, [], TITLES, SHANGHAI),
    }


@pytest.mark.parametrize("kind", ["dingtalk", "feishu", "apprise"])
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("board", ["", "https://board/"])
def test_every_message_to_a_robot_holds_the_keyword_and_the_word_pharos(
    transition: Callable[..., Transition], kind: str, language: str, board: str
) -> None:
    for what, told in every_kind(transition).items():
        rendering = RENDERINGS[kind](told, Voice(language, board, "告警[x]*"))
        assert "Pharos · 告警[x]*" in rendering.shown, what
        assert all(taken <= most for taken, most in rendering.sizes.values()), what
        assert "Pharos" in RENDERINGS[kind](told, Voice(language, board)).shown, what


class PickyRobot:
    """Takes what holds its keyword, as DingTalk and Feishu do."""

    def __init__(self, kind: str, keyword: str) -> None:
        self.kind, self.keyword = kind, keyword
        self.took: list[str] = []
        self.refused = 0
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        body = (await request.read()).decode()
        if self.keyword not in body:
            self.refused += 1
            return web.Response(body=orjson.dumps(REFUSALS[self.kind]))
        self.took.append(body)
        return web.Response(body=orjson.dumps(OK))


@pytest.fixture
async def robots() -> AsyncIterator[Callable[[str, str], Any]]:
    runners = []

    async def serve(kind: str, keyword: str) -> PickyRobot:
        robot = PickyRobot(kind, keyword)
        app = web.Application()
        app.router.add_post("/{path:.*}", robot.answer)
        runner = web.AppRunner(app, shutdown_timeout=0.2)
        await runner.setup()
        runners.append(runner)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        robot.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        return robot

    yield serve
    for runner in runners:
        await runner.cleanup()


async def tell(settings: list[ReceiverSettings], urls: dict[str, str], counts: Any, *told: Notification) -> None:
    async with aiohttp.ClientSession() as session:
        around = ReceiverContext(urls, session, print, lambda: 1_762_790_410.0, UTC)
        loop = asyncio.get_running_loop()
        outbox = Outbox([member(one, around) for one in settings], counts, lambda: 0.5, loop.time)
        outbox.start()
        for one in told:
            outbox.put(one)
        await asyncio.wait_for(outbox.drain(), 3.0)
        await outbox.stop()


@pytest.mark.parametrize("kind", ["dingtalk", "feishu"])
@pytest.mark.parametrize(("keyword", "set_to"), [("Pharos", ""), ("告警", "告警")])
async def test_maintenance_and_what_is_critical_after_it_both_arrive_at_a_robot_with_a_keyword(
    robots: Any, transition: Callable[..., Transition], counts: Any, kind: str, keyword: str, set_to: str
) -> None:
    robot = await robots(kind, keyword)
    every = every_kind(transition)
    settings = ReceiverSettings(name="duty", kind=kind, url_env="URL", keyword=set_to)  # type: ignore[arg-type]
    await tell([settings], {"URL": robot.url}, counts, every["maintenance begins"], every["opening"])

    assert (len(robot.took), robot.refused) == (2, 0)


@pytest.mark.parametrize("kind", ["dingtalk", "feishu"])
async def test_a_message_that_is_refused_for_its_content_holds_up_no_other(
    robots: Any, notification: Callable[..., Notification], counts: Any, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    robot = await robots(kind, "critical news")
    settings = ReceiverSettings(name="duty", kind=kind, url_env="URL")  # type: ignore[arg-type]
    lacking = replace(notification("n1"), title="[X] n1")
    holding = replace(notification("n2", "critical"), title="critical news")
    await tell([settings], {"URL": robot.url}, counts, lacking, holding)

    assert len(robot.took) >= 1
    assert counts.seen["duty", "delivered"] >= 1
    assert counts.failures["duty", "refused"] == robot.refused
    assert counts.seen["duty", "dropped"] == 1
    assert "keyword" in caplog.text


@pytest.mark.parametrize("kind", ["dingtalk", "feishu"])
async def test_a_message_that_is_refused_for_its_content_goes_to_the_stand_in_at_once(
    robots: Any, notification: Callable[..., Notification], counts: Any, kind: str
) -> None:
    first, second = await robots(kind, "other"), await robots(kind, "Pharos")
    settings = [
        ReceiverSettings(name=f"duty-{n}", kind=kind, group="duty", url_env=f"URL_{n}")  # type: ignore[arg-type]
        for n in (1, 2)
    ]
    told = [notification("n1"), replace(notification("n2"), title="other")]
    await tell(settings, {"URL_1": first.url, "URL_2": second.url}, counts, *told)

    assert (len(first.took), len(second.took)) == (1, 1)  # the first rests for nothing
    assert counts.seen["duty", "dropped"] == 0


@pytest.mark.parametrize(
    ("kind", "keyword", "fault"),
    [
        ("dingtalk", "告警", ""),
        ("feishu", "Pharos", ""),
        ("apprise", "告警", ""),
        ("slack", "告警", "slack goes by no keywords"),
        ("dingtalk", " 告警", "no space around it"),
        ("dingtalk", "告\n警", "write one of"),
        ("dingtalk", "告" * 65, "at most 64"),
    ],
)
def test_a_keyword_that_no_robot_can_have_is_named(kind: str, keyword: str, fault: str) -> None:
    settings = ReceiverSettings(name="duty", kind=kind, url_env="URL", keyword=keyword)  # type: ignore[arg-type]
    found = [what for _, key, what in check_receivers([settings]) if key == ("keyword",)]

    assert found == [] if not fault else len(found) == 1
    assert not fault or fault in found[0]
