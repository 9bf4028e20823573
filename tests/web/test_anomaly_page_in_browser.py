"""The page of one anomaly in headless Chromium, from its opening to its end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from streams.records.anomaly import Why
from streams.web.security import Role, Security, Token
from tests.web.support.incident_story import Incident, stamp
from tests.web.support.pictures import take_picture
from tests.web.support.views import VIEWS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from streams.records.anomaly import Anomaly
    from streams.web.board import Board

pytestmark = pytest.mark.browser

MINUTE = 60_000


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("view", VIEWS)
async def test_the_page_fits_wall_and_phone_in_both_languages(
    view: str, language: str, troubled_board: Board, serve: Any, open_page: Any, tmp_path: Path
) -> None:
    server = await serve(troubled_board)
    page, complaints = await open_page(server.make_url(f"/anomalies/a1b2c3?lang={language}"), **VIEWS[view])
    await page.locator(".chart .value-line").wait_for()
    await take_picture(page, tmp_path / f"anomaly-{language}-{view}.png", full_page=True)

    assert complaints == []
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    if view.startswith("wall"):
        assert await page.evaluate("document.documentElement.scrollHeight <= window.innerHeight")


async def test_an_incident_from_opening_to_its_end_on_both_pages(
    quiet_board: Board, anomaly: Callable[..., Anomaly], now: int, serve: Any, open_page: Any
) -> None:
    server = await serve(quiet_board)
    page, complaints = await open_page(server.make_url("/"))
    await page.get_by_text("All is well").wait_for()
    started = now + 30_000
    incident = Incident(quiet_board, anomaly(started_at=stamp(started), detected_at=stamp(now + MINUTE)), now)
    incident.report(now + MINUTE, 0.6)
    incident.tell(Why.OPENED, severity="warning", value=0.81)
    await page.locator(".card h3 a").click()
    what = page.locator("#timeline .happened-what")
    await page.get_by_text("Opened").wait_for()
    opened = [await page.locator("#headline").inner_text(), await page.locator("#title").inner_text()]
    incident.report(now + 4 * MINUTE, 1.0)
    incident.tell(Why.ESCALATED, severity="critical", value=0.67)
    await page.get_by_text("More severe").wait_for()
    worse = [await page.locator("#headline").inner_text(), await what.first.inner_text()]
    incident.report(now + 12 * MINUTE, 0.0)
    incident.tell(Why.RECOVERING, state="recovering", value=0.95)
    await page.get_by_text("Critical, recovering").first.wait_for()
    incident.tell(Why.RECOVERED, state="resolved", value=0.96, reason="NORMAL", ended_at=stamp(now + 12 * MINUTE))
    await page.get_by_text("Critical, resolved").first.wait_for()
    facts = await page.locator("#facts").inner_text()
    acts = await page.locator("#ongoing").is_visible(), await page.locator("#verdicts").is_visible()
    spans = await page.locator(".chart .span-edge").count()
    reason = await page.locator("#why").inner_text()
    told = await what.all_inner_texts()
    await page.locator("#back").click()
    await page.locator("#recent [data-fingerprint='a1b2c3']").wait_for()

    assert opened[0] == "Warning, ongoing"
    assert [part for part in ("Warning", "Payment success rate", "alipay", "96.2%") if part not in opened[1]] == []
    assert worse[0] == "Critical, ongoing"
    assert "Critical" in worse[1]
    assert "67%" in worse[1]
    assert "Lasted\n11 min" in facts
    assert acts == (False, True)
    assert spans == 2
    assert reason.startswith("A share changed suddenly")
    expected = ["Resolved: back to normal", "Recovering", "More severe", "Opened", "Began"]
    assert [words for words, start in zip(told, expected, strict=True) if not words.startswith(start)] == []
    assert complaints == []


async def test_cause_and_symptoms_lead_to_each_other(troubled_board: Board, serve: Any, open_page: Any) -> None:
    server = await serve(troubled_board)
    page, _ = await open_page(server.make_url("/anomalies/a1b2c3?lang=zh"))
    await page.locator("#linked a").click()
    await page.locator("#anomaly h1", has_text="每分钟咨询量").wait_for()
    cause = page.locator("#linked a")

    assert page.url.endswith("/anomalies/d4?lang=zh")
    assert await cause.inner_text() == "支付成功率"
    assert await page.locator("#links a").count() == 0


async def test_the_value_goes_on_while_nothing_is_told(troubled_board: Board, serve: Any, open_page: Any) -> None:
    server = await serve(troubled_board)
    page, _ = await open_page(server.make_url("/anomalies/a1b2c3"))
    await page.locator(".chart").wait_for()
    last = troubled_board.courses.course("a1b2c3")[-1].value

    assert last is not None
    assert await page.locator("#title .figure").inner_text() == f"{last:.1%}".replace(".0%", "%")
    assert "70.4%" in await page.locator("#why").inner_text()


async def test_an_unknown_fingerprint_is_told_with_a_way_back(quiet_board: Board, serve: Any, open_page: Any) -> None:
    server = await serve(quiet_board)
    page, _ = await open_page(server.make_url("/anomalies/%3Cb%3Ex"))
    await page.get_by_role("heading", name="No such anomaly").wait_for()
    words = await page.locator("#unknown").inner_text()
    await page.locator("#to-board").click()
    await page.get_by_text("All is well").wait_for()

    assert "<b>x" in words


async def test_hostile_names_notes_and_actors_stay_text(
    quiet_board: Board, anomaly: Callable[..., Anomaly], now: int, serve: Any, open_page: Any
) -> None:
    hostile = "<script>window.hit=1</script><img src=x onerror='window.hit=1'>"
    incident = Incident(
        quiet_board,
        anomaly(
            fingerprint="h",
            scope={"sku": hostile},
            metric=hostile,
            touchpoint=hostile,
            reason=hostile,
            unit=hostile,
            runbook_url="javascript:window.hit=1",
            board_url="//evil.example",
        ),
        now - MINUTE,
    )
    incident.report(now, 1.0)
    incident.tell(Why.OPENED)
    server = await serve(quiet_board)
    page, complaints = await open_page("about:blank")
    deed = {"time": now, "action": hostile, "actor": hostile, "note": hostile}
    await answer_with(page, {"acked": {"by": hostile, "until": hostile, "note": hostile}}, deed)
    await page.goto(str(server.make_url("/anomalies/h")))
    await page.locator("#timeline .by-hand").wait_for()

    assert (await page.locator("#timeline .by-hand").inner_text()).count(hostile) == 3
    assert hostile in await page.locator("#title .mark-of-hand").inner_text()
    assert await page.evaluate("window.hit") is None
    assert await page.locator("main img, main script").count() == 0
    assert await page.locator("#links a").count() == 0
    assert complaints == []


@pytest.mark.parametrize(
    ("action", "sent", "told"),
    [
        ("ack", {"minutes": 60, "note": "on it"}, "Acknowledged until 01:00."),
        ("snooze", {"minutes": 240, "note": "on it"}, "Snoozed until 01:00."),
        ("feedback", {"verdict": "false_alarm", "note": "on it"}, "Thank you, noted: False alarm."),
    ],
)
async def test_the_forms_send_what_the_interface_wants_and_say_what_came_of_it(
    action: str, sent: dict[str, Any], told: str, troubled_board: Board, serve: Any, open_page: Any
) -> None:
    server = await serve(troubled_board)
    page, complaints = await open_page(server.make_url("/anomalies/a1b2c3"))
    posts = await take_actions(page, 202, {"id": "x", "action": action, "until": "2026-11-10T17:00:00Z"})
    await page.locator("#actor").fill(" Li Na ")
    await page.locator("#note").fill("on it")
    if "minutes" in sent:
        await page.locator(f"#{action}-minutes").select_option(str(sent["minutes"]))
    button = "[data-verdict='false_alarm']" if action == "feedback" else f"[data-action='{action}']"
    await page.locator(f"#act {button}").click()
    await page.get_by_text(told).wait_for()
    await page.reload()
    await page.locator(".chart").wait_for()

    assert [(path, kind) for path, kind, _ in posts] == [(f"/api/v1/anomalies/a1b2c3/{action}", "application/json")]
    assert posts[0][2] == {"actor": "Li Na", **sent}
    assert await page.locator("#actor").input_value() == "Li Na"
    assert complaints == []


async def test_without_a_name_nothing_is_sent_and_the_field_is_asked_for(
    troubled_board: Board, serve: Any, open_page: Any
) -> None:
    server = await serve(troubled_board)
    page, _ = await open_page(server.make_url("/anomalies/a1b2c3"))
    posts = await take_actions(page, 202, {})
    await page.locator("#act [data-action='ack']").click()
    await page.get_by_text("Enter your name first").wait_for()

    assert posts == []
    assert await page.evaluate("document.activeElement.id") == "actor"
    assert await page.locator("#actor").get_attribute("aria-invalid") == "true"


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (403, {"error": "The token's role does not cover this.", "reason": "role"}, "需要 responder 令牌"),
        (400, {"error": "minutes must be 1 to 1440.", "field": "minutes"}, "时长须在一分钟到一天之间。"),
        (409, {"error": "This anomaly is resolved.", "reason": "resolved"}, "此异常已恢复"),
        (418, {"error": "A teapot.", "reason": "teapot"}, "A teapot."),
        (405, {"error": "Method Not Allowed"}, "此服务器不接受操作。"),
        (500, None, "此服务器不接受操作。"),
    ],
)
async def test_a_refusal_is_told_in_words(
    status: int, body: Any, told: str, troubled_board: Board, serve: Any, open_page: Any
) -> None:
    server = await serve(troubled_board)
    page, _ = await open_page(server.make_url("/anomalies/a1b2c3?lang=zh"))
    await take_actions(page, status, body)
    await page.locator("#actor").fill("李娜")
    await page.locator("#act [data-action='ack']").click()
    await page.locator("#act-result.problem", has_text=told).wait_for()

    assert await page.locator("#act-result button").count() == (1 if status == 403 else 0)


async def test_who_is_on_it_is_shown_with_what_they_said(
    troubled_board: Board, now: int, serve: Any, open_page: Any
) -> None:
    server = await serve(troubled_board)
    page, complaints = await open_page("about:blank")
    acked = {"by": "Li Na", "until": "2026-11-10T16:40:00Z", "note": "calling the bank"}
    deed = {"time": stamp(now - 60_000), "action": "ack", "actor": "Li Na", "note": "calling the bank"}
    await answer_with(page, {"acked": acked, "feedback": {"by": "Wang", "verdict": "confirmed"}}, deed)
    await page.goto(str(server.make_url("/anomalies/a1b2c3")))
    entry = page.locator("#timeline .by-hand")
    await entry.wait_for()

    assert await page.locator("#title .mark-of-hand").all_inner_texts() == [
        "Acknowledged by Li Na, until 00:40",
        "Assessed by Wang: A real problem",
    ]
    assert [
        part for part in ("00:11", "Acknowledged", "Li Na", "calling the bank") if part not in await entry.inner_text()
    ] == []
    assert await page.locator("#verdicts [aria-pressed='true']").inner_text() == "A real problem"
    assert complaints == []


async def test_the_forms_are_for_who_may_act_and_bear_the_name_of_the_token(
    troubled_board: Board, serve: Any, open_page: Any
) -> None:
    viewer = Token(Role.VIEWER, "viewer-secret-of-tests")
    responder = Token(Role.RESPONDER, "responder-secret-of-tests", "李娜")
    server = await serve(troubled_board, Security(tokens=(viewer, responder)))
    page, _ = await open_page(server.make_url("/anomalies/a1b2c3"))
    await page.locator("#token").fill(viewer.secret)
    await page.keyboard.press("Enter")
    await page.get_by_text("Your token may view but not act").wait_for()
    looking = await page.locator("#act").is_visible()
    await page.locator("#looking-token").click()
    await page.locator("#token").fill(responder.secret)
    await page.keyboard.press("Enter")
    await page.locator("#act").wait_for()

    assert not looking
    assert await page.locator("#actor").input_value() == "李娜"
    assert not await page.locator("#actor").is_editable()


async def answer_with(page: Any, more: dict[str, Any], deed: dict[str, Any]) -> None:
    """Puts what people did into what the server says of an anomaly."""

    async def altered(route: Any) -> None:
        response = await route.fetch()
        body = await response.json()
        await route.fulfill(response=response, json={**body, **more, "timeline": [*body["timeline"], deed]})

    await page.route("**/api/v1/anomalies/*", altered)


async def take_actions(page: Any, status: int, body: Any) -> list[tuple[str, str, Any]]:
    """Answers for the endpoints of actions; gives path, content type and body of what was posted."""
    posts: list[tuple[str, str, Any]] = []

    async def take(route: Any) -> None:
        request = route.request
        if request.method != "POST":
            await route.continue_()
            return
        path = request.url.split("/", 3)[3]
        posts.append((f"/{path}", request.headers["content-type"], request.post_data_json))
        await route.fulfill(status=status, content_type="application/json", body=json.dumps(body) if body else "")

    await page.route("**/api/v1/anomalies/*/*", take)
    return posts
