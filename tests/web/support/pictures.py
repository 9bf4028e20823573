"""Pictures of a page, for people to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.async_api import Error

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.async_api import Page

_AGAIN_MS = 500


async def take_picture(page: Page, path: Path, *, full_page: bool = False) -> None:
    """Tries twice: Chromium sometimes cannot capture a page that it is drawing again."""
    try:
        await page.screenshot(path=path, full_page=full_page)
    except Error:
        await page.wait_for_timeout(_AGAIN_MS)
        await page.screenshot(path=path, full_page=full_page)
