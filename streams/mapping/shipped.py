"""The mappings that come with Pharos, and a file with one mapping."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

from streams.settings.located_yaml import Document, read_document
from streams.settings.mapping import MappingRule, MappingSettings, SignatureSettings

SHIPPED: Final = Path(__file__).with_name("shipped")
NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,40}")
STRUCTS: Final = (MappingSettings, MappingRule, SignatureSettings)
"""Whose keys a mapping has, for suggestions."""


@cache
def shipped_names() -> tuple[str, ...]:
    """The names of the mappings that come with Pharos."""
    return tuple(sorted(file.stem for file in SHIPPED.glob("*.yaml")))


@cache
def shipped(name: str) -> MappingSettings:
    """A mapping that comes with Pharos. Raises KeyError for a name that none has."""
    if name not in shipped_names():
        raise KeyError(name)
    return read_mapping(SHIPPED / f"{name}.yaml")[1]


def read_mapping(file: Path) -> tuple[Document, MappingSettings]:
    """The mapping in a file, and its places for errors. Raises LocatedError."""
    document = read_document(file)
    if document.value is not None and not isinstance(document.value, dict):
        raise document.error((), "a mapping is `key: value` lines")
    return document, document.convert((), MappingSettings, STRUCTS)
