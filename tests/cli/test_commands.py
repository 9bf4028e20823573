"""The command line: commands, flags, exit codes, and errors that say the remedy."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import orjson
import pytest

from streams.broker.embedded import EmbeddedBroker
from streams.cli import COMMANDS, main, parser
from streams.cli.errors import explain
from streams.cli.settings_flags import HELP
from streams.offline.events_file import EventsWriter
from streams.settings.errors import InputError, OutageError
from streams.settings.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

PHAROS = [sys.executable, "-c", "import sys; from streams.cli import main; sys.exit(main())"]


def events(tmp_path: Path, count: int = 50) -> Path:
    file = tmp_path / "events.jsonl"
    with EventsWriter(file) as out:
        for number in range(count):
            moment = f"2026-11-11T00:00:{number % 60:02d}Z"
            event = {"specversion": "1.0", "id": str(number), "source": "/s", "type": "order.paid", "time": moment}
            out.write("orders", {**event, "subject": f"TB{number}", "data": {"order_id": f"TB{number}"}})
    return file


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])

    assert ended.value.code == 0
    assert f"pharos {command}" in capsys.readouterr().out


def test_the_commands_of_the_contract_are_understood() -> None:
    for line in (
        "broker --port 19092",
        "worker --broker localhost:19092 --config pharos.yaml",
        "demo --headless --duration 120 --scenario double11 --seed 7 --report report.json",
        "simulate --scenario double11 --seed 7 --out events.jsonl --truth truth.json",
        "topics --create --broker localhost:19092 --partitions 12 --replication-factor 3 --min-insync-replicas 2",
        "check --live --security protocol=SSL,ca_file=ca.pem",
        "replay events.jsonl --broker localhost:19092 --speed 0 --partitions 4",
        "backtest events.jsonl --report report.json --partitions 4",
        "backtest events.jsonl --report report.json --openmetrics out.om --html out.html --against other.yaml",
        "import olist DIR --out events.jsonl",
        "import calls DIR --out events.jsonl",
        "score DIR --out DIR",
    ):
        assert callable(parser().parse_args(line.split()).run)


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from streams.cli import parser; parser();"
        "print(sorted({'numpy', 'faust', 'confluent_kafka', 'msgspec', 'yaml', 'aiohttp'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_every_settings_flag_is_a_setting() -> None:
    assert set(HELP) <= set(Settings.__struct_fields__)


def test_wrong_usage_is_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["replay"])

    assert ended.value.code == 2
    assert "FILE" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "what"),
    [
        (["check", "--broker", "localhost"], 2, "host:port"),
        (["check", "--host", "0.0.0.0"], 2, "tokens_file"),
        (["worker", "--host", "0.0.0.0", "--port", "many"], 2, "--port: "),
        (["check", "--config", "none.yaml"], 2, "check --config"),
        (["check", "--catalogue", "none.yaml"], 2, "check the path"),
        (["replay", "none.jsonl"], 2, "check the path"),
        (["replay", "none.jsonl", "--speed", "-1"], 2, "--speed"),
        (["replay", "none.jsonl", "--partitions", "0"], 2, "--partitions"),
        (["backtest", "none.jsonl", "--report", "r.json"], 2, "check the path"),
        (["backtest", "none.jsonl", "--report", "r.json", "--html", "none/x"], 2, "--html: there is no folder none"),
        (["backtest", "none.jsonl", "--report", "r.json", "--openmetrics", "."], 2, "--openmetrics: . is a folder"),
        (
            ["backtest", "none.jsonl", "--report", "r.json", "--against", "none.yaml"],
            2,
            "none.yaml:1:1: cannot be read",
        ),
        (["simulate", "--scenario", "double12", "--out", "x"], 2, 'did you mean "double11"?'),
        (["simulate"], 2, "--list"),
        (["simulate", "--out", "none/x"], 2, "create it first"),
        (["import", "olist", "none", "--out", "x"], 2, "no folder none"),
        (["score", "none", "--out", "x"], 2, "no folder none"),
        (["demo", "--duration", "0"], 2, "--duration"),
        (["demo", "--scenario", "double12"], 2, "known are double11"),
        (["topics", "--partitions", "0"], 2, "--partitions"),
        (["topics", "--security", "protocol=SASL_SSL"], 2, "--security: mechanism: "),
        (["topics", "--min-insync-replicas", "3", "--replication-factor", "2"], 2, "nothing can be written"),
        (["broker", "--port", "70000"], 2, "70000 is not a port"),
        (["broker", "--partitions", "0"], 2, "at least one partition"),
    ],
)
def test_an_error_is_one_sentence_with_its_remedy_and_a_code(
    arguments: list[str],
    code: int,
    what: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)

    assert main(arguments) == code

    said = capsys.readouterr().err.strip()
    assert said.startswith("pharos: ")
    assert "\n" not in said
    assert what in said


def test_debug_shows_where_an_error_came_from(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="check the path"):
        main(["--debug", "replay", str(tmp_path / "none.jsonl")])
    with pytest.raises(ValueError, match="check the path"):
        main(["replay", str(tmp_path / "none.jsonl"), "--debug"])


def test_a_fault_of_ours_is_code_3(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def broken(_: object) -> int:
        raise KeyError("x")

    monkeypatch.setattr("streams.cli.check.run", broken)

    assert main(["check"]) == 3
    assert "--debug" in capsys.readouterr().err


@pytest.mark.parametrize(("error", "code"), [(InputError("a: b; c"), 2), (OutageError("a: b; c"), 1)])
def test_an_error_for_people_is_shown_as_it_is_with_its_exit_code(error: Exception, code: int) -> None:
    assert explain(error) == (code, "a: b; c")


def test_tokens_that_cannot_be_read_are_said_before_anything_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tokens").write_text("viewer short\n")

    assert main(["worker", "--host", "0.0.0.0", "--tokens-file", str(tmp_path / "tokens")]) == 2
    assert "short" not in capsys.readouterr().err.partition("characters")[2]
    assert main(["worker", "--tokens-file", str(tmp_path / "none")]) == 1
    assert "no such file" in capsys.readouterr().err


def test_score_writes_a_score_for_every_point(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "in").mkdir()
    rows = "".join(f"2026-11-11 00:{minute:02d}:00,{minute % 7}\n" for minute in range(60))
    (tmp_path / "in" / "a.csv").write_text("timestamp,value\n" + rows)

    assert main(["score", str(tmp_path / "in"), "--out", str(tmp_path / "out")]) == 0
    assert len((tmp_path / "out" / "a.csv").read_text().splitlines()) == 61
    assert "1 files, 60 points" in capsys.readouterr().err


def test_check_names_the_place_of_a_secret_that_is_missing_and_the_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "pharos.yaml"
    file.write_text("receivers:\n- {name: duty, kind: dingtalk, url_env: DUTY_URL}\n")
    missing = main(["check", "--config", str(file)]), capsys.readouterr().err
    monkeypatch.setenv("DUTY_URL", "https://oapi.dingtalk.com/robot/send?access_token=t0ken")
    found = main(["check", "--config", str(file)]), capsys.readouterr()

    assert missing[0] == 2
    assert "pharos.yaml:2:32: receivers[0].url_env: the variable DUTY_URL is not set; export it" in missing[1]
    assert found[0] == 0
    assert "t0ken" not in found[1].out + found[1].err


def test_check_says_what_is_watched(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert "payment_success" in capsys.readouterr().out


@pytest.mark.embedded
def test_replay_sends_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with EmbeddedBroker(0, dict.fromkeys(_sources(), 2)) as broker:
        assert main(["replay", str(events(tmp_path)), "--broker", broker.address]) == 0

    assert "done: 50 records sent" in capsys.readouterr().err


@pytest.mark.embedded
def test_of_an_embedded_broker_is_said_what_cannot_be_asked(capsys: pytest.CaptureFixture[str]) -> None:
    with EmbeddedBroker(0, dict.fromkeys(_sources(), 2)) as broker:
        assert main(["check", "--broker", broker.address]) == 0
        assert "note   embedded broker: its topics, rights and clock cannot be checked" in capsys.readouterr().out
        assert main(["topics", "--broker", broker.address]) == 1

    assert "tells nothing of its topics and makes none" in capsys.readouterr().err


@pytest.mark.embedded
def test_the_broker_prints_its_address_and_ends_on_sigterm() -> None:
    process = subprocess.Popen([*PHAROS, "broker", "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"127.0.0.1:")
        started = time.monotonic()
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(5) == 0
        assert time.monotonic() - started < 5
    finally:
        process.kill()
        process.communicate()


def test_backtest_writes_a_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "report.json"

    assert main(["backtest", str(events(tmp_path)), "--report", str(report)]) == 0

    found = orjson.loads(report.read_bytes())
    assert (found["events_read"], found["events_counted"]) == (50, 50)
    assert "50 records" in capsys.readouterr().err


def _sources() -> tuple[str, ...]:
    from streams.settings.settings import SOURCE_TOPICS

    return SOURCE_TOPICS
