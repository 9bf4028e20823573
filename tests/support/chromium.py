"""Chromium for tests of the page. The headless shell draws the same for less CPU: it has no window to draw into."""

from __future__ import annotations

import shutil

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"))), None
)
