"""`pharos check` says right only where everything can do something; a worker with the same mistake does not start."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from streams.cli import main

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "abcdefghijklmnop1234"
DAY = "begins: 2026-11-11T00:00:00Z, ends: 2026-11-12T00:00:00Z, activity: [1, 2]"


@pytest.mark.parametrize("command", ["check", "worker"])
@pytest.mark.parametrize(
    ("text", "place", "remedy"),
    [
        (
            "routes:\n  - {match: [touchpoint=orders], receivers: [console]}\n",
            ":2:14: routes[0].match[0]",
            'did you mean "order"?',
        ),
        (
            f"calendar: [{{name: a, {DAY}, metrics: [orders]}}]\n",
            ":1:108: calendar[0].metrics[0]",
            'no metric is named "orders"',
        ),
        ("allowed_hosts: [https://pharos.example/]\n", ":1:17: allowed_hosts[0]", 'write "pharos.example"'),
    ],
)
def test_what_does_nothing_is_refused_with_line_and_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, text: str, place: str, remedy: str
) -> None:
    file = tmp_path / "pharos.yaml"
    file.write_text(text)

    assert main([command, "--config", str(file)]) == 2

    said = capsys.readouterr().err
    assert place in said
    assert remedy in said


@pytest.mark.parametrize("command", ["check", "worker"])
@pytest.mark.parametrize(
    ("line", "remedy"),
    [
        ("name=Li scop=store:a", 'did you mean "scope"?'),
        ("scope=stroe:a", 'did you mean "store"?'),
        ("scope=sentiment:bad", "no metric is counted by what the data scope names"),
        ("# scope=store:a", "write it before the #"),
    ],
)
def test_a_token_whose_restriction_is_not_understood_is_refused_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, line: str, remedy: str
) -> None:
    tokens = tmp_path / "tokens"
    tokens.write_text(f"\ufeff# who\nviewer {SECRET} {line}\n")

    assert main([command, "--tokens-file", str(tokens)]) == 2

    said = capsys.readouterr().err
    assert "tokens line 2: " in said
    assert remedy in said
    assert "abcdef" not in said


def test_check_says_how_many_tokens_see_a_part_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tokens = tmp_path / "tokens"
    tokens.write_text(f"viewer {SECRET} name=Li scope=store:a\nadmin 0123456789abcdef\n")

    assert main(["check", "--tokens-file", str(tokens)]) == 0
    assert "tokens are valid: 2, 1 of them for a part of the data" in capsys.readouterr().out


def test_a_window_that_is_over_is_a_note_and_one_to_come_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "pharos.yaml"
    file.write_text(
        "maintenance:\n"
        "- {name: past, match: [warehouse=hz1], begins: 2020-01-01T00:00:00Z, ends: 2020-01-02T00:00:00Z}\n"
        "- {name: ahead, match: [warehouse=hz1], begins: 2020-01-01T00:00:00Z, ends: 2999-01-02T00:00:00Z}\n"
        "- {name: nightly, match: [warehouse=hz1], opens: 01:00, closes: 02:00}\n"
    )

    assert main(["check", "--config", str(file)]) == 0

    notes = [line for line in capsys.readouterr().out.splitlines() if line.startswith("note")]
    assert notes == [
        'note   maintenance[0]: "past" is over since 2020-01-02T00:00:00Z; remove it, or write when it is next'
    ]


def test_a_secret_of_a_webhook_that_is_missing_is_named_by_its_setting(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ERP_SECRET", raising=False)
    file = tmp_path / "pharos.yaml"
    file.write_text(
        "mappings:\n  erp:\n    signature: {header: X-Signature, secret_env: ERP_SECRET}\n    events:\n"
        "      - {type: order.paid, id: id, source: \"'/erp'\", time: at, data: {order_id: id}}\n"
    )

    refused = main(["check", "--config", str(file)])
    said = capsys.readouterr().err
    monkeypatch.setenv("ERP_SECRET", "shared")

    assert (refused, main(["check", "--config", str(file)])) == (2, 0)
    assert "mappings.erp.signature: the variable ERP_SECRET is not set" in said
