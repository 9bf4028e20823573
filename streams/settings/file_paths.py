"""Paths as people write them: `~` is the home folder, in settings as in a shell."""

from __future__ import annotations

import os
from typing import TypeVar

import msgspec

T = TypeVar("T")

_FOLDERS = ("state_dir", "catalogue", "mappings_folder")
_LISTS = ("scorecards",)


def at_home(path: str) -> str:
    """The path with `~` or `~name` written out; as it is where there is no such home.

    >>> at_home("/srv/~")
    '/srv/~'
    """
    return os.path.expanduser(path)  # noqa: PTH111 - Path.expanduser raises for a home that is unknown


def with_homes(struct: T) -> T:
    """The same settings with `~` written out in whatever names a file or a folder, however deep it lies."""
    if isinstance(struct, tuple):
        changed = tuple(with_homes(part) for part in struct)
        return struct if changed == struct else changed  # type: ignore[return-value]
    if isinstance(struct, dict):
        changed_parts = {name: with_homes(part) for name, part in struct.items()}
        return struct if changed_parts == struct else changed_parts  # type: ignore[return-value]
    if not isinstance(struct, msgspec.Struct):
        return struct
    changes = {}
    for field in struct.__struct_fields__:
        value = getattr(struct, field)
        named = isinstance(value, str) and (field.endswith("_file") or field in _FOLDERS)
        listed = field in _LISTS and isinstance(value, tuple)
        changed_value = at_home(value) if named else tuple(map(at_home, value)) if listed else with_homes(value)
        if changed_value is not value and changed_value != value:
            changes[field] = changed_value
    return msgspec.structs.replace(struct, **changes) if changes else struct
