"""deploy/compose: what the Compose specification's schema says, and what ours has to be in it. Not run: no engine."""

from __future__ import annotations

import gzip
import re
import shutil
import stat
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pytest
import yaml
from jsonschema import Draft202012Validator

from streams.configuration.load import configure
from streams.web.security import Role
from streams.web.token_file import read_tokens

if TYPE_CHECKING:
    from collections.abc import Callable

# The Compose specification's schema (Apache-2.0), as compose-go 2.16.2 carries it.
OFFICIAL = Path(__file__).parents[1] / "support" / "compose-spec-2.16.json.gz"
LONG_RUNNING = ("kafka", "worker-1", "worker-2", "prometheus", "alertmanager", "grafana")
OURS = ("topics", "worker-1", "worker-2")

Compose = dict[str, Any]


@pytest.fixture
def secrets(deploy: Path, tmp_path: Path) -> Path:
    """The folder that the script fills; it is run beside a copy of itself."""
    script = shutil.copy(deploy / "compose" / "secrets.sh", tmp_path)
    subprocess.run([script], check=True, capture_output=True)
    return tmp_path / "secrets"


def test_the_file_is_valid_by_the_specifications_schema(compose: Compose) -> None:
    schema = orjson.loads(gzip.decompress(OFFICIAL.read_bytes()))

    assert list(Draft202012Validator(schema).iter_errors(compose)) == []
    assert list(Draft202012Validator(schema).iter_errors({"services": {"worker": {"imag": "pharos"}}}))


def test_every_image_is_pinned_to_a_version(compose: Compose) -> None:
    for name, service in compose["services"].items():
        assert re.fullmatch(r"[\w./-]+:v?\d+\.\d+\.\d+", service["image"]), name


def test_every_port_is_bound_to_loopback(compose: Compose) -> None:
    published = [port for service in compose["services"].values() for port in service.get("ports", ())]

    assert len(published) == 5
    assert [port for port in published if not port.startswith("127.0.0.1:")] == []


def test_every_service_has_limits_and_may_gain_no_rights(compose: Compose) -> None:
    for name, service in compose["services"].items():
        assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert not service.get("privileged"), name
        assert service["logging"]["options"]["max-size"], name
        assert service.get("read_only") or name == "kafka", name


def test_what_stays_has_a_health_check_and_is_started_again(compose: Compose) -> None:
    for name in LONG_RUNNING:
        assert compose["services"][name]["healthcheck"]["test"][0] == "CMD", name
        assert compose["services"][name]["restart"] == "unless-stopped", name
    assert compose["services"]["topics"]["restart"] == "on-failure:5"


def test_the_workers_health_check_asks_a_path_that_they_answer(compose: Compose, app_paths: set[str]) -> None:
    asked = re.search(r"http://127\.0\.0\.1:(\d+)(/\w+)", compose["services"]["worker-1"]["healthcheck"]["test"][-1])

    assert asked is not None
    assert asked[1] == "6066"
    assert asked[2] in app_paths


def test_services_secrets_and_volumes_that_are_named_exist(compose: Compose) -> None:
    for name, service in compose["services"].items():
        assert set(service.get("depends_on", ())) <= set(compose["services"]), name
        assert set(service.get("secrets", ())) <= set(compose["secrets"]), name
        for mount in service.get("volumes", ()):
            source = mount.partition(":")[0]
            assert source.startswith(".") or source in compose["volumes"], name


def test_what_is_mounted_from_the_repository_is_there_and_read_only(compose: Compose, deploy: Path) -> None:
    mounts = {
        mount
        for service in compose["services"].values()
        for mount in service.get("volumes", ())
        if mount.startswith(".")
    }

    assert {mount for mount in mounts if not mount.endswith(":ro")} == set()
    missing = {mount for mount in mounts if not (deploy / "compose" / mount.partition(":")[0]).exists()}
    assert missing <= {mount for mount in mounts if mount.startswith("../grafana/")}


def test_the_script_makes_every_secret_once_and_closes_the_folder(secrets: Path, compose: Compose) -> None:
    files = {Path(secret["file"]).name for secret in compose["secrets"].values()}
    before = {file.name: file.read_text() for file in secrets.iterdir()}

    subprocess.run([secrets.parent / "secrets.sh"], check=True, capture_output=True)

    assert set(before) == files
    assert {file.name: file.read_text() for file in secrets.iterdir()} == before
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o700
    assert len(set(before.values())) == len(files)


def test_prometheus_reads_with_a_token_that_the_workers_know(secrets: Path) -> None:
    tokens = read_tokens(secrets / "pharos-tokens")

    assert [token.role for token in tokens] == [Role.VIEWER, Role.RESPONDER, Role.ADMIN]
    assert tokens[0].secret == (secrets / "pharos-viewer-token").read_text().strip()


def test_the_workers_settings_are_right(deploy: Path, secrets: Path, checked: Callable[..., str]) -> None:
    tokens = (secrets / "pharos-tokens").read_text()

    said = checked(deploy / "compose" / "pharos.yaml", "/run/secrets", {"pharos-tokens": tokens})

    assert "settings are valid: broker kafka:9092, page on 0.0.0.0:6066" in said


def test_prometheus_asks_every_worker_by_a_name_that_is_allowed(compose: Compose, deploy: Path) -> None:
    settings = configure(deploy / "compose" / "pharos.yaml")
    scraped = yaml.safe_load((deploy / "prometheus" / "prometheus.yml").read_text())["scrape_configs"][0]
    workers = {name for name in compose["services"] if name.startswith("worker-")}

    assert scraped["job_name"] == settings.app
    assert set(scraped["static_configs"][0]["targets"]) == {f"{name}:{settings.port}" for name in workers}
    assert set(settings.allowed_hosts) == workers


@pytest.mark.parametrize("name", OURS)
def test_what_we_start_is_a_command_that_exists(name: str, compose: Compose) -> None:
    from streams.cli import parser

    assert callable(parser().parse_args(compose["services"][name]["command"]).run)


def test_no_secret_stands_in_the_file_or_in_an_environment(compose: Compose) -> None:
    for name, service in compose["services"].items():
        named = [key for key in service.get("environment", {}) if re.search("PASSWORD|TOKEN|SECRET|KEY", key)]
        assert [key for key in named if not key.endswith("__FILE")] == [], name


def test_grafana_finds_its_boards_where_they_are_mounted(compose: Compose, deploy: Path) -> None:
    mounts = dict(mount.split(":")[:2] for mount in compose["services"]["grafana"]["volumes"])
    (file,) = (deploy / "grafana" / "provisioning" / "dashboards").glob("*.y*ml")
    folders = {provider["options"]["path"] for provider in yaml.safe_load(file.read_text())["providers"]}

    assert folders
    for folder in folders:
        assert folder == mounts["../grafana/dashboards"] or folder.startswith(mounts["../grafana/dashboards"] + "/")
