"""The requests that the wall's page makes: with a cookie for the token, and an Origin with each write."""

from __future__ import annotations

import http.cookiejar
import json
import urllib.request
from typing import Any


class WallSession:
    """One browser, so to speak, of somebody whose token bears their name."""

    way = "by the page's requests"

    def __init__(self, page: str) -> None:
        self._page = page
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(cookies)

    def log_in(self, token: str) -> dict[str, Any]:
        """Changes a token into a cookie; what the page then knows of its reader."""
        self._send("api/v1/session", {"token": token})
        return self.get("api/v1/session")

    def get(self, path: str) -> Any:
        with self._opener.open(f"{self._page}{path}", timeout=10.0) as answer:
            return json.load(answer)

    def acknowledge(self, fingerprint: str) -> dict[str, Any]:
        return self._send(f"api/v1/anomalies/{fingerprint}/ack", {"actor": "whoever sits there", "minutes": 30})

    def _send(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {"Content-Type": "application/json", "Origin": self._page.rstrip("/")}
        request = urllib.request.Request(f"{self._page}{path}", json.dumps(body).encode(), headers, method="POST")
        with self._opener.open(request, timeout=10.0) as answer:
            found: dict[str, Any] = json.load(answer)
            return found
