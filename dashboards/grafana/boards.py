"""Boards, and those that were made once and are no longer wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dashboards.boards.installation import GENERATED
from dashboards.grafana.resource import MISSING, compared
from dashboards.grafana.server import GrafanaError, asked, found

if TYPE_CHECKING:
    from collections.abc import Collection

    from grafana_client import GrafanaApi

    from dashboards.boards.installation import Installation

MESSAGE = "pharos boards publish"
_GRAFANAS_OWN = ("id", "version", "iteration")
_MOST_BOARDS = 500


class BoardResource:
    """One board in its folder."""

    def __init__(self, api: GrafanaApi, folder_uid: str, board: dict[str, Any]) -> None:
        self._api = api
        self._folder_uid = folder_uid
        self._board = board

    @property
    def name(self) -> str:
        return f"board {self._board['uid']}"

    def differences(self) -> list[str]:
        there = self._there()
        if there is None:
            return [MISSING]
        folder = there.get("meta", {}).get("folderUid", "")
        moved = [] if folder == self._folder_uid else [f"is in folder {folder!r} instead of {self._folder_uid!r}"]
        board = {key: value for key, value in there["dashboard"].items() if key not in _GRAFANAS_OWN}
        return moved + compared(self._board, board)

    def put(self) -> None:
        there = self._there()
        if there is not None and there.get("meta", {}).get("provisioned"):
            raise GrafanaError(
                f"the {self.name} comes from files on the machine of Grafana, which win over this: publish or "
                "provision, not both"
            )
        body = {
            "dashboard": self._board | {"id": None},
            "folderUid": self._folder_uid,
            "message": MESSAGE,
            "overwrite": True,
        }
        asked(f"write the {self.name}", self._api.dashboard.update_dashboard, body)

    def _there(self) -> dict[str, Any] | None:
        board: dict[str, Any] | None = found(
            f"read the {self.name}", self._api.dashboard.get_dashboard, self._board["uid"]
        )
        return board


class Leftovers:
    """Boards with the tags of the installation that nothing wants: of a touchpoint that the catalogue no longer has."""

    def __init__(self, api: GrafanaApi, installation: Installation, wanted: Collection[str]) -> None:
        self._api = api
        self._tag = installation.tag
        self._wanted = wanted

    @property
    def name(self) -> str:
        return "boards of before"

    def differences(self) -> list[str]:
        return [f"{uid} exists and should not" for uid in self._uids()]

    def put(self) -> None:
        for uid in self._uids():
            asked(f"remove the board {uid}", self._api.dashboard.delete_dashboard, uid)

    def _uids(self) -> list[str]:
        boards = asked(
            "look for boards",
            self._api.search.search_dashboards,
            tag=[self._tag, GENERATED],
            type_="dash-db",
            limit=_MOST_BOARDS,
        )
        uids = [board["uid"] for board in boards]
        return sorted(uid for uid in uids if uid.startswith(f"{self._tag}-") and uid not in self._wanted)
