"""`pharos boards`: files, publishing and comparing from the command line, and secrets that are never shown."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from aiohttp.test_utils import TestServer

from streams.cli import main
from streams.cli.boards import access
from streams.cli.errors import UsageError
from streams.settings.errors import FAILED, WRONG
from tests.dashboards.grafana.support.documented_grafana import PASSWORD, TOKEN, USER, DocumentedGrafana

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

SALE = """\
calendar:
  - {name: First peak, begins: "2026-11-10T20:00:00+08:00", ends: "2026-11-10T21:00:00+08:00", activity: [3, 40]}
"""


@pytest.fixture(autouse=True)
def no_access(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("URL", "TOKEN", "TOKEN_FILE", "USER", "PASSWORD", "PASSWORD_FILE"):
        monkeypatch.delenv(f"GRAFANA_{name}", raising=False)


@pytest.fixture
def grafana() -> DocumentedGrafana:
    return DocumentedGrafana()


@pytest.fixture
async def address(grafana: DocumentedGrafana) -> AsyncIterator[str]:
    server = TestServer(grafana.app())
    await server.start_server()
    yield str(server.make_url("/")).rstrip("/")
    await server.close()


@pytest.fixture
def pharos(tmp_path: Path) -> Callable[..., int]:
    settings = tmp_path / "pharos.yaml"
    settings.write_text(SALE, encoding="utf-8")
    return lambda *arguments: main(["boards", *arguments, "--config", str(settings)])


def test_a_build_writes_all_files_and_a_second_one_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "grafana"

    assert main(["boards", "build", str(target)]) == 0
    assert main(["boards", "build", str(target)]) == 0

    first, second = capsys.readouterr().out.splitlines()
    assert first.endswith("files, 14 written, 0 removed")
    assert second.endswith("files, 0 written, 0 removed")
    assert (target / "dashboards" / "pharos" / "war-room.json").exists()


def test_settings_decide_the_job_and_the_links(tmp_path: Path) -> None:
    target = tmp_path / "grafana"
    flags = ("--app", "shop-eu", "--board-url", "https://pharos.example.com/", "--timezone", "Europe/Berlin")

    main(["boards", "build", str(target), *flags, "--prometheus", "http://metrics:9090"])

    board = (target / "dashboards" / "pharos-shop-eu-49ee07" / "overview.json").read_text(encoding="utf-8")
    assert 'job=\\"shop-eu\\"' in board
    assert 'job=\\"pharos\\"' not in board
    assert "https://pharos.example.com/" in board
    assert '"timezone": "Europe/Berlin"' in board
    source = target / "provisioning" / "datasources" / "pharos-shop-eu-49ee07.yaml"
    assert "url: http://metrics:9090" in source.read_text(encoding="utf-8")


async def test_what_was_published_does_not_differ_and_the_calendar_is_marked(
    grafana: DocumentedGrafana,
    address: str,
    pharos: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("GRAFANA_URL", address)
    monkeypatch.setenv("GRAFANA_TOKEN", TOKEN)

    before = await asyncio.to_thread(pharos, "diff")
    published = await asyncio.to_thread(pharos, "publish")
    after = await asyncio.to_thread(pharos, "diff")

    out = capsys.readouterr().out
    assert (before, published, after) == (1, 0, 0)
    assert "different: board pharos-war-room\n    is not there" in out
    assert "written: board pharos-war-room" in out
    assert out.endswith("Grafana has what would be published\n")
    assert [mark["text"] for mark in grafana.annotations.values()] == ["First peak"]
    assert TOKEN not in out


async def test_a_token_is_made_with_the_name_of_an_administrator_and_works(
    address: str,
    pharos: Callable[..., int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    secret = tmp_path / "password"
    secret.write_text(f"{PASSWORD}\n", encoding="utf-8")
    monkeypatch.setenv("GRAFANA_USER", USER)
    monkeypatch.setenv("GRAFANA_PASSWORD_FILE", str(secret))
    token = tmp_path / "token"

    code = await asyncio.to_thread(pharos, "publish", "--url", address, "--make-token", str(token))

    shown = capsys.readouterr()
    assert code == 0
    assert token.read_text(encoding="utf-8").startswith("glsa_new_")
    assert "glsa" not in shown.out + shown.err
    assert PASSWORD not in shown.out + shown.err


async def test_a_refused_token_ends_with_a_sentence_and_without_the_token(
    address: str, pharos: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GRAFANA_TOKEN", "glsa_of_yesterday")

    code = await asyncio.to_thread(pharos, "diff", "--url", address)

    shown = capsys.readouterr()
    assert code == FAILED
    assert shown.err.startswith("pharos: could not read the folder pharos: Grafana answered 401")
    assert "glsa" not in shown.out + shown.err


def test_without_an_address_or_a_secret_the_remedy_is_told(
    pharos: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert pharos("diff") == WRONG
    monkeypatch.setenv("GRAFANA_URL", "http://127.0.0.1:1")
    assert pharos("publish") == WRONG

    without_address, without_secret = capsys.readouterr().err.splitlines()
    assert "GRAFANA_URL" in without_address
    assert "GRAFANA_TOKEN_FILE" in without_secret


def test_a_token_wins_over_a_name_and_a_variable_over_a_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("of-file\n", encoding="utf-8")
    everything = {"GRAFANA_URL": "http://g", "GRAFANA_USER": "u", "GRAFANA_PASSWORD": "p"}

    assert access(everything) == ("http://g", ("u", "p"))
    assert access({**everything, "GRAFANA_TOKEN_FILE": str(file)}) == ("http://g", "of-file")
    assert access({**everything, "GRAFANA_TOKEN": "t", "GRAFANA_TOKEN_FILE": str(file)}, "http://h") == (
        "http://h",
        "t",
    )
    with pytest.raises(UsageError):
        access({"GRAFANA_URL": "http://g", "GRAFANA_USER": "u"})
