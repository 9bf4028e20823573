"""Prometheus and Alertmanager as processes, with the configuration and the rules that deploy/ ships."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import yaml

from tests.end_to_end.support.documented_channels import ON_CALL_TOKEN, Channels
from tests.support.pharos_processes import free_port, started, wait_until_ready

if TYPE_CHECKING:
    from collections.abc import Iterator

DEPLOY = Path(__file__).parents[3] / "deploy"
PROMETHEUS, ALERTMANAGER = "prometheus", "prometheus-alertmanager"  # as Debian calls them
_READY_LIMIT_S = 30.0


class Monitoring(NamedTuple):
    """Addresses, with a slash at their ends."""

    prometheus: str
    alertmanager: str

    def query(self, expression: str) -> list[dict[str, Any]]:
        """An instant query's series."""
        answer = _get(f"{self.prometheus}api/v1/query?query={urllib.parse.quote(expression)}")
        found: list[dict[str, Any]] = answer["data"]["result"]
        return found

    def rule_faults(self) -> list[str]:
        """Rules that Prometheus could not evaluate."""
        groups = _get(f"{self.prometheus}api/v1/rules")["data"]["groups"]
        return [rule["name"] for group in groups for rule in group["rules"] if rule.get("lastError")]


def skip_without_programs() -> None:
    """Skips where they are not installed; fails there in continuous integration."""
    missing = [name for name in (PROMETHEUS, ALERTMANAGER) if shutil.which(name) is None]
    if missing and os.environ.get("PHAROS_CI"):
        pytest.fail(f"not on the PATH: {', '.join(missing)}; see .ci/run")
    if missing:
        pytest.skip(
            f"not on the PATH: {', '.join(missing)} (Debian: apt-get install prometheus prometheus-alertmanager)"
        )


@contextlib.contextmanager
def monitoring(folder: Path, page: str, viewer_token: str, channels: Channels) -> Iterator[Monitoring]:
    """Both, watching one worker; `page` is its address."""
    (folder / "on-call-token").write_text(ON_CALL_TOKEN)
    (folder / "pharos-viewer-token").write_text(viewer_token)
    shutil.copy(DEPLOY / "prometheus" / "pharos.rules.yaml", folder)
    told, asked = free_port(), free_port()
    (folder / "alertmanager.yml").write_text(yaml.safe_dump(_alertmanager(folder, channels)))
    config = _prometheus(folder, urllib.parse.urlsplit(page).netloc, f"127.0.0.1:{told}")
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
    alertmanager = (
        ALERTMANAGER,
        f"--config.file={folder}/alertmanager.yml",
        f"--storage.path={folder}/alertmanager",
        f"--web.listen-address=127.0.0.1:{told}",
        "--cluster.listen-address=",
    )
    prometheus = (
        PROMETHEUS,
        f"--config.file={folder}/prometheus.yml",
        f"--storage.tsdb.path={folder}/prometheus",
        f"--web.listen-address=127.0.0.1:{asked}",
    )
    with started(alertmanager, folder / "alertmanager.log"), started(prometheus, folder / "prometheus.log"):
        found = Monitoring(f"http://127.0.0.1:{asked}/", f"http://127.0.0.1:{told}/")
        for address in found:
            wait_until_ready(f"{address}-/ready", time.monotonic() + _READY_LIMIT_S)
        yield found


def _prometheus(folder: Path, worker: str, alertmanager: str) -> dict[str, Any]:
    """As shipped, with these addresses and this folder, and seconds where a quarter of a minute stands."""
    config = _shipped("prometheus/prometheus.yml", folder)
    config["global"] |= {"scrape_interval": "2s", "scrape_timeout": "2s", "evaluation_interval": "1s"}
    config["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"] = [alertmanager]
    (pharos,) = (job for job in config["scrape_configs"] if job["job_name"] == "pharos")
    pharos["static_configs"] = [{"targets": [worker]}]
    return {**config, "scrape_configs": [pharos]}


def _alertmanager(folder: Path, channels: Channels) -> dict[str, Any]:
    """As shipped, with these addresses, and seconds where it waits for more alerts of a group."""
    config = _shipped("alertmanager/alertmanager.yml", folder)
    for route in (config["route"], *config["route"]["routes"]):
        route |= {"group_wait": "1s", "group_interval": "2s"}
    for receiver in config["receivers"]:
        for hook in receiver.get("webhook_configs", ()):
            hook["url"] = channels.url("heartbeat" if "heartbeat" in hook["url"] else "on-call")
    return config


def _shipped(name: str, folder: Path) -> dict[str, Any]:
    text = (DEPLOY / name).read_text(encoding="utf-8").replace("/run/secrets", str(folder))
    config: dict[str, Any] = yaml.safe_load(text)
    return config


def _get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=10.0) as answer:
        return json.load(answer)
