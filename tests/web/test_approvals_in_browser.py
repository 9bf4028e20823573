"""Approving what a rule proposes, on the page of an anomaly, in headless Chromium against the real server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from streams.linkage.clerk import Clerk, settled
from streams.records.instant import rfc3339
from streams.records.request import Ending, Request, RequestStep, Stage
from streams.web.approvals import add_approvals
from streams.web.security import Role, Security, Token
from tests.web.support.actions_topic import ActionsTopic

if TYPE_CHECKING:
    from streams.web.board import Board

pytestmark = pytest.mark.browser
HOSTILE = "pause <img src=x onerror=alert(1)> **bold**"
TOKENS = {
    "viewer": Token(Role.VIEWER, "viewer-secret-of-tests"),
    "on-call": Token(Role.RESPONDER, "on-call-secret-of-tests", "Wang Fang"),
    "operator": Token(Role.OPERATOR, "operator-secret-of-tests", "Li Wei"),
}


def proposal(now: int) -> RequestStep:
    data = Request(
        request="q1",
        rule="pause",
        action=HOSTILE,
        note="only <b>here</b>",
        transition="t1",
        detected_at=rfc3339(now - 300_000),
        severity="critical",
        until=rfc3339(now + 900_000),
        approval="operator",
    )
    return RequestStep(Stage.PROPOSED, "a1b2c3", now, data)


@pytest.fixture
def open_as(troubled_board: Board, serve: Any, open_page: Any, now: int) -> Any:
    """Opens the anomaly's page with a proposal on it, as who has that token."""
    troubled_board.register.step(proposal(now))
    topic, security = ActionsTopic(troubled_board), Security(tokens=tuple(TOKENS.values()))

    async def opened(role: str, query: str = "") -> tuple[Any, list[str], ActionsTopic]:
        server = await serve(
            troubled_board,
            security,
            extend=lambda app: add_approvals(app, troubled_board.register, security, topic.write, lambda: now / 1000),
        )
        page, complaints = await open_page(server.make_url(f"/anomalies/a1b2c3{query}"))
        await page.locator("#token").fill(TOKENS[role].secret)
        await page.keyboard.press("Enter")
        await page.locator(".proposal").wait_for()
        await page.locator("#looking:visible, #act:visible").first.wait_for()
        return page, complaints, topic

    return opened


@pytest.mark.parametrize(("role", "buttons"), [("viewer", 0), ("on-call", 0), ("operator", 2)])
async def test_buttons_are_offered_to_who_holds_the_role_and_the_proposal_is_shown_to_all(
    open_as: Any, role: str, buttons: int
) -> None:
    page, _, _ = await open_as(role)
    text = await page.locator(".proposal").inner_text()

    assert await page.locator(".proposal button").count() == buttons
    assert HOSTILE in text
    assert "only <b>here</b>" in text
    assert "Needs the role operator, until 00:27" in text
    assert await page.locator(".proposal img, .proposal b").count() == 0


async def test_an_operator_approves_by_keyboard_and_sees_what_comes_of_it(
    open_as: Any, troubled_board: Board, now: int
) -> None:
    page, complaints, topic = await open_as("operator")
    await page.locator("#note").fill("go ahead")
    await page.get_by_role("button", name="Approve").focus()
    await page.keyboard.press("Enter")
    await page.locator("#act-result", has_text="Approved.").wait_for()
    await page.locator(".proposal").wait_for(state="detached")
    for step in Clerk([], troubled_board.register.requests).follow_up(now + 1_000, lambda _: None):
        troubled_board.register.step(step)
        troubled_board.register.step(settled(step, Ending.REJECTED, now + 2_000, reason="status 400"))
    await page.locator("#timeline", has_text="Refused by the other system").wait_for()
    lines = await page.locator("#timeline .by-hand").all_inner_texts()

    assert [(taken.action, taken.request, taken.actor, taken.note) for taken in topic.taken] == [
        ("approve", "q1", "Li Wei", "go ahead")
    ]
    assert [HOSTILE in line for line in lines] == [True, True, False, True]
    assert "status 400" in lines[0]
    assert await page.locator("#timeline img").count() == 0
    assert [text for text in complaints if "401" not in text] == []


async def test_in_chinese_a_proposal_is_declined(open_as: Any) -> None:
    page, _, topic = await open_as("operator", "?lang=zh")
    await page.get_by_role("button", name="拒绝").click()
    await page.locator("#act-result", has_text="已拒绝。").wait_for()

    assert [taken.action for taken in topic.taken] == ["decline"]


async def test_who_was_too_slow_is_told_so(open_as: Any, troubled_board: Board, now: int) -> None:
    page, _, topic = await open_as("operator")
    over = settled(msgspec.structs.replace(proposal(now)), Ending.EXPIRED, now)
    button = page.get_by_role("button", name="Approve")
    await page.route("**/api/v1/anomalies/a1b2c3", lambda route: route.abort())
    troubled_board.register.step(over)
    await button.click()
    await page.locator("#act-result.problem", has_text="Nothing waits for an approval any more.").wait_for()

    assert topic.taken == []
