"""`pharos map` shows what a mapping makes of payloads."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from streams.cli import main
from streams.offline.events_file import read

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

MAPPING = """
events:
  - when: status == 'paid'
    type: order.paid
    id: text(id)
    source: "'/shop'"
    time: paid_at
    subject: text(id)
    data: {order_id: text(id), amount: total, customer: buyer.id}
  - when: status == 'open'
    ignore: not paid
"""
PAID = {
    "id": 7,
    "status": "paid",
    "paid_at": "2026-11-11T00:00:01Z",
    "total": 12.5,
    "buyer": {"id": "C1", "name": "Jane"},
}


def mapped(tmp_path: Path, *payloads: object, name: str = "shop") -> int:
    folder = tmp_path / "mappings"
    folder.mkdir()
    (folder / "shop.yaml").write_text(MAPPING)
    config = tmp_path / "pharos.yaml"
    config.write_text(f"mappings_folder: {folder}\n")
    file = tmp_path / "payloads.jsonl"
    file.write_text("".join(json.dumps(payload) + "\n" for payload in payloads))
    return main(["map", str(file), "--config", str(config), "--mapping", name])


def test_events_are_lines_of_an_events_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert mapped(tmp_path, PAID, {"status": "open"}) == 0

    said = capsys.readouterr()
    (tmp_path / "events.jsonl").write_text(said.out)
    _, lines = read(tmp_path / "events.jsonl")
    (line,) = lines
    assert (line.topic, line.key) == ("orders", b"7")
    assert json.loads(line.event) == {
        "specversion": "1.0",
        "type": "order.paid",
        "id": "7",
        "source": "/shop",
        "time": "2026-11-11T00:00:01Z",
        "subject": "7",
        "data": {"order_id": "7", "amount": 12.5},
    }
    assert "2 payloads: 1 events, 1 ignored, 0 dead letters" in said.err


def test_what_nothing_reads_is_said_with_counts_and_no_value(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mapped(tmp_path, PAID, {**PAID, "note": "secret"}, {"status": "open"})

    said = capsys.readouterr()
    assert "  buyer.name  in 2 of 3\n" in said.err
    assert "  note  in 1 of 3\n" in said.err
    for word in ("Jane", "secret", "C1"):
        assert word not in said.out + said.err


def test_a_dead_letter_has_its_line_and_reason_and_the_exit_code_is_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert mapped(tmp_path, PAID, {"status": "lost"}, {**PAID, "total": "12.50"}) == 1

    said = capsys.readouterr()
    assert "payloads.jsonl: line 2: unmapped: no rule fits\n" in said.err
    assert (
        "line 3: mapping_failed: rule 1: data.amount is a text where a number is wanted; write number(...)" in said.err
    )
    assert len(said.out.splitlines()) == 1


def test_a_mapping_that_is_shipped_needs_no_settings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "row.json"
    file.write_text(json.dumps({"no": "row"}, indent=1))

    assert main(["map", str(file), "--mapping", "rows"]) == 1
    assert "line 1: unmapped" in capsys.readouterr().err


def test_a_name_that_no_mapping_has_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert mapped(tmp_path, PAID, name="shopp") == 2
    assert 'no mapping is named "shopp"; did you mean "shop"?' in capsys.readouterr().err


def test_check_says_what_mappings_are_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mapped(tmp_path, PAID)
    capsys.readouterr()

    assert main(["check", "--config", str(tmp_path / "pharos.yaml")]) == 0
    assert "mapping shop is valid: from pharos-raw-shop to order.paid\n" in capsys.readouterr().out
