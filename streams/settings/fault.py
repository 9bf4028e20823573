"""A mistake in settings or in the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from streams.settings.located_yaml import Path


class Fault(NamedTuple):
    """A mistake: which setting, and what to do about it."""

    path: Path
    what: str
