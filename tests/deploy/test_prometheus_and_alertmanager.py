"""deploy/prometheus and deploy/alertmanager: what promtool and amtool say, and who is told of what."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
import yaml

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Tool = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def configured(deploy: Path, tmp_path: Path) -> Callable[[str], Path]:
    """A file of deploy/, where the secrets that it names exist."""
    for name in ("pharos-viewer-token", "on-call-token"):
        (tmp_path / name).write_text("0123456789abcdef")
    shutil.copy(deploy / "prometheus" / "pharos.rules.yaml", tmp_path)

    def place(name: str) -> Path:
        here = tmp_path / name.rpartition("/")[2]
        here.write_text((deploy / name).read_text(encoding="utf-8").replace("/run/secrets", str(tmp_path)))
        return here

    return place


def test_promtool_finds_no_fault_in_the_configuration_and_its_rules(
    tool: Tool, configured: Callable[[str], Path]
) -> None:
    done = tool("promtool", "check", "config", "--lint-fatal", str(configured("prometheus/prometheus.yml")))

    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 rule files" in done.stdout


def test_prometheus_finds_the_alertmanager_of_the_compose_file(deploy: Path, compose: dict[str, dict]) -> None:
    config = yaml.safe_load((deploy / "prometheus" / "prometheus.yml").read_text(encoding="utf-8"))
    (target,) = config["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"]

    assert target.partition(":")[0] in compose["services"]


def test_amtool_finds_no_fault(tool: Tool, configured: Callable[[str], Path]) -> None:
    done = tool("amtool", "check-config", str(configured("alertmanager/alertmanager.yml")))

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("labels", "receiver"),
    [
        (("alertname=PharosDeadMansSwitch", "severity=info"), "dead-mans-switch"),
        (("alertname=PharosOrderAnomaly", "severity=critical", "metric=payment_success"), "on-call"),
        (("alertname=PharosOrderAnomaly", "severity=warning", "metric=payment_success"), "on-call"),
        (("alertname=PharosOrderAnomaly", "severity=info", "metric=orders_created"), "nobody"),
        (("alertname=PharosAllWorkersDown", "severity=critical"), "on-call"),
        (("alertname=PharosLoopLag", "severity=warning"), "on-call"),
    ],
)
def test_an_alert_reaches_its_receiver(
    labels: tuple[str, ...], receiver: str, tool: Tool, configured: Callable[[str], Path]
) -> None:
    config = configured("alertmanager/alertmanager.yml")

    done = tool("amtool", "config", "routes", "test", f"--config.file={config}", *labels)

    assert done.stdout.split() == [receiver]


def test_what_is_inhibited_are_alerts_that_exist(deploy: Path) -> None:
    rules = yaml.safe_load((deploy / "prometheus" / "pharos.rules.yaml").read_text(encoding="utf-8"))
    alerts = {rule["alert"] for group in rules["groups"] for rule in group["rules"] if "alert" in rule}
    text = (deploy / "alertmanager" / "alertmanager.yml").read_text(encoding="utf-8")

    for name in ("PharosAbsent", "PharosAllWorkersDown", "PharosDeadMansSwitch"):
        assert name in alerts
        assert name in text
