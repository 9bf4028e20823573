"""The settings on docs/connect.md and in the README are taken as they stand, and their mappings do what is said."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from streams.configuration.load import configure
from streams.events.vocabulary import SHIPPED
from streams.mapping.book import Mappings
from streams.settings.settings import SOURCE_TOPICS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "connect.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
SETTINGS = re.findall(r"^```yaml\n(.*?)^```", PAGE + README, re.MULTILINE | re.DOTALL)
FIRST_EVENTS = "| first events | topic | fields, at least | gives |"


@pytest.mark.parametrize("text", SETTINGS, ids=lambda text: text.split("\n")[1].split("#")[0].strip())
def test_the_settings_are_taken(text: str, tmp_path: Path) -> None:
    file = tmp_path / "pharos.yaml"
    file.write_text(text, encoding="utf-8")

    assert configure(file).broker


def test_the_mapping_of_a_topic_of_ones_own_gives_the_payment_and_passes_over_the_rest(tmp_path: Path) -> None:
    (text,) = [text for text in SETTINGS if "my-shop:" in text]
    file = tmp_path / "pharos.yaml"
    file.write_text(text, encoding="utf-8")
    mapper = Mappings.of(configure(file).mappings, SHIPPED).by_topic.get("shop.orders")
    assert mapper is not None

    order = {"id": 7, "status": "paid", "paid_at": "2026-11-11 09:30:00", "total": "12.50", "address": {"state": "NY"}}
    (event,) = mapper.events(msgspec.json.encode(order))

    assert (event.id, event.time, event.subject) == ("paid-7", "2026-11-11T09:30:00-05:00", "7")
    assert list(mapper.events(b'{"id": 8, "status": "open"}')) == []


def test_the_mapping_of_the_readme_gives_the_parcel_that_arrived(tmp_path: Path) -> None:
    file = tmp_path / "pharos.yaml"
    file.write_text(SETTINGS[-1], encoding="utf-8")
    mapper = Mappings.of(configure(file).mappings, SHIPPED).by_topic.get("wms.parcels")
    assert mapper is not None

    parcel = {"id": 7, "status": "delivered", "delivered_at": "2026-11-11T09:30:00Z", "carrier": "DHL"}
    (event,) = mapper.events(msgspec.json.encode(parcel))

    assert (event.id, event.data.parcel_id, event.data.carrier) == ("delivered-7", "7", "dhl")


def test_every_shipped_mapping_has_its_page_among_what_one_may_have() -> None:
    pages = {page.name for page in (ROOT / "docs" / "sources").glob("*.md")}
    named = set(re.findall(r"\]\(sources/([\w-]+\.md)\)", PAGE))

    assert pages - named <= {"README.md", "alertmanager.md"}


def test_the_first_events_are_of_their_topics_and_have_these_fields() -> None:
    below = PAGE.partition(f"{FIRST_EVENTS}\n")[2].splitlines()[1:]
    rows = [line.strip("|").split("|") for line in below[: below.index("")]]
    assert len(rows) == 5

    for types, topic, fields, _ in rows:
        names = re.findall(r"`([a-z_.]+)`", types)
        word = names[0].partition(".")[0]
        kinds = [word + name if name.startswith(".") else name for name in names if "." in name]
        assert topic.strip() in SOURCE_TOPICS
        assert {SHIPPED.topic_of[kind] for kind in kinds} == {topic.strip()}
        for kind in kinds:
            assert set(re.findall(r"[a-z_]+", fields)) <= SHIPPED.fields[kind]
