"""The mappings that settings name: those that they hold, and those of the folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from streams.mapping.shipped import read_mapping
from streams.settings.secrets import ConfigurationError

if TYPE_CHECKING:
    from streams.settings.mapping import MappingSettings
    from streams.settings.settings import Settings


def all_mappings(settings: Settings) -> dict[str, MappingSettings]:
    """By name. Raises LocatedError for a file of the folder, ConfigurationError for the folder and for a name twice."""
    found = dict(settings.mappings)
    for file in mapping_files(settings):
        if file.stem in found:
            raise ConfigurationError(f"{file}: the settings have a mapping {file.stem}, too; remove one of them")
        found[file.stem] = read_mapping(file)[1]
    return found


def mapping_files(settings: Settings) -> list[Path]:
    """The files of the folder, by name. Raises ConfigurationError where there is no such folder."""
    if not settings.mappings_folder:
        return []
    folder = Path(settings.mappings_folder)
    if not folder.is_dir():
        raise ConfigurationError(f"mappings_folder: there is no folder {folder}; create it, or correct the setting")
    return sorted(folder.glob("*.yaml"))
