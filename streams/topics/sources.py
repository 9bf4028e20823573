"""The topics that Pharos reads events from: our six, those of declared events, and mapped ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from streams.events.vocabulary import SHIPPED, Vocabulary
from streams.settings.settings import SOURCE_TOPICS
from streams.topics.names import RAW_PREFIX

if TYPE_CHECKING:
    from streams.settings.mapping import MappingSettings
    from streams.settings.settings import Settings


class SourceTopic(NamedTuple):
    """One topic.

    Attributes:
        mapping: the name of the mapping that makes events of its records; empty where they are events of ours.
        raw: whether the intake fills it, so that it is ours to make.

    """

    name: str
    mapping: str = ""
    raw: bool = False


def sources_of(settings: Settings, vocabulary: Vocabulary = SHIPPED) -> tuple[SourceTopic, ...]:
    """All of them, each once."""
    own = [SourceTopic(name) for name in dict.fromkeys((*SOURCE_TOPICS, *vocabulary.topics))]
    mapped = [source for name, mapping in settings.mappings.items() for source in mapped_sources(name, mapping)]
    return tuple({source.name: source for source in (*own, *mapped)}.values())


def mapped_sources(name: str, mapping: MappingSettings) -> tuple[SourceTopic, ...]:
    """The topics whose records a mapping is for; the one that the intake fills is the last."""
    raw = (SourceTopic(raw_topic(name), name, raw=True),) if mapping.intake else ()
    return (*(SourceTopic(topic, name) for topic in mapping.topics), *raw)


def raw_topic(mapping: str) -> str:
    """Where the intake puts the bodies for a mapping.

    >>> raw_topic("shopify")
    'pharos-raw-shopify'
    """
    return RAW_PREFIX + mapping
