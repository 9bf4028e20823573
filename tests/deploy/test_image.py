"""deploy/image: what can be seen of an image without building it. Its install steps are those that `make` takes."""

from __future__ import annotations

import fnmatch
import re
import tomllib
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def lines(deploy: Path) -> list[str]:
    """Instructions, those of several lines joined."""
    text = (deploy / "image" / "Dockerfile").read_text(encoding="utf-8")
    joined = text.replace("\\\n", " ")
    return [line for line in joined.splitlines() if line and not line.startswith("#")]


def _all(lines: list[str], instruction: str) -> list[str]:
    return [line.removeprefix(instruction).strip() for line in lines if line.startswith(f"{instruction} ")]


def test_the_base_is_one_exact_version_for_both_stages(lines: list[str]) -> None:
    (base,) = _all(lines, "ARG")

    assert re.fullmatch(r"PYTHON=[\w./-]+:\d+\.\d+\.\d+-slim-\w+", base)
    assert [line.split()[0] for line in _all(lines, "FROM")] == ["${PYTHON}", "${PYTHON}"]


def test_it_runs_as_a_user_without_rights_or_shell(lines: list[str]) -> None:
    last_stage = lines[max(index for index, line in enumerate(lines) if line.startswith("FROM")) :]

    assert _all(last_stage, "USER") == ["10001:10001"]
    assert "nologin" in " ".join(_all(last_stage, "RUN"))
    assert last_stage.index("USER 10001:10001") < next(i for i, line in enumerate(last_stage) if "ENTRYPOINT" in line)


def test_whatever_comes_from_an_index_is_checked_by_its_hash(lines: list[str]) -> None:
    installs = [step for line in _all(lines, "RUN") for step in line.split("&&") if "pip install" in step]

    assert len(installs) == 3
    for step in installs:
        assert ("--require-hashes" in step) or step.strip().endswith("dist/*.whl"), step
        assert "--no-deps" in step, step


def test_what_builds_the_wheel_is_locked_too(deploy: Path) -> None:
    project = tomllib.loads((deploy.parent / "pyproject.toml").read_text(encoding="utf-8"))

    assert (deploy / "image" / "build.in").read_text().splitlines() == project["build-system"]["requires"]
    lock = (deploy / "image" / "build.lock").read_text()
    assert re.search(r"^hatchling==.+\\\n    --hash=sha256:", lock, re.MULTILINE)


def test_what_is_copied_exists_and_reaches_the_builder(lines: list[str], deploy: Path) -> None:
    root = deploy.parent
    let_in = [line[1:] for line in (root / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    copied = [word for line in _all(lines, "COPY") if "--from" not in line for word in line.split()[:-1]]

    assert copied
    for path in copied:
        assert (root / path).exists(), path
        assert any(fnmatch.fnmatch(path, pattern) for pattern in let_in), path
    assert set(let_in) == set(copied)


def test_every_package_of_ours_is_in_the_image(lines: list[str], deploy: Path) -> None:
    project = tomllib.loads((deploy.parent / "pyproject.toml").read_text(encoding="utf-8"))
    copied = {word for line in _all(lines, "COPY") for word in line.split()}

    assert set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) <= copied


def test_the_health_check_asks_a_path_that_a_worker_answers(lines: list[str], app_paths: set[str]) -> None:
    (check,) = _all(lines, "HEALTHCHECK")

    assert {path for path in app_paths if f"'{path}'" in check} == {"/healthz"}
