"""docs/add-a-metric.md: the type of event that it declares is documented, read and counted as the page says."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import orjson
import pytest

from streams.catalogue.load import SHIPPED, load
from streams.cli import main
from streams.events.fields import DECLARED_KINDS
from streams.events.schema import schema_of
from streams.settings.settings import Settings
from streams.topics.sources import sources_of

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = (Path(__file__).parents[2] / "docs" / "add-a-metric.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
START = datetime(2026, 11, 11, 1, tzinfo=UTC)


def block(kind: str, word: str) -> str:
    """The one block of a kind that holds a word."""
    (found,) = [text for name, text in BLOCKS if name == kind and word in text]
    return found


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("catalogue") / "my-catalogue.yaml"
    shipped = SHIPPED.read_text(encoding="utf-8")
    file.write_text(
        shipped + block("yaml", "name: short_picks") + block("yaml", "type: warehouse.picked"), encoding="utf-8"
    )
    return file


def day() -> Iterator[dict[str, Any]]:
    """Six hours of picks; in the last one every other of a zone is short."""
    yield {"scenario": {"evaluate_from": (START + timedelta(hours=4)).isoformat(), "timezone": "Asia/Shanghai"}}
    for number, second in enumerate(range(0, 6 * 3600, 4)):
        zone = ("cold", "dry", "large")[number % 3]
        short = number % 50 == 0 or (second >= 5 * 3600 and zone == "cold" and number % 4 < 2)
        event = orjson.loads(block("json", "warehouse.picked"))
        event |= {"id": f"pick-{number}", "time": (START + timedelta(seconds=second)).isoformat()}
        event["data"] |= {"pick_id": f"P{number}", "zone": zone, "short": short}
        yield {"topic": "warehouse", "event": event}


def test_the_event_on_the_page_fits_the_schema_of_its_declaration(catalogue: Path) -> None:
    vocabulary = load(str(catalogue)).vocabulary
    schema = schema_of(vocabulary.types["warehouse.picked"], vocabulary)

    event = orjson.loads(block("json", "warehouse.picked"))
    jsonschema.validate(event, schema, cls=jsonschema.Draft202012Validator)
    assert event["data"].keys() <= vocabulary.fields["warehouse.picked"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(event | {"data": {"zone": "cold"}}, schema, cls=jsonschema.Draft202012Validator)


def test_its_topic_is_read_and_it_stands_in_the_documents(catalogue: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "warehouse" in {source.name for source in sources_of(Settings(), load(str(catalogue)).vocabulary)}

    assert main(["check", "--asyncapi", "--catalogue", str(catalogue)]) == 0
    assert "warehouse.picked" in capsys.readouterr().out


def test_all_types_are_more_after_a_declaration_so_that_the_history_of_their_metric_begins_anew(
    catalogue: Path,
) -> None:
    before, after = (found.by_name["events_received"] for found in (load(), load(str(catalogue))))

    assert set(after.numerator[0].events) - set(before.numerator[0].events) == {"warehouse.picked"}
    assert after.key() != before.key()
    assert load(str(catalogue)).by_name["orders_paid"].key() == load().by_name["orders_paid"].key()


def test_the_kinds_on_the_page_are_those_that_can_be_declared() -> None:
    (row,) = re.findall(r"^\| `fields` \|.*$", PAGE, re.MULTILINE)

    assert set(re.findall(r"`(\w+)`", row.partition("(")[0])) - {"fields"} == set(DECLARED_KINDS)


def test_a_day_without_a_broker_finds_it_in_the_words_of_the_page(tmp_path: Path) -> None:
    events, report, alone = (tmp_path / name for name in ("day.jsonl", "report.json", "alone.yaml"))
    alone.write_text(  # without the shipped metrics it takes a second instead of ten
        "metrics:\n" + block("yaml", "name: short_picks") + block("yaml", "type: warehouse.picked"), encoding="utf-8"
    )
    events.write_bytes(b"\n".join(map(orjson.dumps, day())))

    assert main(["backtest", str(events), "--catalogue", str(alone), "--report", str(report)]) == 0

    found = orjson.loads(report.read_bytes())
    assert found["events_counted"] == 5_400
    assert [(anomaly["metric"], anomaly["scope"]) for anomaly in found["anomalies"]] == [
        ("short_picks", {"zone": "cold"})
    ]
    first, *later = [notification["title"] for notification in found["notifications"]]
    assert first == block("text", "Short pick rate").strip()
    assert all(title.startswith("[worse") for title in later)
