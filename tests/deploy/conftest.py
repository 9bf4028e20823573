"""What lies in deploy/, and the tools that judge it where they are at hand."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from streams.cli import main
from streams.web.api import create_web_app
from streams.web.security import Security

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Debian has none: only its rendering is left out, the objects themselves are judged as they lie there.
_NO_PACKAGE = {"kubectl"}
DEPLOY = Path(__file__).parents[2] / "deploy"


@pytest.fixture(scope="session")
def deploy() -> Path:
    return DEPLOY


@pytest.fixture(scope="session")
def compose() -> dict[str, Any]:
    return yaml.safe_load((DEPLOY / "compose" / "compose.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def app_paths() -> set[str]:
    """The paths that a worker answers to GET."""
    app = create_web_app(None, None, None, Security("127.0.0.1", (), ()), {})
    return {route.resource.canonical for route in app.router.routes() if route.method == "GET"}


@pytest.fixture(scope="session")
def tool() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a program that judges; skips where it is not installed, and fails there in continuous integration."""

    def run(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        if shutil.which(name) is None:
            if os.environ.get("PHAROS_CI") and name not in _NO_PACKAGE:
                pytest.fail(f"{name} is not on the PATH: see .ci/run")
            pytest.skip(f"{name} is not on the PATH")
        return subprocess.run([name, *arguments], capture_output=True, text=True, check=False, timeout=60)

    return run


@pytest.fixture
def checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[[Path, str, Mapping[str, str]], str]:
    """What `pharos check` says of settings whose secrets lie in a folder, by their names; fails where it complains."""

    def check(settings: Path, folder: str, secrets: Mapping[str, str]) -> str:
        for name, content in secrets.items():
            (tmp_path / name).write_text(content, encoding="utf-8")
        here = tmp_path / "pharos.yaml"
        here.write_text(settings.read_text(encoding="utf-8").replace(folder, str(tmp_path)), encoding="utf-8")
        code = main(["check", "--config", str(here)])
        said = capsys.readouterr()
        assert code == 0, said.err
        return said.out

    return check
