"""Which topics are read, and what is to be known of each."""

from __future__ import annotations

from streams.events.declaration import EventDeclaration
from streams.events.fields import Kind
from streams.events.vocabulary import Vocabulary
from streams.settings.mapping import MappingSettings
from streams.settings.settings import SOURCE_TOPICS, Settings
from streams.topics.sources import SourceTopic, sources_of
from streams.topics.wanted import Right, embedded_topics, wanted_topics

MAPPED = Settings(
    mappings={
        "shopify": MappingSettings(topics=("shop.webhooks", "shop.old")),
        "debezium": MappingSettings(topics=("cdc.orders",), intake=False),
    }
)
DECLARED = Vocabulary.of([EventDeclaration("warehouse.picked", "warehouse", {"pick_id": Kind.ID})])


def test_without_mappings_and_declared_types_they_are_the_six() -> None:
    assert sources_of(Settings()) == tuple(SourceTopic(name) for name in SOURCE_TOPICS)


def test_declared_topics_follow_ours_then_mapped_ones_and_what_the_intake_fills() -> None:
    more = sources_of(MAPPED, DECLARED)[len(SOURCE_TOPICS) :]

    assert more == (
        SourceTopic("warehouse"),
        SourceTopic("shop.webhooks", "shopify"),
        SourceTopic("shop.old", "shopify"),
        SourceTopic("pharos-raw-shopify", "shopify", raw=True),
        SourceTopic("cdc.orders", "debezium"),
    )


def test_raw_topics_are_ours_to_make_and_take_a_body_of_a_mebibyte_with_its_headers() -> None:
    topics = {topic.name: topic for topic in wanted_topics(MAPPED, DECLARED)}
    raw = topics["pharos-raw-shopify"]

    assert raw.made
    assert not any(topics[name].made for name in (*SOURCE_TOPICS, "warehouse", "shop.webhooks"))
    assert raw.rights == (Right.READ, Right.WRITE)
    assert int(raw.config["max.message.bytes"]) > 1 << 20


def test_the_embedded_broker_knows_all_of_them_from_the_start() -> None:
    made = embedded_topics(MAPPED, 3, DECLARED)

    assert {source.name: 3 for source in sources_of(MAPPED, DECLARED)}.items() <= made.items()
