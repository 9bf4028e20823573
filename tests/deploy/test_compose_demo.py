"""The demo of deploy/compose: what compose.demo.yaml changes of compose.yaml, and what its shop does. Not run here."""

from __future__ import annotations

import gzip
import os
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import orjson
import pytest
import yaml
from jsonschema import Draft202012Validator

from streams.cli import parser
from streams.configuration.load import configure
from streams.offline.scenario import check_scenario, for_scenario
from streams.scenarios.named import simulate

if TYPE_CHECKING:
    from collections.abc import Callable

OFFICIAL = Path(__file__).parents[1] / "support" / "compose-spec-2.16.json.gz"

Compose = dict[str, Any]


@pytest.fixture(scope="module")
def demo(deploy: Path) -> Compose:
    return yaml.safe_load((deploy / "compose" / "compose.demo.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def commands(deploy: Path) -> list[list[str]]:
    """The commands of Pharos that the shop gives."""
    text = (deploy / "compose" / "shop.sh").read_text(encoding="utf-8")
    return [line.replace("$folder", "/tmp").replace('"', "").split() for line in re.findall(r"pharos (.*)", text)]


def test_the_file_is_valid_by_the_specifications_schema(demo: Compose) -> None:
    assert list(Draft202012Validator(orjson.loads(gzip.decompress(OFFICIAL.read_bytes()))).iter_errors(demo)) == []


def test_it_has_volumes_and_a_network_of_its_own(demo: Compose, compose: Compose) -> None:
    assert demo["name"] != compose["name"]


def test_all_that_speak_to_kafka_have_the_settings_of_the_demo(demo: Compose, compose: Compose) -> None:
    ours = {name for name, service in compose["services"].items() if service["image"].startswith("pharos:")}

    assert demo["services"].keys() == ours | {"shop"}
    for service in demo["services"].values():
        assert "./pharos.demo.yaml:/etc/pharos/pharos.yaml:ro" in service["volumes"]


def test_the_shop_may_no_more_than_the_others_and_is_not_started_again(demo: Compose, compose: Compose) -> None:
    shop, worker = demo["services"]["shop"], compose["services"]["worker-1"]

    for key in ("image", "build", "read_only", "cap_drop", "security_opt", "logging"):
        assert shop[key] == worker[key]
    assert set(shop["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}
    assert shop["restart"] == "no"
    assert set(shop["depends_on"]) <= set(compose["services"])


def test_what_it_mounts_is_there(demo: Compose, deploy: Path) -> None:
    for service in demo["services"].values():
        for mount in service["volumes"]:
            source, _, where = mount.partition(":")
            if source.startswith("."):
                assert (deploy / "compose" / source).exists()
                assert where.endswith(":ro")
            else:
                assert source in demo["volumes"]


def test_the_settings_differ_from_the_usual_ones_in_time_and_plan_only(deploy: Path) -> None:
    usual = yaml.safe_load((deploy / "compose" / "pharos.yaml").read_text(encoding="utf-8"))
    demo = yaml.safe_load((deploy / "compose" / "pharos.demo.yaml").read_text(encoding="utf-8"))

    assert {key for key in usual.keys() | demo.keys() if usual.get(key) != demo.get(key)} == {
        "time",
        "evaluate_from",
        "calendar",
    }


def test_the_settings_are_right(deploy: Path, checked: Callable[..., str]) -> None:
    tokens = {"pharos-tokens": "viewer 0123456789abcdef\n"}

    assert "settings are valid" in checked(deploy / "compose" / "pharos.demo.yaml", "/run/secrets", tokens)


def test_the_workers_are_set_to_the_sale_that_the_shop_plays(deploy: Path, commands: list[list[str]]) -> None:
    flags = parser().parse_args(commands[0])
    settings = configure(deploy / "compose" / "pharos.demo.yaml")
    played = simulate(flags.scenario, flags.seed, flags.profile).scenario
    check_scenario(settings, played, "the sale")
    asked = for_scenario(settings, played)

    assert settings.time == "events"
    assert asked.timezone == settings.timezone
    assert asked.calendar == tuple(
        msgspec.structs.replace(entry, begins=_same(entry.begins), ends=_same(entry.ends))
        for entry in settings.calendar
    )
    assert asked.evaluate_from == _same(settings.evaluate_from)


def _same(time: str) -> str:
    """As the simulation writes times."""
    return time.replace("+08:00", ".000+08:00")


def test_the_shop_makes_up_a_sale_and_sends_what_it_made_up(commands: list[list[str]]) -> None:
    first, second = (parser().parse_args(command) for command in commands)

    assert [command[0] for command in commands] == ["simulate", "replay"]
    assert first.out == second.file


def test_the_shop_sends_its_sale_only_once(deploy: Path, tmp_path: Path) -> None:
    calls, folder = tmp_path / "calls", tmp_path / "sale"
    folder.mkdir()
    stand_in = tmp_path / "pharos"
    stand_in.write_text(f'#!/bin/sh\necho "$1" >> {calls}\n')
    stand_in.chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    command = ["/bin/sh", str(deploy / "compose" / "shop.sh"), str(folder)]

    for _ in range(2):
        subprocess.run(command, check=True, env=environment, capture_output=True)

    assert calls.read_text().split() == ["simulate", "replay"]
