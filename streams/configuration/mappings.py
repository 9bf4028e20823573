"""The mappings that settings hold, and those of the folder that they name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from streams.intake.rules import check_signature
from streams.mapping.checks import check_mapping
from streams.mapping.merged import merged
from streams.mapping.shipped import read_mapping, shipped, shipped_names
from streams.settings.fault import Fault
from streams.settings.secrets import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.events.vocabulary import Vocabulary
    from streams.settings.located_yaml import Document
    from streams.settings.mapping import MappingSettings
    from streams.settings.settings import Settings

_TOPIC: Final = re.compile(r"[a-zA-Z0-9._-]{1,249}")
_OURS: Final = "pharos-"


def folder_mappings(settings: Settings) -> dict[str, tuple[Document, MappingSettings]]:
    """The mappings of the folder by name, each with its file.

    Raises LocatedError for a file that is wrong, ConfigurationError for the folder and for a name that is given twice.
    """
    if not settings.mappings_folder:
        return {}
    folder = Path(settings.mappings_folder)
    if not folder.is_dir():
        raise ConfigurationError(f"mappings_folder: there is no folder {folder}; create it, or correct the setting")
    files = {file.stem: file for file in sorted(folder.glob("*.yaml"))}
    for name in files.keys() & settings.mappings.keys():
        raise ConfigurationError(f"{files[name]}: the settings have a mapping {name} as well; remove one of them")
    return {name: read_mapping(file) for name, file in files.items()}


def check_mappings(settings: Settings, vocabulary: Vocabulary) -> Iterator[Fault]:
    """All faults of the mappings, of each by itself and of all together."""
    owners: dict[str, str] = {}
    for name, mapping in settings.mappings.items():
        faults = list(check_mapping(name, mapping, vocabulary))
        for fault in faults:
            yield Fault(("mappings", name, *fault.path), fault.what)
        if mapping.signature is not None and not faults:
            signature = merged(name, mapping, shipped_names(), shipped).settings.signature or mapping.signature
            for field, what in check_signature(signature):
                yield Fault(("mappings", name, "signature", field), what)
        for place, topic in enumerate(mapping.topics):
            if what := _fault_of_topic(topic, owners, vocabulary):
                yield Fault(("mappings", name, "topics", place), what)
            owners.setdefault(topic, name)


def _fault_of_topic(topic: str, owners: dict[str, str], vocabulary: Vocabulary) -> str:
    if not _TOPIC.fullmatch(topic):
        return f'"{topic}" is not the name of a topic: letters, digits, dots, _ and - only'
    if topic.startswith(_OURS):
        return f"{topic} is a topic of Pharos; name the topic that the other system fills"
    if topic in vocabulary.topics:
        return f"{topic} brings events of ours, which need no mapping; name another topic"
    if topic in owners:
        return f"{topic} has the mapping {owners[topic]} already; name it once"
    return ""
