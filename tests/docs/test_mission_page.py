"""The page of what was asked for names metrics, boards, paths, topics and commands that exist, in all 52 rows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from dashboards.boards.all_boards import all_boards
from dashboards.boards.plan import Plan
from streams.catalogue.load import load
from streams.cli import parser
from streams.cli.rule_thresholds import thresholds_of
from streams.events.vocabulary import SHIPPED
from streams.settings.settings import Settings
from streams.telemetry.metric_info import METRIC_INFO
from streams.topics.wanted import wanted_topics
from streams.web.api import create_web_app
from streams.web.journey import PATH as JOURNEY_PATH
from streams.web.scores import PATH as SCORES_PATH
from streams.web.security import Security

if TYPE_CHECKING:
    from _pytest.fixtures import SubRequest

ROWS = 52
WEB = Path(create_web_app.__code__.co_filename).parent
# What a worker serves only where it is set up for it: as the code adds it.
OPTIONAL = {path for of in WEB.glob("*.py") for path in re.findall(r'add_get\("([^"]+)"', of.read_text("utf-8"))}


class Wish(NamedTuple):
    number: int
    shows: str
    command: str


@pytest.fixture(scope="module")
def wishes(request: SubRequest) -> list[Wish]:
    text = (request.config.rootpath / "docs" / "mission.md").read_text(encoding="utf-8")
    found = re.findall(r"^\| (\d+) \| [^|]+ \| ([^|]+) \| ([^|]+) \|$", text, re.MULTILINE)
    return [Wish(int(number), shows, command) for number, shows, command in found]


def test_every_wish_has_one_row(wishes: list[Wish]) -> None:
    assert [wish.number for wish in wishes] == list(range(1, ROWS + 1))


def test_every_name_is_a_metric_a_topic_a_path_or_an_event_that_exists(wishes: list[Wish]) -> None:
    app = create_web_app(None, None, None, Security("127.0.0.1", (), ()), {})
    known = (
        {route.resource.canonical for route in app.router.routes() if route.resource}
        | {JOURNEY_PATH, SCORES_PATH}
        | OPTIONAL
    )
    known |= set(load().by_name) | set(SHIPPED.data) | {topic.name for topic in wanted_topics(Settings())}
    known.add(METRIC_INFO)
    named = {name for wish in wishes for name in re.findall(r"`([^`]+)`", wish.shows)}

    assert len(named) > 70
    assert named - known == set()


def test_every_board_is_one_that_is_built(wishes: list[Wish]) -> None:
    catalogue, settings = load(), Settings()
    titles = {board.title for board in all_boards(Plan(catalogue, thresholds_of(settings, catalogue)))}
    named = {title for wish in wishes for title in re.findall(r"\*\*([^*]+)\*\*", wish.shows)}

    assert named
    assert named - titles == set()


def test_every_command_is_understood(wishes: list[Wish]) -> None:
    commands = {command for wish in wishes for command in re.findall(r"`pharos ([^`]+)`", wish.command)}

    assert len(commands) > 10
    for command in commands:
        assert callable(parser().parse_args(command.split()).run), command


def test_a_row_without_a_command_says_what_is_missing(wishes: list[Wish]) -> None:
    assert [wish.number for wish in wishes if wish.command.strip() == "-" and "not yet" not in wish.shows] == []
