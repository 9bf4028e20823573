"""Flags and PHAROS_* variables, whatever they hold, are taken or refused in one sentence with the remedy."""

from __future__ import annotations

import errno
import socket
from typing import TYPE_CHECKING

import pytest

from streams.cli import main
from streams.cli.errors import explain
from streams.settings.errors import FAILED

if TYPE_CHECKING:
    from pathlib import Path

EVENT = (
    '{"topic":"orders","event":{"specversion":"1.0","id":"1","source":"/s","type":"order.paid",'
    '"time":"2026-11-11T00:00:00Z","subject":"T","data":{"order_id":"T"}}}\n'
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "e.jsonl").write_text(EVENT)
    (tmp_path / "a-folder").mkdir()
    return tmp_path


def said_by(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    try:
        code = main(arguments)
    except SystemExit as ended:
        code = int(str(ended.code))
    return code, capsys.readouterr().err.strip()


@pytest.mark.parametrize(
    ("line", "what"),
    [
        *(
            (f"replay e.jsonl --speed={speed}", "--speed must be a number from 0.001 to 1,000,000; 0 is")
            for speed in ("nan", "inf", "1e400", "1e-320", "-1")
        ),
        ("replay e.jsonl --partitions=1000000000", "--partitions must be a number from 1 to 1,000"),
        *((f"demo --speed={speed}", "--speed must be a number from 0.001") for speed in ("nan", "inf", "0", "-1")),
        *((f"demo --duration={time}", "--duration must be a number from 1") for time in ("nan", "inf", "0")),
        ("demo --seed=-1", "--seed must be a number from 0"),
        (f"demo --seed={'9' * 30}", "--seed must be a number from 0"),
        ("demo --report none/r.json", "create it first"),
        ("simulate --seed=-1 --out x", "--seed must be a number from 0"),
        (f"simulate --seed={'9' * 5_000} --out x", "invalid int value"),
        ("simulate --out a-folder", "a-folder is a folder; name a file in it"),
        ("simulate --out x --truth a-folder", "name a file in it"),
        ("broker --port=0 --partitions=1000000000", "--partitions must be a number from 1 to 1,000"),
        ("broker --port=0 --cells-partitions=99999999999999999999", "--cells-partitions must be a number"),
        ("broker --port=-1", "-1 is not a port"),
        ("topics --create --partitions=1000000000", "--partitions must be a number from 1 to 1,000"),
        ("topics --create --replication-factor=99999999999", "--replication-factor: must not be above 100"),
        *((f"affected f --timeout={time}", "--timeout must be a number from 0.1") for time in ("nan", "inf", "-1")),
        ("affected f --out none/x", "create it first"),
        ("affected f --from 2026-11-11T00:00:00", "--from: write RFC 3339 with an offset"),
        ("backtest e.jsonl --report none/r.json", "there is no folder none; create it first"),
        ("backtest e.jsonl --report a-folder", "name a file in it"),
        ("backtest e.jsonl --report r.json --partitions=1000000000", "--partitions must be a number from 1 to 1,000"),
        ("backtest a-folder --report r.json", "check the path"),
        ("backtest e.jsonl --report r.json --truth a-folder", "a-folder: cannot be read"),
        ("backtest e.jsonl --report r.json --truth none", "none: cannot be read (No such file"),
        ("backtest e.jsonl --report r.json --lateness-s 99999999999", "must not be above 2,592,000"),
        ("check --flush-interval-s inf", "--flush-interval-s: must not be above 3,600"),
        ("check --flush-interval-s nan", "--flush-interval-s: must be above 0"),
        ("check --worth order=inf", "--worth: order: must be above 0"),
        ("check --port 70000", "--port: 70000 is not a port"),
        ("check --config a-folder", "check --config"),
        ("check --catalogue a-folder", "check the path"),
        ("check --evaluate-from 2026-11-11T00:00:00", "--evaluate-from: write RFC 3339 with an offset"),
        ("import olist a-folder --out none/x", "create it first"),
        ("import olist a-folder --out a-folder", "name a file in it"),
        ("import olist e.jsonl --out x", "there is no folder e.jsonl"),
    ],
)
def test_a_flag_that_cannot_be_meant_is_refused_at_once(
    folder: Path, line: str, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = said_by(line.split(), capsys)

    assert code == 2
    assert what in said


@pytest.mark.parametrize("argument", ["a\0b", ""])
def test_a_path_that_is_none_is_refused(argument: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert said_by(["backtest", argument, "--report", "r.json"], capsys)[0] == 2


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("PORT", "x", "it is a whole number"),
        ("PORT", "9" * 5_000, "it is a whole number"),
        ("FLUSH_INTERVAL_S", "inf", "must not be above"),
        ("FLUSH_INTERVAL_S", "nan", "must be above 0"),
        ("IDLE_AFTER_S", "Infinity", "must not be above"),
        ("SESSION_TIMEOUT_S", "inf", "must not be above"),
        ("LATENESS_S", "9" * 30, "must not be"),
        ("REPEAT_S", "9" * 30, "must not be above"),
        ("MAX_SERIES", "9" * 30, "must not be above"),
        ("DEDUP_RECORDS", "9" * 30, "must not be above"),
        ("CELLS_PARTITIONS", "9" * 30, "must not be above"),
        ("SOURCE_PARTITIONS", "orders=1000000000", "PHAROS_SOURCE_PARTITIONS: orders: must not be above 1,000"),
        ("WORTH", "order=inf", "above 0"),
        ("CURRENCY", "\udcff", "is not UTF-8 text"),
        ("CONFIG", "a-folder", "check --config"),
        ("LOG", "loud", "PHAROS_LOG: is not a log level; write debug, info, warning or error"),
        ("CATALOGUE", "a-folder", "check the path"),
        ("BROKER", "a:99999", "write host:port"),
        ("TIMEZONE", "../etc/passwd", "is unknown"),
        ("EVALUATE_FROM", "2026-11-11T00:00:00", "RFC 3339"),
    ],
)
def test_a_variable_that_cannot_be_meant_is_refused_by_its_name(
    folder: Path,
    name: str,
    value: str,
    what: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(f"PHAROS_{name}", value)

    code, said = said_by(["check"], capsys)

    assert code == 2
    assert what in said


@pytest.mark.parametrize("address", ["http://[::1", "http://127.0.0.1:99999", "http://a..b", "http://a:x"])
def test_an_address_of_grafana_that_is_none_is_refused(
    address: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GRAFANA_TOKEN", "x")

    assert said_by(["boards", "diff", "--url", address], capsys) == (
        2,
        "pharos: the address of Grafana must be like https://grafana.example.com",
    )


def test_a_secret_file_that_is_no_text_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "token").write_bytes(b"\xff\xfe")
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("GRAFANA_TOKEN_FILE", "~/token")

    code, said = said_by(["boards", "diff", "--url", "http://127.0.0.1:1"], capsys)

    assert code == 2
    assert "GRAFANA_TOKEN_FILE: ~/token is not UTF-8 text" in said


def test_a_tilde_that_the_shell_left_is_the_home_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME", str(folder))
    (folder / "pharos.yaml").write_text("port: 70000\n")

    code, said = said_by(["check", "--config=~/pharos.yaml"], capsys)

    assert code == 2
    assert f"{folder}/pharos.yaml:1:1: port: 70000 is not a port" in said


@pytest.mark.parametrize(
    ("error", "what"),
    [
        (OSError(errno.EADDRINUSE, "error while attempting to bind on address"), "choose another one by --port"),
        (OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address"), "choose another one by --host"),
        (PermissionError(errno.EACCES, "Permission denied"), "below 1024"),
        (PermissionError(errno.EACCES, "Permission denied", "/etc/x"), "/etc/x: permission denied; check the path and"),
        (OSError(errno.ENOSPC, "No space left on device"), "make room"),
        (OSError(errno.EMFILE, "Too many open files"), "ulimit -n"),
        (socket.gaierror(-2, "Name or service not known"), "not known to this machine"),
        (OSError("no number at all"), "no number at all"),
        (MemoryError(), "memory"),
    ],
)
def test_what_the_system_refuses_comes_with_the_remedy_that_fits(error: Exception, what: str) -> None:
    code, sentence = explain(error)

    assert code == FAILED
    assert what in sentence
