"""The page of silences, in headless Chromium against the real server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from streams.web.actions import add_actions
from streams.web.security import Role, Security, Token
from streams.web.silences import add_silences
from tests.web.support.views import VIEWS

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.records.anomaly import Anomaly
    from tests.web.support.actions_topic import ActionsTopic

pytestmark = pytest.mark.browser

VIEWER = Token(Role.VIEWER, "viewer-secret-of-tests")
WEAK = (Path(__file__).parent / "support" / "weak_texts.js").read_text(encoding="utf-8")
HOSTILE = '"><img src=x onerror=alert(1)>'


@pytest.fixture
def started(serve: Any, topic: ActionsTopic, now: int) -> Any:
    """Starts a server that takes actions and silences to a topic."""

    async def start(security: Security | None = None) -> Any:
        rules = security or Security()

        def extend(app: Any) -> None:
            add_actions(app, topic.board.register, rules, topic.write, lambda: now / 1000)
            add_silences(app, topic.board.register, "Asia/Shanghai", rules, topic.write, lambda: now / 1000)

        return await serve(topic.board, rules, extend=extend)

    return start


async def test_a_silence_by_keyboard_from_its_preview_to_its_end(
    started: Any, topic: ActionsTopic, open_page: Any
) -> None:
    server = await started()
    page, complaints = await open_page(server.make_url("/silences"))
    await page.get_by_text("Nothing is silenced.").first.wait_for()
    before = await page.get_by_role("button", name="Silence", exact=True).count()
    await page.get_by_label("Matchers").focus()
    await page.keyboard.type("payment_method=alipay")
    await page.keyboard.press("Tab")
    await page.keyboard.type("bank works")
    await page.keyboard.press("Tab")
    await page.keyboard.type("Li Na")
    await page.keyboard.press("Enter")
    await page.get_by_text("1 open anomaly would be silenced:").wait_for()
    shown = await page.locator("#matched li").all_inner_texts()
    await page.get_by_role("button", name="Silence", exact=True).focus()
    await page.keyboard.press("Enter")
    await page.get_by_text("Silenced until 01:12.").wait_for()
    await page.locator(".silence code", has_text='payment_method="alipay"').wait_for()
    line = await page.locator(".silence").inner_text()
    await page.get_by_role("button", name="End now").focus()
    await page.keyboard.press("Enter")
    await page.locator(".silence.over").wait_for()
    over = await page.locator(".silence.over").inner_text()

    assert before == 0
    assert shown == ["Payment success rate Critical, payment method alipay"]
    assert "Li Na: bank works" in line
    assert "1 open anomaly is silenced" in line
    assert "ended by Li Na" in over
    assert [(taken.action, taken.actor, taken.matchers) for taken in topic.taken] == [
        ("silence", "Li Na", ('payment_method="alipay"',)),
        ("silence.expired", "Li Na", ()),
    ]
    assert complaints == []


async def test_a_silence_is_planned_in_the_time_of_the_shop_and_called_off(
    started: Any, topic: ActionsTopic, open_page: Any
) -> None:
    server = await started()
    page, complaints = await open_page(
        server.make_url("/silences?matcher=payment_method=alipay"), timezone_id="Europe/London"
    )
    await page.get_by_label("Reason").fill("bank works")
    await page.get_by_label("Your name").fill("Li Na")
    await page.get_by_label("From").fill("2026-11-10T02:00")
    await page.get_by_role("button", name="Silence", exact=True).click()
    await page.get_by_text("The beginning must lie ahead").wait_for()
    wrong = await page.get_by_label("From").get_attribute("aria-invalid")
    await page.get_by_label("From").fill("2026-11-11T02:00")
    await page.get_by_role("button", name="Silence", exact=True).click()
    await page.get_by_text("Silenced from 02:00 until 03:00.").wait_for()
    await page.locator(".silence").wait_for()
    to_come = await page.locator(".silence").inner_text()
    await page.get_by_role("button", name="Call off").click()
    await page.locator(".silence.over").wait_for()

    assert wrong == "true"
    assert "from 02:00 until 03:00" in to_come
    assert "quiet" not in to_come
    assert [taken.action for taken in topic.taken] == ["silence", "silence.expired"]
    assert [complaint for complaint in complaints if "400" not in complaint] == []


async def test_a_wrong_matcher_is_told_with_the_remedy_and_cannot_be_made(
    started: Any, topic: ActionsTopic, open_page: Any
) -> None:
    server = await started()
    page, _ = await open_page(server.make_url("/silences"))
    await page.get_by_label("Matchers").fill("regio=zhejiang")
    await page.get_by_role("button", name="Preview what it silences").click()
    await page.locator("#make-result.problem").wait_for()

    assert 'did you mean "region"?' in await page.locator("#make-result").inner_text()
    assert await page.get_by_label("Matchers").get_attribute("aria-invalid") == "true"
    assert await page.get_by_role("button", name="Silence", exact=True).count() == 0
    assert topic.taken == []


async def test_a_link_from_a_message_leads_to_the_deed_and_does_nothing(
    started: Any, topic: ActionsTopic, open_page: Any
) -> None:
    server = await started()
    page, _ = await open_page(server.make_url("/anomalies/a1b2c3?do=ack"))
    await page.locator("[data-action=ack]:focus").wait_for()
    page.on("dialog", lambda dialog: dialog.dismiss())
    await page.goto(str(server.make_url("/anomalies/a1b2c3?do=silence")))
    await page.locator("#silence-alike:focus").wait_for()
    nothing = list(topic.taken)
    await page.keyboard.press("Enter")
    await page.get_by_text("1 open anomaly would be silenced:").wait_for()

    assert nothing == []
    assert await page.get_by_label("Matchers").input_value() == ('metric="payment_success"\npayment_method="alipay"')
    assert topic.taken == []


async def test_an_anomaly_is_assigned_to_a_role_and_flags_are_on_the_wall(
    started: Any, topic: ActionsTopic, open_page: Any
) -> None:
    server = await started()
    page, complaints = await open_page(server.make_url("/anomalies/a1b2c3"))
    await page.get_by_label("Your name").fill("Li Na")
    await page.get_by_role("button", name="Assign").click()
    missing = await page.locator("#act-result").inner_text()
    await page.locator("#assignee").fill("payments")
    await page.keyboard.press("Tab")
    await page.get_by_role("button", name="Assign").click()
    await page.get_by_text("Assigned.").wait_for()
    await page.locator("#timeline", has_text="Assigned to payments").wait_for()
    body = {"matchers": ["payment_method=alipay"], "actor": "li", "reason": "x", "minutes": 5}
    await page.request.post(str(server.make_url("/api/v1/silences")), data=body)
    await page.goto(str(server.make_url("/")))
    card = page.locator(".card[data-fingerprint='a1b2c3']")
    await card.get_by_text("Silenced", exact=True).wait_for()

    assert missing == "Enter a person or a role first."
    assert [taken.assignee for taken in topic.taken] == ["payments", None]
    assert "Assigned to payments" in await card.inner_text()
    await page.get_by_role("link", name="Silences").click()
    await page.locator(".silence").wait_for()
    assert complaints == []


async def test_who_may_only_look_sees_the_list_and_no_way_to_change_it(
    started: Any, topic: ActionsTopic, open_page: Any
) -> None:
    server = await started(Security(tokens=(VIEWER,)))
    page, _ = await open_page(server.make_url("/silences"))
    await page.locator("#token").fill(VIEWER.secret)
    await page.keyboard.press("Enter")
    await page.get_by_text("Your token may view but not act").wait_for()

    assert not await page.locator("#make").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_text_is_legible_nothing_is_markup_and_both_languages_speak(
    scheme: str, started: Any, topic: ActionsTopic, open_page: Any, anomaly: Callable[..., Anomaly]
) -> None:
    server = await started()
    page, complaints = await open_page(server.make_url("/silences?lang=zh"), **VIEWS[f"wall-{scheme}"])
    for reason in (HOSTILE, "old"):
        await page.request.post(
            str(server.make_url("/api/v1/silences")),
            data={"matchers": ["payment_method=alipay", "store!=x"], "actor": HOSTILE, "reason": reason, "minutes": 9},
        )
    await page.request.delete(str(server.make_url(f"/api/v1/silences/{topic.taken[1].id}")), data={"actor": "li"})
    await page.locator(".silence.over").wait_for()
    await page.get_by_label("静默哪些异常").fill("touchpoint=order")
    await page.get_by_role("button", name="查看会静默什么").click()
    await page.locator("#matched li").first.wait_for()

    assert await page.evaluate(WEAK) == []
    assert await page.locator("img[src='x']").count() == 0
    assert HOSTILE in await page.locator(".silence:not(.over)").inner_text()
    assert complaints == []
