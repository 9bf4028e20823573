"""Folders of boards, and which role of Grafana sees each. Nobody edits boards by hand: they are made from code."""

from __future__ import annotations

from typing import Final, NamedTuple

ROOM: Final = "pharos"
TOUCHPOINTS: Final = "pharos-touchpoints"
OPERATIONS: Final = "pharos-operations"


class Folder(NamedTuple):
    """A folder with the roles that may look into it. Administrators may always."""

    uid: str
    title: str
    viewers: tuple[str, ...]


FOLDERS: Final = (
    Folder(ROOM, "Pharos", ("Viewer", "Editor")),
    Folder(TOUCHPOINTS, "Pharos: touchpoints", ("Viewer", "Editor")),
    Folder(OPERATIONS, "Pharos: operations", ("Editor",)),
)
