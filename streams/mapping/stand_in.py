"""The types of event as `streams.events.registry` has them, until the vocabulary is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.events import registry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streams.events.fields import Event


class _Registry:
    types: Mapping[str, type[Event]] = registry.TYPES
    topic_of: Mapping[str, str] = registry.TOPIC_OF_TYPE
    kinds: Mapping[str, Mapping[str, str]] = {
        name: {field: "time" if field in registry.TIME_FIELDS[name] else "text" for field in fields}
        for name, fields in registry.FIELDS.items()
    }


REGISTRY = _Registry()
