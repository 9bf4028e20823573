"""CSV of others, whatever stands in it, is taken or refused with the row and the remedy."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from streams.cli import main
from streams.offline.score import ScoreError, score_directory

if TYPE_CHECKING:
    from pathlib import Path

SERIES = "timestamp,value\n" + "".join(f"2026-11-11 00:{minute:02d}:00,{minute % 7}\n" for minute in range(5))
PACKED = gzip.compress(SERIES.encode() * 50, mtime=0)
FLIPPED = PACKED[:20] + b"\xff\xff\xff\xff" + PACKED[24:]
ORDERS = "order_id,purchased,approved,carrier_handover,delivered,estimated_delivery\n"
ORDER = "o1,2017-11-24 10:30,2017-11-24 10:31,,,2017-12-01\n"
CALLS = "call,arrival,type,vru_seconds,queue_seconds,outcome,service_start,service_end\n"
CALL = "1,1999-02-01 13:00:00,PS,10,20,AGENT,1999-02-01 13:00:30,1999-02-01 13:01:30\n"


@pytest.mark.parametrize(
    ("name", "raw", "what"),
    [
        ("a.csv", SERIES.encode("utf-16"), "a.csv is not UTF-8 text; save it as UTF-8"),
        ("a.csv", (SERIES + "\xe9,1\n").encode("latin-1"), "is not UTF-8 text"),
        ("a.csv", f'{SERIES}0,"{"x" * 200_000}"\n'.encode(), "is damaged (field larger"),
        ("a.csv.gz", PACKED[:30], "the packed data ends too early; fetch or make it again"),
        ("a.csv.gz", SERIES.encode(), "fetch or make it again"),
        ("a.csv.gz", FLIPPED, "fetch or make it again"),
        *(
            ("a.csv", f"timestamp,value\n0,1\n{time},1\n".encode(), "line 3: ")
            for time in ("nan", "inf", "1e308", "9" * 400, "0000-01-01", "", "noon", "2026-11-11T00:00:00+99:00")
        ),
        ("a.csv", b"timestamp,value\n0,x\n", "correct it or leave the row out"),
    ],
)
def test_a_series_that_cannot_be_read_is_named(tmp_path: Path, name: str, raw: bytes, what: str) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).write_bytes(raw)

    with pytest.raises(ScoreError) as caught:
        score_directory(tmp_path / "in", tmp_path / "out")

    assert what in str(caught.value)
    assert len(str(caught.value)) < 500


def test_a_mark_of_utf_8_does_no_harm_to_a_series(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_bytes(b"\xef\xbb\xbf" + SERIES.encode())

    assert score_directory(tmp_path / "in", tmp_path / "out")[0].points == 5


@pytest.mark.parametrize(
    ("kind", "name", "raw", "code", "what"),
    [
        ("olist", "orders.csv", b"\xef\xbb\xbf" + (ORDERS + ORDER).encode(), 0, "writing 2 events"),
        ("olist", "orders.csv", (ORDERS + ORDER).encode("utf-16"), 2, "orders.csv is not UTF-8 text; save it as UTF-8"),
        ("olist", "orders.csv", (ORDERS + "o1,,2017-11-24 10:31,,,\n").encode(), 2, "no order has a time"),
        (
            "olist",
            "orders.csv",
            (ORDERS + ORDER.replace("2017-12-01", "9999-12-31")).encode(),
            2,
            "row 2, column estim",
        ),
        ("olist", "orders.csv", (ORDERS + ORDER.replace("2017-12-01", "2017-12-01T00:00+01:00")).encode(), 2, "row 2"),
        ("olist", "orders.csv.gz", FLIPPED, 2, "fetch or make it again"),
        ("olist", "orders.csv.gz", b"", 2, "lacks the columns"),
        ("calls", "calls_1.csv", b"\xef\xbb\xbf" + (CALLS + CALL).encode(), 0, "writing 4 events"),
        *(
            ("calls", "calls_1.csv", (CALLS + CALL.replace(",10,", f",{wait},")).encode(), 2, "column vru_seconds")
            for wait in ("nan", "inf", "1e308", "1e13", "99999999")
        ),
        *(
            ("calls", "calls_1.csv", (CALLS + CALL.replace(",20,", f",{wait},")).encode(), 2, "column queue_seconds")
            for wait in ("nan", "-inf")
        ),
        (
            "calls",
            "calls_1.csv",
            (CALLS + CALL + CALL.replace("1999-02-01 13:00:00", "9999-12-31 23:59:59")).encode(),
            2,
            "row 3, column arrival",
        ),
        (
            "calls",
            "calls_1.csv",
            (CALLS + CALL + CALL.replace("1999-02-01 13:00:00", "1971-01-01 00:00:00")).encode(),
            2,
            "those of a year at most; correct the times",
        ),
    ],
)
def test_data_of_others_is_taken_or_refused_with_the_row(
    kind: str, name: str, raw: bytes, code: int, what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).write_bytes(raw)

    assert main(["import", kind, str(tmp_path / "in"), "--out", str(tmp_path / "o.jsonl")]) == code
    assert what in capsys.readouterr().err
