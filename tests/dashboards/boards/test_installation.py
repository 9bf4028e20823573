"""Names in Grafana: no two installations share one, whatever they are called, and Grafana takes each."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from dashboards.boards.all_boards import all_boards
from dashboards.boards.folder import folders
from dashboards.boards.installation import DEFAULT, Installation
from dashboards.boards.source import source_uid
from streams.settings.settings import Settings

if TYPE_CHECKING:
    from dashboards.boards.plan import Plan

APPS = (
    "pharos",
    "east",
    "East",
    "ea.st",
    "ea-st",
    "east-db995e",
    "touchpoints",
    "operations",
    "war",
    "pharos-touchpoints",
    "x" * 119 + "a",
    "x" * 119 + "b",
    "...",
)


def of(plan: Plan, app: str) -> Plan:
    return replace(plan, thresholds=replace(plan.thresholds, app=app))


def uids(plan: Plan, app: str) -> list[str]:
    """Of all that stands in Grafana; folders and boards share one room of names there."""
    other = of(plan, app)
    boards = [board.json(other)["uid"] for board in all_boards(other)]
    return [*boards, *(folder.uid for folder in folders(other.installation)), source_uid(other.installation)]


def test_no_two_installations_share_a_uid_a_tag_or_a_title_not_even_in_capitals_only(plan: Plan) -> None:
    found = {app: uids(plan, app) for app in APPS}
    everything = [uid.lower() for uid in itertools.chain.from_iterable(found.values())]

    assert len(everything) == len(set(everything))
    assert len({Installation(app).tag.lower() for app in APPS}) == len(APPS)
    assert len({Installation(app).titled("Overview") for app in APPS}) == len(APPS)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,40}", uid) for uid in everything)
    assert all(len(tag) <= 50 for app in APPS for tag in Installation(app).milestone_tags)


def test_the_default_installation_keeps_the_names_that_it_always_had(plan: Plan) -> None:
    assert Settings().app == DEFAULT
    assert uids(plan, "pharos")[-5:] == [
        "pharos-pipeline",
        "pharos",
        "pharos-touchpoints",
        "pharos-operations",
        "pharos-prometheus",
    ]


@pytest.mark.parametrize("app", ["pharos", "east"])
def test_a_name_that_is_too_long_is_cut_and_stays_its_own(app: str) -> None:
    one, two = (Installation(app).uid("queues-of-the-whole-of-the-service-desk-" + end) for end in ("a", "b"))

    assert one != two
    assert max(len(one), len(two)) <= 40


def test_a_board_of_one_installation_says_nothing_of_the_other(plan: Plan) -> None:
    east = of(plan, "east")
    for board in all_boards(east):
        text = json.dumps(board.json(east))
        links = re.findall(r"/d/([A-Za-z0-9_-]+)", text)
        assert set(links) <= set(uids(plan, "east"))
        assert '"pharos"' not in text
        assert 'job=\\"pharos\\"' not in text
        assert "(east)" in board.json(east)["title"]
