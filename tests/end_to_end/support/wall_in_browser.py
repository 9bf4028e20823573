"""Somebody at the wall, in headless Chromium where there is one, else by the requests that its page makes."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from tests.end_to_end.support.wall_session import WallSession
from tests.support.chromium import CHROMIUM

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LIMIT_MS = 15_000


class Wall(Protocol):
    """What a person does there; `way` is how, in words."""

    way: str

    def log_in(self, token: str) -> dict[str, Any]:
        """Changes a token into a cookie; what the page then knows of its reader."""
        ...

    def get(self, path: str) -> Any: ...

    def acknowledge(self, fingerprint: str) -> dict[str, Any]:
        """What the server answers."""
        ...


class BrowserWall:
    """One window. Screenshots go into `folder`; `complaints` is what the console said after the way in."""

    way = "in Chromium"

    def __init__(self, window: Any, page: str, folder: Path) -> None:
        self._window = window
        self._page = page
        self._folder = folder
        self.complaints: list[str] = []

    def log_in(self, token: str) -> dict[str, Any]:
        self._window.goto(self._page)
        self._window.locator("#token").fill(token)
        self._window.keyboard.press("Enter")
        self._window.locator("main").wait_for()
        self._window.on("console", self._heard)
        session: dict[str, Any] = self.get("api/v1/session")
        return session

    def get(self, path: str) -> Any:
        answer = self._window.request.get(f"{self._page}{path}")
        assert answer.ok, answer.status
        return answer.json()

    def acknowledge(self, fingerprint: str) -> dict[str, Any]:
        row = self._window.locator(f".card[data-fingerprint='{fingerprint}']")
        with self._window.expect_response(lambda answer: answer.url.endswith(f"{fingerprint}/ack")) as answered:
            row.locator("[data-action='ack']").click()
        answer: dict[str, Any] = answered.value.json()
        row.get_by_text("Acknowledged by").wait_for()
        self._window.screenshot(path=self._folder / "wall-acknowledged.png")
        return answer

    def _heard(self, message: Any) -> None:
        if message.type == "error":
            self.complaints.append(message.text)


@contextlib.contextmanager
def somebody_at(page: str, folder: Path) -> Iterator[Wall]:
    """In a browser where Chromium is installed, as it must be in continuous integration. A console must stay empty."""
    if CHROMIUM is None:
        if os.environ.get("PHAROS_CI"):
            pytest.fail("no Chromium on PATH: see .ci/run")
        yield WallSession(page)
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        window = browser.new_page(locale="en-GB", reduced_motion="reduce", viewport={"width": 1920, "height": 1080})
        window.set_default_timeout(_LIMIT_MS)
        wall = BrowserWall(window, page, folder)
        yield wall
        window.screenshot(path=folder / "wall-over.png")
        browser.close()
        assert not wall.complaints, wall.complaints
