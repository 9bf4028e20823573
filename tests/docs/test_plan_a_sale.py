"""docs/plan-a-sale.md: its commands are understood, its settings are right, its table is one that is printed."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from streams.cli import parser
from streams.configuration.load import configure

PAGE = (Path(__file__).parents[2] / "docs" / "plan-a-sale.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^    pharos ([^#\n]+)", PAGE, re.MULTILINE)
SETTINGS = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
ROW = re.compile(r"^(?P<what>\S.*?)  +(?P<this>\S+(?: s)?)  +(?P<other>\S+(?: s)?)$")


def test_the_page_shows_commands_of_all_three_kinds() -> None:
    shown = " ".join(COMMANDS)

    assert all(flag in shown for flag in ("--html", "--against", "--openmetrics"))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_understood(command: str) -> None:
    assert callable(parser().parse_args(shlex.split(command)).run)


@pytest.mark.parametrize("number", range(len(SETTINGS)))
def test_the_settings_are_right(number: int, tmp_path: Path) -> None:
    file = tmp_path / "shown.yaml"
    file.write_text(SETTINGS[number], encoding="utf-8")

    assert configure(file) != configure()


def test_the_table_names_the_figures_that_are_printed() -> None:
    table = PAGE.partition("```text\n")[2].partition("```")[0]
    rows = {found["what"] for line in table.splitlines() if (found := ROW.match(line))}

    assert {
        "anomalies",
        "warnings and critical a day",
        "messages to pager",
        "incidents found (recall)",
        "precision",
        "false alarms a day",
        "time to detect, median",
    } <= rows
    assert "only in sale.yaml" in table
    assert "only in calm.yaml" in table
