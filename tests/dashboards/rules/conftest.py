"""The rules as they are shipped, and what promtool says of them."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from streams.web.api import create_web_app
from streams.web.scores import ScoreBook, add_scorecards
from streams.web.security import Security

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


SHIPPED = Path(__file__).parents[3] / "deploy" / "prometheus" / "pharos.rules.yaml"
STEP_S = 15
_LABELS = {"job", "instance", "pod", "metric", "severity", "scope", "alertname", "alertstate", "le"}


@pytest.fixture(scope="session")
def promtool() -> str:
    path = shutil.which("promtool")
    if path is None:
        if os.environ.get("PHAROS_CI"):
            pytest.fail("promtool is not on the PATH: apt-get install prometheus")
        pytest.skip("promtool is not on the PATH (it comes with Prometheus)")
    return path


@pytest.fixture(scope="session")
def known_labels(exposed: dict[str, set[str]]) -> set[str]:
    return _LABELS.union(*exposed.values())


@pytest.fixture(scope="session")
def app_paths() -> set[str]:
    """The paths that a worker answers to GET."""
    security = Security("127.0.0.1", (), ())
    app = create_web_app(None, None, None, security, {})
    add_scorecards(app, ScoreBook(), (), (), security)
    return {route.resource.canonical for route in app.router.routes() if route.method == "GET"}


@pytest.fixture(scope="session")
def shipped() -> Path:
    return SHIPPED


def named(groups: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    """Groups with the rules that a text names, and with those that these need: all seventy take promtool seconds."""
    kept: list[dict[str, Any]] = []
    for group in reversed(groups):
        rules: list[dict[str, Any]] = []
        for rule in reversed(group["rules"]):
            if rule.get("record", rule.get("alert")) in text:
                text += rule["expr"]
                rules.insert(0, rule)
        kept.insert(0, {"name": group["name"], "rules": rules})
    return kept


@pytest.fixture
def tested(promtool: str, rules: list[dict[str, Any]], tmp_path: Path) -> Callable[..., str]:
    """Runs one promtool test over input series; returns what it complains of, empty where all is as expected."""

    def run(series: Mapping[str, str], **expected: Any) -> str:
        rule_file = tmp_path / "named.rules.yaml"
        rule_file.write_text(yaml.safe_dump({"groups": named(rules, str(expected))}), encoding="utf-8")
        test = {
            "rule_files": [str(rule_file)],
            "evaluation_interval": f"{STEP_S}s",
            "group_eval_order": [group["name"] for group in rules],
            "tests": [
                {
                    "interval": f"{STEP_S}s",
                    "input_series": [{"series": name, "values": values} for name, values in series.items()],
                    **expected,
                }
            ],
        }
        file = tmp_path / "rules.test.yaml"
        file.write_text(yaml.safe_dump(test), encoding="utf-8")
        done = subprocess.run([promtool, "test", "rules", str(file)], capture_output=True, text=True, check=False)
        complaint = done.stdout + done.stderr
        assert done.returncode == 0 or "FAILED" in complaint, complaint
        return "" if done.returncode == 0 else complaint

    return run


@pytest.fixture
def assert_life(tested: Callable[..., str]) -> Callable[..., None]:
    """Asserts the state of one alert ("quiet", "pending" or "firing") at moments, in seconds."""

    def check(alert: str, series: Mapping[str, str], life: Mapping[int, str]) -> None:
        moments = []
        for second, state in life.items():
            samples = [] if state == "quiet" else [{"labels": f'{{alertstate="{state}"}}', "value": 1}]
            expr = f"count by (alertstate) (ALERTS{{{alert}}})"
            moments.append({"expr": expr, "eval_time": f"{second}s", "exp_samples": samples})
        assert tested(series, promql_expr_test=moments) == ""

    return check
