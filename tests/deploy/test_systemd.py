"""deploy/systemd: what systemd itself says of the unit. Not run: what builds this has no systemd running."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from streams.settings.settings import Settings

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Tool = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def unit(deploy: Path, tmp_path: Path) -> Path:
    """The unit, with a program in place of Pharos that exists here."""
    text = (deploy / "systemd" / "pharos@.service").read_text(encoding="utf-8")
    here = tmp_path / "pharos@.service"
    here.write_text(text.replace("/opt/pharos/bin/pharos", "/bin/true"), encoding="utf-8")
    return here


def test_systemd_finds_no_fault(unit: Path, tool: Tool) -> None:
    done = tool("systemd-analyze", "verify", "--man=no", str(unit))

    assert (done.returncode, [line for line in done.stderr.splitlines() if "pharos@" in line]) == (0, [])


def test_systemd_would_find_a_fault(unit: Path, tool: Tool) -> None:
    unit.write_text(unit.read_text().replace("ProtectSystem=strict", "ProtectSystem=strictly"))

    assert "ignoring: strictly" in tool("systemd-analyze", "verify", "--man=no", str(unit)).stderr


def test_what_the_service_may_do_is_little(unit: Path, tool: Tool) -> None:
    done = tool("systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", str(unit))

    assert done.returncode == 0, done.stdout[-300:]


def test_every_variable_is_a_setting(unit: Path) -> None:
    names = re.findall(r"^Environment=PHAROS_(\w+)=", unit.read_text(), re.MULTILINE)

    assert set(names) == {"PORT", "STATE_DIR", "TOKENS_FILE"}
    assert {name.lower() for name in names} <= set(Settings.__struct_fields__)
