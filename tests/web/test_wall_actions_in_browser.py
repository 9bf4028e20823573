"""Acknowledge and snooze on the wall's own rows, in headless Chromium against the real server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from streams.delivery.written import Delivery
from streams.records.anomaly import Why
from streams.web.actions import add_actions
from streams.web.security import Role, Security, Token
from tests.web.support.actions_topic import ActionsTopic
from tests.web.support.incident_story import Incident, stamp
from tests.web.support.pictures import take_picture
from tests.web.support.views import VIEWS

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.records.anomaly import Anomaly
    from streams.web.board import Board

pytestmark = pytest.mark.browser

MINUTE = 60_000
VIEWER = Token(Role.VIEWER, "viewer-secret-of-tests")
RESPONDER = Token(Role.RESPONDER, "responder-secret-of-tests", "Li Wei")
ROW = ".card[data-fingerprint='a1b2c3']"
CARRIER = ".card[data-fingerprint='e5']"
KNOWN_NAME = "localStorage.setItem('pharos.actor', 'Li Na')"


@pytest.fixture
def serve_actions(serve: Any, now: int) -> Any:
    """Starts a server that takes actions to a topic."""

    async def started(topic: ActionsTopic, security: Security | None = None) -> Any:
        rules = security or Security()
        return await serve(
            topic.board,
            rules,
            extend=lambda app: add_actions(app, topic.board.register, rules, topic.write, lambda: now / 1000),
        )

    return started


@pytest.fixture
def open_signed(open_page: Any) -> Any:
    """Opens an address in a browser that remembers who acts from it."""

    async def open_at(address: Any, **options: Any) -> tuple[Any, list[str]]:
        page, complaints = await open_page("about:blank", **options)
        await page.add_init_script(KNOWN_NAME)
        await page.goto(str(address))
        await page.locator(".card").first.wait_for()
        return page, complaints

    return open_at


async def test_an_incident_from_its_opening_through_an_ack_by_keyboard_on_its_row_to_its_end(
    quiet_board: Board, anomaly: Callable[..., Anomaly], now: int, serve_actions: Any, open_page: Any
) -> None:
    topic = ActionsTopic(quiet_board)
    server = await serve_actions(topic)
    page, complaints = await open_page(server.make_url("/"))
    await page.get_by_text("All is well").wait_for()
    incident = Incident(
        quiet_board, anomaly(started_at=stamp(now), detected_at=stamp(now + MINUTE), severity="warning"), now
    )
    incident.report(now + MINUTE, 0.6)
    incident.tell(Why.OPENED, value=0.81)
    row = page.locator(ROW)
    await row.wait_for()
    for _ in range(3):
        await page.keyboard.press("Tab")
    reached = await page.evaluate("document.activeElement.getAttribute('aria-label')")
    await page.keyboard.press("Enter")
    await page.get_by_label("Your name").wait_for()
    await page.keyboard.type(" Li Na ")
    await page.keyboard.press("Enter")
    await row.get_by_text("Acknowledged by Li Na, until 00:42").wait_for()
    focused = await page.evaluate("document.activeElement.textContent")
    signed = await page.locator("#acting").inner_text()
    heard = await page.locator("#news").inner_text()
    left = await row.get_by_role("button").all_inner_texts()
    await page.reload()
    await row.get_by_text("Acknowledged by Li Na, until 00:42").wait_for()
    incident.report(now + 4 * MINUTE, 1.0)
    incident.tell(Why.ESCALATED, severity="critical", value=0.67)
    await row.locator(".badge", has_text="Critical").wait_for()
    graver = await row.inner_text()
    incident.report(now + 12 * MINUTE, 0.0)
    incident.tell(Why.RECOVERED, state="resolved", value=0.96, reason="NORMAL", ended_at=stamp(now + 12 * MINUTE))
    await row.wait_for(state="detached")
    await page.locator("#recent [data-fingerprint='a1b2c3'] a").click()
    deed = page.locator("#timeline .by-hand")
    await deed.wait_for()

    assert reached == "Acknowledge: Payment success rate, payment method alipay"
    assert [(taken.fingerprint, taken.action, taken.actor) for taken in topic.taken] == [("a1b2c3", "ack", "Li Na")]
    assert topic.taken[0].until == now + 30 * MINUTE
    assert focused == "Payment success rate"
    assert signed.split("\n")[0].startswith("Acting as Li Na")
    assert heard == "Payment success rate, payment method alipay: Acknowledged until 00:42."
    assert left == ["Snooze 1 h"]
    assert "Acknowledged by Li Na" in graver
    assert "Acknowledged Li Na" in await deed.inner_text()
    assert complaints == []


async def test_one_click_is_enough_for_who_is_known_and_two_do_no_more(
    troubled_board: Board, serve_actions: Any, open_signed: Any
) -> None:
    topic = ActionsTopic(troubled_board)
    server = await serve_actions(topic)
    page, complaints = await open_signed(server.make_url("/"))
    await page.locator(f"{ROW} [data-action='ack']").dblclick()
    await page.locator(ROW).get_by_text("Acknowledged by Li Na").wait_for()
    await page.locator(f"{CARRIER} [data-action='snooze']").click()
    await page.locator(CARRIER).get_by_text("Snoozed by Li Na, until 01:12").wait_for()

    assert [(taken.fingerprint, taken.action) for taken in topic.taken] == [("a1b2c3", "ack"), ("e5", "snooze")]
    assert await page.locator(f"{CARRIER} button").all_inner_texts() == ["Acknowledge"]
    assert complaints == []


async def test_what_was_taken_is_told_before_the_board_has_read_it_and_unsaid_if_it_never_does(
    troubled_board: Board, serve_actions: Any, open_signed: Any
) -> None:
    topic = ActionsTopic(troubled_board)
    topic.held_back = True
    server = await serve_actions(topic)
    page, _ = await open_signed(server.make_url("/"))
    await page.locator(f"{ROW} [data-action='ack']").click()
    told = page.locator(ROW).get_by_text("Acknowledged by Li Na, until 00:42")
    await told.wait_for()
    await page.clock.run_for(15_000)
    await told.wait_for(state="detached")

    assert await page.locator(f"{ROW} [data-action='ack']").count() == 1
    assert len(topic.taken) == 1


async def test_only_what_can_do_no_harm_is_offered_on_a_row(
    troubled_board: Board, serve_actions: Any, open_signed: Any
) -> None:
    server = await serve_actions(ActionsTopic(troubled_board))
    page, _ = await open_signed(server.make_url("/"))
    await page.locator(f"{ROW} button").first.wait_for()
    offered = {
        name: await page.locator(f".card[data-fingerprint='{name}'] button").all_inner_texts()
        for name in ("a1b2c3", "e5", "g7")
    }

    assert offered == {"a1b2c3": ["Acknowledge"], "e5": ["Acknowledge", "Snooze 1 h"], "g7": []}


async def test_who_may_only_look_is_offered_nothing_but_another_token_which_bears_its_own_name(
    troubled_board: Board, serve_actions: Any, open_page: Any
) -> None:
    topic = ActionsTopic(troubled_board)
    server = await serve_actions(topic, Security(tokens=(VIEWER, RESPONDER)))
    page, _ = await open_page(server.make_url("/"))
    await page.locator("#token").fill(VIEWER.secret)
    await page.keyboard.press("Enter")
    await page.get_by_text("Viewing only").wait_for()
    viewer = await page.locator("#open button[data-action]").count()
    await page.get_by_role("button", name="Enter another token").click()
    await page.clock.run_for(5_000)
    asked = await page.locator("#login").inner_text()
    await page.keyboard.press("Escape")
    await page.locator(ROW).wait_for()
    await page.get_by_role("button", name="Enter another token").click()
    await page.locator("#token").fill(RESPONDER.secret)
    await page.keyboard.press("Enter")
    await page.locator(f"{ROW} [data-action='ack']").click()
    await page.locator(ROW).get_by_text("Acknowledged by Li Wei").wait_for()

    assert viewer == 0
    assert "responder token" in asked
    assert [taken.actor for taken in topic.taken] == ["Li Wei"]
    assert (await page.locator("#acting").inner_text()).strip() == "Acting as Li Wei"


async def test_a_right_that_was_withdrawn_is_told_and_the_buttons_go(
    troubled_board: Board, serve_actions: Any, open_signed: Any
) -> None:
    server = await serve_actions(ActionsTopic(troubled_board))
    page, _ = await open_signed(server.make_url("/?lang=zh"))
    await page.locator(f"{ROW} [data-action='ack']").wait_for()
    refusal = {"error": "The token's role does not cover this.", "reason": "role"}
    await page.route("**/api/v1/anomalies/*/ack", lambda route: route.fulfill(status=403, json=refusal))
    await page.route("**/api/v1/session", lambda route: route.fulfill(json={"role": "viewer", "name": ""}))
    await page.locator(f"{ROW} [data-action='ack']").click()
    await page.locator(f"{ROW} .hand-problem", has_text="需要 responder 令牌").wait_for()
    await page.get_by_text("仅可查看").wait_for()

    assert await page.locator("#open button[data-action]").count() == 0


async def test_a_refusal_is_told_on_the_row_which_can_be_tried_again(
    troubled_board: Board, serve_actions: Any, open_signed: Any
) -> None:
    topic = ActionsTopic(troubled_board)
    topic.delivery = Delivery.LATE
    server = await serve_actions(topic)
    page, _ = await open_signed(server.make_url("/"))
    button = page.locator(f"{ROW} [data-action='ack']")
    await button.click()
    problem = page.locator(f"{ROW} .hand-problem")
    await problem.wait_for()
    words = await problem.inner_text()
    topic.delivery = Delivery.TAKEN
    await button.click()
    await page.locator(ROW).get_by_text("Acknowledged by Li Na").wait_for()

    assert words.startswith("It is unclear whether this was accepted")
    assert await problem.count() == 0


async def test_who_gives_no_name_does_nothing_and_who_takes_over_changes_it(
    troubled_board: Board, serve_actions: Any, open_page: Any
) -> None:
    topic = ActionsTopic(troubled_board)
    server = await serve_actions(topic)
    page, _ = await open_page(server.make_url("/"))
    await page.locator(f"{ROW} [data-action='ack']").click()
    await page.locator("#sign").click()
    asked = await page.locator("#signing-problem").inner_text()
    await page.keyboard.press("Escape")
    await page.locator("#signing").wait_for(state="hidden")
    back = await page.evaluate("document.activeElement.dataset.action")
    before = list(topic.taken)
    for name in ("Li Na", "<img src=x onerror='window.hit=1'>"):
        if await page.locator("#acting").is_visible():
            await page.get_by_role("button", name="Change name").click()
        else:
            await page.locator(f"{ROW} [data-action='ack']").click()
        await page.locator("#actor").fill(name)
        await page.locator("#sign").click()
        await page.locator("#acting-as", has_text=name).wait_for()
    await page.locator(f"{CARRIER} [data-action='ack']").click()
    await page.locator(CARRIER).get_by_text("Acknowledged by <img").wait_for()

    assert asked.startswith("Enter your name first")
    assert (before, back) == ([], "ack")
    assert [taken.actor for taken in topic.taken] == ["Li Na", "<img src=x onerror='window.hit=1'>"]
    assert await page.evaluate("window.hit") is None


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("size", [*VIEWS, "narrow-light"])
async def test_rows_with_buttons_and_names_fit_wall_and_phone(
    size: str, language: str, troubled_board: Board, now: int, serve_actions: Any, open_signed: Any, tmp_path: Any
) -> None:
    view = VIEWS.get(size, {"viewport": {"width": 360, "height": 780}})
    server = await serve_actions(ActionsTopic(troubled_board))
    page, complaints = await open_signed(server.make_url(f"/?lang={language}"), **view)
    await page.locator(f"{CARRIER} [data-action='ack']").click()
    await page.locator(f"{CARRIER} .mark-of-hand").wait_for()
    await take_picture(page, tmp_path / f"rows-{language}-{size}.png", full_page=True)
    cut = await page.locator("#open :is(button, .badge, .mark-of-hand, .card-since, .hand-problem)").evaluate_all(
        """parts => parts.filter(part => {
             const [box, card] = [part, part.closest(".card")].map(node => node.getBoundingClientRect());
             return box.left < card.left || box.right > card.right || part.scrollWidth > part.clientWidth + 1;
           }).map(part => part.textContent)"""
    )
    smallest = await page.locator("#open button").evaluate_all(
        "buttons => Math.min(...buttons.map(button => button.getBoundingClientRect().height))"
    )

    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert cut == []
    assert smallest >= (38 if view["viewport"]["width"] < 600 else 24)
    assert complaints == []
