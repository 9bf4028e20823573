"""Starts a real Alertmanager for what is compared with it."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from tests.alertmanager.support.real_alertmanager import RealAlertmanager

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path


@pytest.fixture(scope="session")
def binary() -> str:
    path = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
    if path is None:
        if os.environ.get("PHAROS_CI"):
            pytest.fail("no Alertmanager is on the PATH: apt-get install prometheus-alertmanager")
        pytest.skip("no Alertmanager is on the PATH (Debian: prometheus-alertmanager)")
    return path


@pytest.fixture
def alertmanager(binary: str, tmp_path: Path) -> Iterator[Callable[[Mapping[str, Any]], RealAlertmanager]]:
    """Starts one with the given configuration; a storage of its own each time, for it remembers what it has told."""
    started: list[RealAlertmanager] = []

    def start(config: Mapping[str, Any]) -> RealAlertmanager:
        folder = tmp_path / str(len(started))
        folder.mkdir()
        started.append(RealAlertmanager(binary, folder, config))
        return started[-1]

    yield start
    for one in started:
        one.stop()
