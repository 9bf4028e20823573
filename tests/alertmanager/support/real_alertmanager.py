"""A real Alertmanager on a free port with a storage of its own, and what is asked of it."""

from __future__ import annotations

import json
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

_START_LIMIT_S = 20.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class RealAlertmanager:
    """One process. `stop` ends it."""

    def __init__(self, binary: str, folder: Path, config: Mapping[str, Any]) -> None:
        self.config = folder / "alertmanager.yml"
        self.config.write_text(yaml.safe_dump(dict(config)))
        self._url = f"http://127.0.0.1:{free_port()}"
        self._log = (folder / "log").open("wb")
        self._process = subprocess.Popen(
            [
                binary,
                f"--config.file={self.config}",
                f"--storage.path={folder / 'storage'}",
                f"--web.listen-address={self._url.removeprefix('http://')}",
                "--cluster.listen-address=",
            ],
            stdout=self._log,
            stderr=self._log,
        )
        self._until_ready()

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(15)
        self._log.close()

    def post_alerts(self, alerts: Iterable[Mapping[str, str]], *, resolved: bool = False) -> None:
        now = time.time()
        times = {"startsAt": _stamp(now - 60), "endsAt": _stamp(now - 1 if resolved else now + 600)}
        self.ask("/api/v2/alerts", [{"labels": dict(labels), **times} for labels in alerts])

    def alerts(self, *matchers: str) -> dict[str, dict[str, Any]]:
        """By their label `name`: the status of those that match."""
        query = urllib.parse.urlencode([("filter", matcher) for matcher in matchers])
        return {alert["labels"]["name"]: alert["status"] for alert in self.ask(f"/api/v2/alerts?{query}")}

    def ask(self, path: str, body: Any = None, method: str | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self._url + path, data, {"Content-Type": "application/json"}, method=method or ("POST" if data else "GET")
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            text = answer.read()
        return json.loads(text) if text.strip() else None

    def _until_ready(self) -> None:
        deadline = time.monotonic() + _START_LIMIT_S
        while True:
            try:
                with urllib.request.urlopen(f"{self._url}/-/ready", timeout=1):
                    return
            except (urllib.error.URLError, OSError):
                if time.monotonic() > deadline or self._process.poll() is not None:
                    self.stop()
                    raise
                time.sleep(0.1)


def eventually(check: Callable[[], bool], limit_s: float = 15.0) -> bool:
    """Whether it comes true in time."""
    deadline = time.monotonic() + limit_s
    while not check():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def _stamp(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
