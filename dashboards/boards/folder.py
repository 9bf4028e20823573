"""Folders of boards, and which role of Grafana sees each. Nobody edits boards by hand: they are made from code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from dashboards.boards.installation import Installation

ROOM: Final = "room"
TOUCHPOINTS: Final = "touchpoints"
OPERATIONS: Final = "operations"


class Folder(NamedTuple):
    """A folder with the roles that may look into it. Administrators may always.

    Attributes:
        name: as boards say where they belong.

    """

    name: str
    uid: str
    title: str
    viewers: tuple[str, ...]


def folders(of: Installation) -> tuple[Folder, ...]:
    """All folders of an installation."""
    return (
        Folder(ROOM, of.tag, of.title, ("Viewer", "Editor")),
        Folder(TOUCHPOINTS, of.uid(TOUCHPOINTS), of.titled(TOUCHPOINTS), ("Viewer", "Editor")),
        Folder(OPERATIONS, of.uid(OPERATIONS), of.titled(OPERATIONS), ("Editor",)),
    )


def folder_uids(of: Installation) -> dict[str, str]:
    """The uid of each folder, by the name by which boards say where they belong."""
    return {folder.name: folder.uid for folder in folders(of)}
