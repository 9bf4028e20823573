"""Folders, and which role sees each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dashboards.grafana.resource import MISSING
from dashboards.grafana.server import asked, found

if TYPE_CHECKING:
    from grafana_client import GrafanaApi

    from dashboards.boards.folder import Folder

VIEW = 1
"""The permission to look, in Grafana's numbers; 2 is to edit, 4 to administer."""


class FolderResource:
    """The folder itself."""

    def __init__(self, api: GrafanaApi, folder: Folder) -> None:
        self._api = api
        self._folder = folder

    @property
    def name(self) -> str:
        return f"folder {self._folder.uid}"

    def differences(self) -> list[str]:
        there = self._there()
        if there is None:
            return [MISSING]
        title = there.get("title")
        return [] if title == self._folder.title else [f"title is {title!r} instead of {self._folder.title!r}"]

    def put(self) -> None:
        if self._there() is None:
            asked(f"make the {self.name}", self._api.folder.create_folder, self._folder.title, uid=self._folder.uid)
        else:
            asked(
                f"rename the {self.name}",
                self._api.folder.update_folder,
                self._folder.uid,
                title=self._folder.title,
                overwrite=True,
            )

    def _there(self) -> dict[str, Any] | None:
        folder: dict[str, Any] | None = found(f"read the {self.name}", self._api.folder.get_folder, self._folder.uid)
        return folder


class Permissions:
    """Which roles see a folder. What was granted to teams and users beside is kept."""

    def __init__(self, api: GrafanaApi, folder: Folder) -> None:
        self._api = api
        self._folder = folder

    @property
    def name(self) -> str:
        return f"permissions of {self._folder.uid}"

    def differences(self) -> list[str]:
        there = {item["role"]: item["permission"] for item in self._items() if item.get("role")}
        wanted = self._wanted()
        # Administrators always see everything; Grafana lists that or does not.
        roles = [role for role in ("Viewer", "Editor") if there.get(role) != wanted.get(role)]
        return [f"{role} has permission {there.get(role, 0)} instead of {wanted.get(role, 0)}" for role in roles]

    def put(self) -> None:
        kept = [
            {key: item[key]} | {"permission": item["permission"]}
            for item in self._items()
            for key in ("teamId", "userId")
            if item.get(key)
        ]
        roles = [{"role": role, "permission": permission} for role, permission in self._wanted().items()]
        asked(f"set the {self.name}", self._api.folder.update_folder_permissions, self._folder.uid, roles + kept)

    def _wanted(self) -> dict[str, int]:
        return dict.fromkeys(self._folder.viewers, VIEW)

    def _items(self) -> list[dict[str, Any]]:
        items = found(f"read the {self.name}", self._api.folder.get_folder_permissions, self._folder.uid) or []
        return [item for item in items if not item.get("inherited")]
