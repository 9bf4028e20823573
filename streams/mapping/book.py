"""All mappings of an installation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from streams.events.customer import NOBODY
from streams.events.dead_letter import RejectedError
from streams.mapping.mapper import RecordMapper, compile_mapping
from streams.mapping.merged import merged
from streams.mapping.shipped import shipped, shipped_names
from streams.topics.sources import mapped_sources

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streams.events.customer import CustomerKey
    from streams.events.vocabulary import Vocabulary
    from streams.settings.mapping import MappingSettings


@dataclass(frozen=True)
class MappingEntry:
    """One mapping.

    Attributes:
        settings: with the rules of the shipped mapping that it extends.
        topics: whose records it is for; the one that its webhook fills is the last.

    """

    name: str
    settings: MappingSettings
    topics: tuple[str, ...]
    mapper: RecordMapper


@dataclass(frozen=True)
class Mappings:
    """All mappings that are set, by name."""

    by_name: Mapping[str, MappingEntry]

    @classmethod
    def of(
        cls,
        mappings: Mapping[str, MappingSettings],
        vocabulary: Vocabulary,
        customers: CustomerKey = NOBODY,
        timezone: str = "",
    ) -> Mappings:
        """Mappings in which `check_mapping` has found no fault. `timezone`: of those that name none, the shop's."""
        return cls(
            {name: _entry(name, settings, vocabulary, customers, timezone) for name, settings in mappings.items()}
        )

    def subject_of(self, name: str, body: bytes) -> str:
        """What the first event is about that a mapping makes of a record; "" where it makes none.

        Raises KeyError for a name that is none of a mapping.
        """
        try:
            events = self.by_name[name].mapper.events(body)
        except RejectedError:
            return ""
        return (events[0].subject or "") if events else ""

    @property
    def settings(self) -> dict[str, MappingSettings]:
        """By name, with the rules of what they extend."""
        return {name: entry.settings for name, entry in self.by_name.items()}

    @property
    def by_topic(self) -> dict[str, RecordMapper]:
        """The mapper of each topic that is mapped."""
        return {topic: entry.mapper for entry in self.by_name.values() for topic in entry.topics}


def _entry(
    name: str, settings: MappingSettings, vocabulary: Vocabulary, customers: CustomerKey, timezone: str
) -> MappingEntry:
    whole = merged(name, settings, shipped_names(), shipped)
    zoned = msgspec.structs.replace(whole.settings, timezone=whole.settings.timezone or timezone)
    mapper = compile_mapping(name, zoned, vocabulary, customers, own=whole.own, extends=whole.extends)
    topics = tuple(source.name for source in mapped_sources(name, settings))
    return MappingEntry(name, whole.settings, topics, mapper)
