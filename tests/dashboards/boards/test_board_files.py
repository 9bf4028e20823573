"""The files that Grafana provisions itself from: they are what the code makes, and Grafana's types know them."""

from __future__ import annotations

import functools
import gzip
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard
from jsonschema import Draft7Validator

from dashboards.boards.files import MOUNTED, files, write
from dashboards.boards.folder import folders
from dashboards.boards.installation import Installation
from dashboards.boards.lint import panels_of
from streams.cli.boards import PROMETHEUS

if TYPE_CHECKING:
    from dashboards.boards.plan import Plan

SCHEMAS = Path(__file__).with_name("schema") / "grafana-13.2.3.json.gz"
# What the SDK writes, or Grafana reads, and the published types do not know.
FALSE_ALARMS = (
    r"annotations/list/\d+/target: ",  # the types know queries of Grafana's own annotations only
    r"annotations/list/\d+: .*'tagKeys', 'textFormat', 'titleFormat'",  # of Prometheus's annotations
    r"templating/list/\d+: .*'auto', 'auto_count', 'auto_min'",  # of interval variables, written for all
    r"options: .*'footer'",  # of tables, gone in the newest types
    r"custom: 'cellOptions' is a required",  # set by Grafana where it is missing
)


@pytest.fixture(scope="module")
def built(plan: Plan) -> dict[str, str]:
    return files(plan, PROMETHEUS)


@pytest.fixture(scope="module")
def boards(built: dict[str, str]) -> dict[str, dict[str, Any]]:
    return {name: json.loads(text) for name, text in built.items() if name.endswith(".json")}


def test_what_is_committed_is_what_the_code_makes(built: dict[str, str], shipped: Path) -> None:
    there = {
        path.relative_to(shipped).as_posix(): path.read_text(encoding="utf-8")
        for path in shipped.rglob("*")
        if path.is_file()
    }

    assert there.keys() == built.keys(), "run: pharos boards build deploy/grafana"
    assert [name for name in built if there[name] != built[name]] == [], "run: pharos boards build deploy/grafana"


def test_a_second_build_writes_nothing_and_boards_that_are_gone_are_removed(
    built: dict[str, str], tmp_path: Path
) -> None:
    first = write(built, tmp_path, Installation())
    old = tmp_path / "dashboards" / "pharos" / "of-before.json"
    old.write_text(json.dumps({"uid": "pharos-of-before", "tags": ["pharos", "generated"]}), encoding="utf-8")
    second = write(built, tmp_path, Installation())

    assert first == (len(built), 0)
    assert second == (0, 1)
    assert not old.exists()


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "no JSON",
        "[" * 100_000,
        "[1]",
        '{"tags": "pharos generated", "uid": "pharos-of-somebody"}',
        '{"tags": ["pharos"], "uid": "pharos-of-somebody"}',
        '{"tags": ["pharos", "generated"], "uid": "a-copy-of-ours"}',
        '{"tags": ["pharos-east-db995e", "generated"], "uid": "pharos-east-db995e-of-somebody"}',
    ],
)
def test_boards_of_others_stay_in_the_folder_whatever_they_hold(
    built: dict[str, str], tmp_path: Path, text: str
) -> None:
    write(built, tmp_path, Installation())
    foreign = tmp_path / "dashboards" / "pharos" / "of-somebody.json"
    foreign.write_text(text, encoding="utf-8")

    assert write(built, tmp_path, Installation()) == (0, 0)
    assert foreign.read_text(encoding="utf-8") == text


def test_two_installations_are_built_into_one_folder_and_leave_each_other_alone(
    plan: Plan, built: dict[str, str], tmp_path: Path
) -> None:
    east = replace(plan, thresholds=replace(plan.thresholds, app="east"))
    others = files(east, PROMETHEUS)

    assert not built.keys() & others.keys()
    write(built, tmp_path, Installation())
    assert write(others, tmp_path, east.installation) == (len(others), 0)
    assert write(built, tmp_path, Installation()) == (0, 0)
    assert write({}, tmp_path, east.installation) == (0, len(others) - 2)
    assert all((tmp_path / name).exists() for name in built)


def test_provisioning_has_a_provider_for_each_folder_of_boards_and_the_source_that_boards_name(
    built: dict[str, str], boards: dict[str, Any]
) -> None:
    providers = yaml.safe_load(built["provisioning/dashboards/pharos.yaml"])["providers"]
    (source,) = yaml.safe_load(built["provisioning/datasources/pharos.yaml"])["datasources"]

    paths = {provider["options"]["path"] for provider in providers}
    assert paths == {f"{MOUNTED}/{Path(name).parent.name}" for name in boards}
    assert [provider["folderUid"] for provider in providers] == [folder.uid for folder in folders(Installation())]
    assert (source["uid"], source["url"]) == ("pharos-prometheus", PROMETHEUS)


def test_the_sdk_reads_every_board_and_writes_the_same(boards: dict[str, Any]) -> None:
    register_default_plugins()
    for name, board in boards.items():
        assert json.loads(JSONEncoder().encode(Dashboard.from_json(board))) == board, name


@functools.cache
def validators() -> dict[str, Draft7Validator]:
    schemas = json.loads(gzip.decompress(SCHEMAS.read_bytes()))
    return {name: Draft7Validator(schema) for name, schema in schemas.items()}


def complaints(board: dict[str, Any]) -> list[str]:
    schemas = validators()
    errors = _leaves(schemas["dashboard"], board)
    found = [f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in errors]
    for panel in panels_of(board):
        kind = panel["type"].replace("-", "")
        parts = {"Options": ("options", panel["options"])}
        if f"{kind}.FieldConfig" in schemas:
            parts["FieldConfig"] = ("custom", panel["fieldConfig"]["defaults"].get("custom", {}))
        for part, (name, value) in parts.items():
            found += [f"{name}: {error.message}" for error in _leaves(schemas[f"{kind}.{part}"], value)]
    return [text for text in found if not any(re.match(known, text) for known in FALSE_ALARMS)]


def _leaves(validator: Draft7Validator, value: Any) -> list[Any]:
    errors = list(validator.iter_errors(value))
    return [leaf for error in errors for leaf in (error.context or [error])]


def test_grafanas_published_types_know_every_board(boards: dict[str, Any]) -> None:
    assert {name: complaints(board) for name, board in boards.items()} == {name: [] for name in boards}


@pytest.mark.parametrize("place", ["fieldConfg", "gridPos", "refresh"])
def test_the_types_would_find_what_is_misspelt(boards: dict[str, Any], place: str) -> None:
    board = json.loads(json.dumps(boards["dashboards/pharos/war-room.json"]))
    if place == "fieldConfg":
        board["panels"][0]["fieldConfg"] = board["panels"][0].pop("fieldConfig")
        board["panels"][0]["fieldConfig"] = {"defaults": {}, "overrides": []}
    elif place == "gridPos":
        board["panels"][0]["gridPos"]["w"] = "12"
    else:
        board["refresh"] = 10

    assert complaints(board) != []
