"""The page of a backtest, opened from the disk: what it shows, how it is narrowed, and that it asks nobody."""

from __future__ import annotations

import io
from itertools import chain
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from dashboards.rehearsal import page
from streams.catalogue.load import Catalogue, load
from streams.offline.backtest import play
from streams.offline.comparison import compared
from streams.offline.run_story import Side, story
from streams.settings.settings import Settings
from tests.offline.support.payments import days_before, lines

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.browser

NAMES = ("payment_success", "orders_paid", "events_received")
SCENARIO = {"evaluate_from": "2026-11-11T00:05:00Z", "timezone": "Asia/Shanghai"}
TRUTH = [
    {
        "id": "payment",
        "kind": "incident",
        "touchpoint": "order",
        "scope": {"payment_method": "alipay"},
        "start": "2026-11-11T00:30:00Z",
        "end": "2026-11-11T00:40:00Z",
        "symptoms": [],
    }
]


def side(name: str, metrics: tuple[str, ...]) -> Side:
    catalogue = Catalogue.of(tuple(metric for metric in load().metrics if metric.name in metrics))
    played = play(
        chain(days_before(), lines()),
        SCENARIO,
        Settings(),
        catalogue,
        partitions=2,
        truth=TRUTH,
        progress=None,
        minutes=io.BytesIO(),
    )
    return Side(name, played, catalogue)


@pytest.fixture(scope="module")
def sides() -> list[Side]:
    """The same evening, judged by three metrics, and by all of them but the payments'."""
    return [side("mine.yaml", NAMES), side("other.yaml", NAMES[1:])]


@pytest_asyncio.fixture(loop_scope="session")
async def opened(sides: list[Side], open_page: Any, tmp_path: Path) -> Any:
    """Opens the page of one run or of both; gives the page, its complaints, and what it asked for beside itself."""

    async def open_it(count: int = 1, language: str = "en", **options: Any) -> tuple[Any, list[str], list[str]]:
        against = compared(sides[0].played, sides[1].played, "other.yaml", "catalogue") if count == 2 else None
        file = tmp_path / "run.html"
        file.write_bytes(page(story("evening.jsonl", "Asia/Shanghai", sides[:count], TRUTH, against)))
        asked: list[str] = []
        shown, complaints = await open_page(f"file://{file}?lang={language}", **options)
        shown.on("request", lambda request: asked.append(request.url))
        return shown, complaints, asked

    return open_it


async def charts(shown: Any) -> list[str]:
    titles: list[str] = await shown.locator("#metrics h3").all_inner_texts()
    return titles


async def test_an_anomaly_is_told_with_its_place_its_value_and_its_ruling(opened: Any) -> None:
    shown, complaints, _ = await opened()
    card = shown.locator("#anomalies .card", has_text="Payment success rate").first
    said = await card.inner_text()

    assert "alipay" in said
    assert "50%" in said
    assert "right: payment" in said
    assert "Critical" in said
    assert complaints == []


async def test_each_metric_has_its_line_band_anomaly_truth_and_messages(opened: Any) -> None:
    shown, _, _ = await opened()
    chart = shown.locator(".course", has_text="alipay").first
    await chart.scroll_into_view_if_needed()
    await chart.locator("svg").wait_for()

    for what in ("value-line", "expectation", "band", "span", "lane-anomalies", "lane-truth", "lane-messages"):
        assert await chart.locator(f".{what}").count() > 0, what


async def test_severity_words_and_touchpoint_narrow_list_and_charts(opened: Any) -> None:
    shown, _, _ = await opened()
    everything = await charts(shown)
    await shown.fill("#find", "支付成功 ALIPAY")
    found = await charts(shown)
    await shown.fill("#find", "nothing at all")
    nothing = await shown.locator("#anomalies").inner_text()
    await shown.fill("#find", "")
    await shown.select_option("#severity", "critical")
    critical = await charts(shown)

    assert found
    assert all("alipay" in title for title in found)
    assert nothing == "Nothing fits the filter."
    assert all("Payment" in title for title in critical)
    assert len(critical) < len(everything)


async def test_showing_an_anomaly_zooms_all_charts_and_there_is_a_way_back(opened: Any) -> None:
    shown, _, _ = await opened()
    await shown.locator("#anomalies .card", has_text="Payment success rate").first.get_by_role("button").click()
    focused = await shown.evaluate("document.activeElement.textContent")
    zoomed = await shown.locator("#range").inner_text()
    await shown.click("#all")

    assert "Payment success rate" in focused
    assert "08:" in zoomed
    assert await shown.locator("#range").inner_text() == ""


async def test_two_runs_are_told_apart(opened: Any) -> None:
    shown, complaints, _ = await opened(2)
    table = await shown.locator("#against table").inner_text()
    await shown.select_option("#which", "only0")
    cards = await shown.locator("#anomalies .card").all_inner_texts()

    assert "other.yaml" in table
    assert cards
    assert all("only in mine.yaml" in card and "Payment success" in card for card in cards)
    assert complaints == []


@pytest.mark.parametrize("view", ["desktop", "phone"])
@pytest.mark.parametrize("language", ["en", "zh"])
async def test_it_fits_every_screen_in_both_languages(opened: Any, view: str, language: str, tmp_path: Path) -> None:
    size = {"desktop": {"width": 1440, "height": 1000}, "phone": {"width": 390, "height": 844}}[view]
    shown, complaints, asked = await opened(2, language, viewport=size)
    await shown.locator(".course").first.scroll_into_view_if_needed()
    await shown.locator("#metrics svg").first.wait_for()

    assert await shown.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await shown.evaluate("document.documentElement.lang") == {"en": "en", "zh": "zh-CN"}[language]
    assert complaints == []
    assert asked == []
