"""docs/tutorial-shopify.md, tried word by word: its settings, its commands in their order, and what they print."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.support.pharos_processes import free_port, wait_for, wait_until_ready

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).parents[2]
PAGE = PROJECT / "docs" / "tutorial-shopify.md"
BLOCK = re.compile(r"```(yaml|sh|text)\n(.*?)```", re.DOTALL)
LIMIT_S = 120.0
ON_A_CLUSTER = "## 6."  # from here on: hours of a shop, a real Kafka, and other people's systems


class Step(NamedTuple):
    """Commands, and the lines that they print; `...` stands for anything."""

    commands: str
    prints: tuple[str, ...]


def steps(text: str) -> Iterator[Step]:
    """Commands with what stands below them."""
    blocks = BLOCK.findall(text)
    for (kind, body), (following, printed) in zip(blocks, [*blocks[1:], ("", "")], strict=True):
        if kind == "sh":
            yield Step(body, tuple(printed.splitlines()) if following == "text" else ())


class Terminal:
    """Types the commands of the page as they stand, but for its two ports."""

    def __init__(self, folder: Path, broker: int, page: int) -> None:
        self._folder, self._broker, self._page = folder, broker, page
        self._environment = os.environ | {
            "PHAROS_BROKER": f"localhost:{broker}",
            "PHAROS_PORT": str(page),
            "PHAROS_STATE_DIR": str(folder / "state"),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }
        self._running: list[subprocess.Popen[bytes]] = []

    def export(self, commands: str) -> None:
        """Sets the variables that the page exports."""
        self._environment |= dict(re.findall(r"([A-Z_]+)=(\S+)", commands))

    def type(self, commands: str) -> str:
        """What the commands print; a broker or a worker goes on running."""
        shell = commands.replace(":6066", f":{self._page}")
        if commands.startswith(("pharos broker", "pharos worker")):
            return self._written_as_on_the_page(self._start(shell.strip()))
        if "readyz" in commands:
            wait_until_ready(f"http://127.0.0.1:{self._page}/readyz", time.monotonic() + LIMIT_S)
        remembering = f"touch variables; . ./variables; {shell}\ndeclare -p now signature > variables 2> errors; true"
        done = subprocess.run(
            ("bash", "-c", remembering),
            cwd=self._folder,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{commands} ended with {done.returncode}: {done.stdout}{done.stderr}"
        return self._written_as_on_the_page(done.stdout)

    def close(self) -> None:
        """Ends what runs, the newest first."""
        for process in reversed(self._running):
            process.terminate()
            process.wait(30)

    def _start(self, command: str) -> str:
        words = command.split()
        log = self._folder / f"{words[1]}.log"
        if words[1] == "broker":
            words += ["--port", str(self._broker)]
        with log.open("wb") as out:
            process = subprocess.Popen(
                words, stdout=out, stderr=subprocess.STDOUT, cwd=self._folder, env=self._environment
            )
        self._running.append(process)
        wait_for(log, r"(127\.0\.0\.1:\d+)", process, time.monotonic() + LIMIT_S)
        return log.read_text()

    def _written_as_on_the_page(self, output: str) -> str:
        return output.replace(f":{self._broker}", ":19092").replace(f":{self._page}", ":6066")


def assert_prints(output: str, wanted: tuple[str, ...], commands: str) -> None:
    """Each line, in any order."""
    lines = output.splitlines()
    for line in wanted:
        pattern = ".*".join(re.escape(part) for part in line.split("..."))
        assert any(re.fullmatch(pattern, printed) for printed in lines), f"{commands}prints no {line!r}:\n{output}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What the commands see of a checkout, and the settings of the page."""
    for name in ("docs", "tests"):
        (tmp_path / name).symlink_to(PROJECT / name)
    settings = next(body for kind, body in BLOCK.findall(PAGE.read_text(encoding="utf-8")) if kind == "yaml")
    (tmp_path / "pharos.yaml").write_text(settings)
    return tmp_path


@pytest.fixture
def terminal(folder: Path) -> Iterator[Terminal]:
    """Where the commands are typed, with ports that nobody else uses."""
    opened = Terminal(folder, free_port(), free_port())
    yield opened
    opened.close()


@pytest.mark.embedded
def test_the_commands_of_the_page_print_what_it_says(terminal: Terminal) -> None:
    first, *others = steps(PAGE.read_text(encoding="utf-8").partition(ON_A_CLUSTER)[0])
    terminal.export(first.commands)
    assert len(others) > 9
    for step in others:
        assert_prints(terminal.type(step.commands), step.prints, step.commands)
