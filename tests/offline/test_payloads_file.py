"""A file of payloads in its three forms."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from streams.offline.events_file import EventsFileError
from streams.offline.payloads_file import read_payloads

if TYPE_CHECKING:
    from pathlib import Path


def payloads(tmp_path: Path, content: bytes, name: str = "payloads.json") -> list[tuple[str, bytes]]:
    file = tmp_path / name
    file.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return [tuple(payload) for payload in read_payloads(file)]


@pytest.mark.parametrize("name", ["payloads.jsonl", "payloads.jsonl.gz"])
def test_lines_are_numbered_and_blank_ones_left_out(tmp_path: Path, name: str) -> None:
    assert payloads(tmp_path, b'{"a":1}\n\n{"a":2}\n', name) == [("line 1", b'{"a":1}'), ("line 3", b'{"a":2}')]


def test_a_line_that_is_not_json_is_a_payload_too(tmp_path: Path) -> None:
    assert payloads(tmp_path, b'{"a":1}\nnonsense\n')[1] == ("line 2", b"nonsense")


def test_one_document_over_many_lines_is_one_payload(tmp_path: Path) -> None:
    assert payloads(tmp_path, b'\xef\xbb\xbf{\n "a": 1\n}\n') == [("line 1", b'{\n "a": 1\n}')]


def test_an_array_holds_payloads_whose_digits_are_left_alone(tmp_path: Path) -> None:
    found = payloads(tmp_path, b'[\n{"a": 12345678901234567890123},\n 2.50\n]')

    assert found == [("payload 1", b'{"a": 12345678901234567890123}'), ("payload 2", b"2.50")]


def test_lines_of_arrays_are_lines(tmp_path: Path) -> None:
    assert [where for where, _ in payloads(tmp_path, b"[1]\n[2]\n")] == ["line 1", "line 2"]


def test_an_empty_file_has_none(tmp_path: Path) -> None:
    assert payloads(tmp_path, b"\n") == []


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(EventsFileError, match="cannot be read"):
        list(read_payloads(tmp_path / "none.json"))
    (tmp_path / "cut.gz").write_bytes(gzip.compress(b"{}" * 1_000)[:20])
    with pytest.raises(EventsFileError, match="is damaged"):
        list(read_payloads(tmp_path / "cut.gz"))
