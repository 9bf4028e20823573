"""An events file, whatever stands in it, is taken or refused with its line and the remedy."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from streams.cli import main
from streams.merge.ticks import milliseconds
from streams.offline.events_file import EventsFileError, read
from streams.offline.scenario import ScenarioError, check_scenario
from streams.offline.truth import TruthError, read_truth
from streams.settings.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

EVENT = (
    b'{"topic":"orders","event":{"specversion":"1.0","id":"1","source":"/s","type":"order.paid",'
    b'"time":"2026-11-11T00:00:00Z","subject":"T","data":{"order_id":"T"}}}\n'
)
PACKED = gzip.compress(EVENT * 50, mtime=0)
DEEP = b"[" * 100_000 + b"]" * 100_000


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (EVENT.decode().encode("utf-16"), ": is UTF-16 text; save it as UTF-8"),
        (PACKED, ":1: cannot be understood"),
        (b'{"scenario":{"a":' + DEEP + b"}}\n", ":1: cannot be understood: it is nested too deeply; remove it"),
        (EVENT + b'{"topic":"orders","event":' + DEEP + b"}\n", ":2: cannot be understood: it is nested too deeply"),
        (EVENT + b"\0" * 100 + b"\n", ":2: cannot be understood"),
        (EVENT + b'{"topic":"' + b"x" * 1_000_000 + b'","event":{}}\n', ':2: "topic" is \'xxx'),
        (EVENT + b" " * 16_800_000 + b"\n", ":2: is longer than 16,777,216 bytes"),
        (EVENT[:-2] + b',"partition":-1}\n', ":1: cannot be understood"),
        (b'{"topic":"orders","record_base64":"?"}\n', ":1: cannot be understood"),
        (b'{"topic":"orders","record":{"id":1}}\n', ':1: the first record has no readable time; give it "at"'),
        (b'{"scenario":5}\n', ":1: cannot be understood"),
        (b'{"scenario":{"a":1e400}}\n', ":1: cannot be understood"),
    ],
)
def test_what_is_no_record_is_refused_by_its_line(tmp_path: Path, raw: bytes, what: str) -> None:
    (tmp_path / "e.jsonl").write_bytes(raw)

    with pytest.raises(EventsFileError) as caught:
        list(read(tmp_path / "e.jsonl")[1])

    assert what in str(caught.value)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    "raw",
    [
        PACKED[:-12],
        PACKED[:30],
        PACKED[:5],
        PACKED[:20] + b"\xff\xff\xff\xff" + PACKED[24:],
        PACKED[:-8] + b"\0\0\0\0" + PACKED[-4:],
        PACKED + b"more",
        EVENT,
        gzip.compress(b"\0" * 40_000_000, mtime=0),
    ],
    ids=["no end", "thirty bytes", "five bytes", "odd bytes", "wrong checksum", "more behind", "plain", "a bomb"],
)
def test_what_is_packed_wrongly_is_damaged(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "e.jsonl.gz").write_bytes(raw)

    with pytest.raises(EventsFileError, match=r"fetch or make it again|longer than"):
        list(read(tmp_path / "e.jsonl.gz")[1])


@pytest.mark.parametrize(
    "raw", [b"\xef\xbb\xbf" + EVENT, b"\xef\xbb\xbf\n" + EVENT, EVENT.replace(b"\n", b"\r\n"), EVENT[:-1]]
)
def test_what_editors_add_does_no_harm(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "e.jsonl").write_bytes(raw)

    assert len(list(read(tmp_path / "e.jsonl")[1])) == 1


@pytest.mark.parametrize(
    ("scenario", "what"),
    [
        ({"timezone": "Mars"}, 'timezone: "Mars" is unknown; write it as Asia/Shanghai'),
        ({"timezone": 5}, "timezone: expected `str`"),
        ({"timezone": "a\0"}, "is unknown"),
        ({"timezone": ""}, "is unknown"),
        ({"evaluate_from": "noon"}, "evaluate_from: write RFC 3339"),
        ({"evaluate_from": None}, "evaluate_from: expected `str`"),
        ({"evaluate_from": "2026-11-11T00:00:00"}, "with an offset"),
        ({"opening_hours": 5}, "opening_hours: expected `array`"),
        ({"opening_hours": [{"days": ["moon"], "opens": "x", "closes": "y"}]}, 'did you mean "mon"?'),
        ({"opening_hours": [{"days": ["mon"], "opens": "22:00", "closes": "06:00"}]}, "split a night"),
        ({"opening_hours": [{"days": 3}]}, "opening_hours[0].days: expected `array`"),
        ({"calendar": [{"name": "x", "begins": "noon", "ends": "y", "activity": [1, 2]}]}, "calendar[0].begins: write"),
        (
            {
                "calendar": [
                    {"name": "x", "begins": "2026-11-11T00:00:00Z", "ends": "2026-11-12T00:00:00Z", "activity": [5, 2]}
                ]
            },
            "calendar[0].activity: write [least, most]",
        ),
    ],
)
def test_a_scenario_that_cannot_be_meant_is_refused_by_its_key(scenario: dict[str, Any], what: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        check_scenario(Settings(), scenario, "e.jsonl")

    assert str(caught.value).startswith("e.jsonl:1: scenario.")
    assert what in str(caught.value)


@pytest.mark.parametrize("command", [["backtest", "e.jsonl", "--report", "r.json"], ["replay", "e.jsonl"]])
def test_every_command_that_reads_one_looks_at_the_scenario_first(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "e.jsonl").write_bytes(b'{"scenario":{"evaluate_from":"noon"}}\n' + EVENT)

    assert main(command) == 2
    assert "e.jsonl:1: scenario.evaluate_from: write RFC 3339" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text", ["0000-01-01T00:00:00Z", "2016-12-31T23:59:60Z", "9999-12-31T23:59:59-23:00", "2026-11-11t00:00:00z"]
)
def test_every_time_that_settings_allow_is_a_time_of_the_run(text: str) -> None:
    check_scenario(Settings(), {"evaluate_from": text}, "e.jsonl")

    assert isinstance(milliseconds(text), int)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"5",
        b"null",
        b"{}",
        b"[1]",
        b"[null]",
        b'[{"kind":"incident"}]',
        b"[" * 100_000,
        "[]".encode("utf-16"),
        b'[{"id":"a","kind":"trap","touchpoint":"order","scope":{},"start":"noon","end":"x","symptoms":[]}]',
        b'[{"id":"a","kind":"trap","touchpoint":"order","scope":{},"start":"2026-11-11T00:00:00","end":"x","symptoms":[]}]',
        b'[{"id":"a","kind":"trap","touchpoint":"order","scope":5,"start":"x","end":"x","symptoms":[]}]',
    ],
)
def test_a_truth_that_is_none_is_refused_with_the_remedy(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "truth.json").write_bytes(raw)

    with pytest.raises(TruthError, match="make it again with pharos simulate --truth"):
        read_truth(tmp_path / "truth.json")


def test_a_truth_with_a_mark_of_utf_8_is_read(tmp_path: Path) -> None:
    (tmp_path / "truth.json").write_bytes(b"\xef\xbb\xbf[]")

    assert read_truth(tmp_path / "truth.json") == []
