"""Orders of Olist as events."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
import pytest

from streams.events.vocabulary import SHIPPED
from streams.imports.olist import import_olist
from streams.imports.table import ImportProblem

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "order_id,order_status,purchased,approved,carrier_handover,delivered,estimated_delivery,customer_state\n"


def test_an_order_becomes_its_events_at_local_times(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(
        HEADER + "a,delivered,2017-01-04 11:03,2017-01-05 10:34,2017-01-06 07:46,2017-01-09 11:21,2017-01-20 00:00,SP\n"
    )

    imported = import_olist(tmp_path)

    assert [(time.isoformat(), event["type"]) for time, _, event in imported.events] == [
        ("2017-01-04T11:03:00-02:00", "order.created"),
        ("2017-01-05T10:34:00-02:00", "order.paid"),
        ("2017-01-06T07:46:00-02:00", "parcel.collected"),
        ("2017-01-09T11:21:00-02:00", "parcel.delivered"),
    ]
    collected = imported.events[2][2]["data"]
    assert collected["paid_at"] == "2017-01-05T10:34:00-02:00"
    assert collected["promised_at"] == "2017-01-21T00:00:00-02:00"
    assert collected["region"] == "SP"
    for _, _, event in imported.events:
        msgspec.convert(event, SHIPPED.types[event["type"]])


def test_what_has_no_time_did_not_happen(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(HEADER + "a,canceled,2017-01-04 11:03,,,,2017-01-20 00:00,\n")

    assert [event["type"] for _, _, event in import_olist(tmp_path).events] == ["order.created"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("order_id,purchased\n", "lacks the columns approved, carrier_handover, delivered, estimated_delivery"),
        (HEADER + "a,x,yesterday,,,,,\n", "row 2, column purchased: 'yesterday' is not a time"),
        (HEADER + "a,x\n", "row 2 is cut short"),
    ],
)
def test_a_wrong_file_is_named_with_what_is_wrong(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "orders.csv").write_text(content)

    with pytest.raises(ImportProblem, match=said):
        import_olist(tmp_path)


def test_a_folder_without_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportProblem, match="expected one file orders"):
        import_olist(tmp_path / "nowhere")


@pytest.mark.data
def test_the_sample_is_read_whole_and_in_order(evaluation_data: Path, tmp_path: Path) -> None:
    imported = import_olist(evaluation_data / "olist")

    assert imported.write(tmp_path / "events.jsonl") == 17_720
    black_friday = [
        t for t, _, e in imported.events if e["type"] == "order.created" and t.date().isoformat() == "2017-11-24"
    ]
    assert len(black_friday) == 128
    lines = (tmp_path / "events.jsonl").read_bytes().splitlines()[1:]
    times = [datetime.fromisoformat(msgspec.json.decode(line)["event"]["time"]) for line in lines]
    assert times == sorted(times)
