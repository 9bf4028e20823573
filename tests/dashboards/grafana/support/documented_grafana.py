"""A small server that answers as the documentation of Grafana's HTTP API says, for the calls that Pharos makes."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

TOKEN = "glsa_test_3f2a"
USER, PASSWORD = "admin", "s3cret-of-admin"


class DocumentedGrafana:
    """State by kind, and every request that changed it."""

    def __init__(self) -> None:
        self.folders: dict[str, dict[str, Any]] = {}
        self.permissions: dict[str, list[dict[str, Any]]] = {}
        self.sources: dict[str, dict[str, Any]] = {}
        self.boards: dict[str, dict[str, Any]] = {}
        self.annotations: dict[int, dict[str, Any]] = {}
        self.accounts: list[dict[str, Any]] = []
        self.tokens: list[dict[str, Any]] = []
        self.writes: list[str] = []
        self.fails: int | None = None
        self.broken_body = False
        self._ids = itertools.count(1)

    def app(self) -> web.Application:
        app = web.Application(middlewares=[self._guard], client_max_size=2**22)
        app.add_routes(
            [
                web.get("/api/folders/{uid}", self._folder),
                web.post("/api/folders", self._make_folder),
                web.put("/api/folders/{uid}", self._rename_folder),
                web.get("/api/folders/{uid}/permissions", self._permissions),
                web.post("/api/folders/{uid}/permissions", self._set_permissions),
                web.get("/api/datasources/uid/{uid}", self._source),
                web.post("/api/datasources", self._make_source),
                web.put("/api/datasources/uid/{uid}", self._change_source),
                web.get("/api/dashboards/uid/{uid}", self._board),
                web.post("/api/dashboards/db", self._write_board),
                web.delete("/api/dashboards/uid/{uid}", self._remove_board),
                web.get("/api/search", self._search),
                web.get("/api/annotations", self._annotations),
                web.post("/api/annotations", self._annotate),
                web.delete("/api/annotations/{id}", self._remove_annotation),
                web.get("/api/serviceaccounts/search", self._search_accounts),
                web.post("/api/serviceaccounts/", self._make_account),
                web.post("/api/serviceaccounts/{id}/tokens", self._make_token),
            ]
        )
        return app

    @web.middleware
    async def _guard(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        import base64

        basic = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if request.headers.get("Authorization") not in (f"Bearer {TOKEN}", f"Basic {basic}"):
            return web.json_response({"message": "Invalid API key"}, status=401)
        if self.broken_body:
            return web.Response(text="<html>a proxy", content_type="text/html", status=502)
        if request.method != "GET":
            if self.fails is not None:
                return web.json_response({"message": "no"}, status=self.fails)
            self.writes.append(f"{request.method} {request.path}")
        return await handler(request)

    async def _folder(self, request: web.Request) -> web.Response:
        return found(self.folders.get(request.match_info["uid"]), "folder not found")

    async def _make_folder(self, request: web.Request) -> web.Response:
        folder = await request.json()
        self.folders[folder["uid"]] = folder | {"id": next(self._ids), "version": 1}
        # Grafana lets viewers look into a new folder and editors change it.
        self.permissions[folder["uid"]] = [{"role": "Viewer", "permission": 1}, {"role": "Editor", "permission": 2}]
        return web.json_response(self.folders[folder["uid"]])

    async def _rename_folder(self, request: web.Request) -> web.Response:
        folder = self.folders[request.match_info["uid"]]
        folder |= {"title": (await request.json())["title"], "version": folder["version"] + 1}
        return web.json_response(folder)

    async def _permissions(self, request: web.Request) -> web.Response:
        return found(self.permissions.get(request.match_info["uid"]), "folder not found")

    async def _set_permissions(self, request: web.Request) -> web.Response:
        self.permissions[request.match_info["uid"]] = (await request.json())["items"]
        return web.json_response({"message": "Folder permissions updated"})

    async def _source(self, request: web.Request) -> web.Response:
        return found(self.sources.get(request.match_info["uid"]), "Data source not found")

    async def _make_source(self, request: web.Request) -> web.Response:
        source = await request.json()
        self.sources[source["uid"]] = source | {"id": next(self._ids), "orgId": 1, "readOnly": False}
        return web.json_response({"datasource": self.sources[source["uid"]], "message": "Datasource added"})

    async def _change_source(self, request: web.Request) -> web.Response:
        self.sources[request.match_info["uid"]] |= await request.json()
        return web.json_response({"message": "Datasource updated"})

    async def _board(self, request: web.Request) -> web.Response:
        return found(self.boards.get(request.match_info["uid"]), "Dashboard not found")

    async def _write_board(self, request: web.Request) -> web.Response:
        body = await request.json()
        uid = body["dashboard"]["uid"]
        if uid in self.boards and not body.get("overwrite"):
            return web.json_response({"message": "somebody else", "status": "version-mismatch"}, status=412)
        version = self.boards[uid]["dashboard"]["version"] + 1 if uid in self.boards else 1
        board = body["dashboard"] | {"id": next(self._ids), "version": version}
        self.boards[uid] = {"dashboard": board, "meta": {"folderUid": body["folderUid"], "provisioned": False}}
        return web.json_response({"uid": uid, "status": "success", "version": version})

    async def _remove_board(self, request: web.Request) -> web.Response:
        del self.boards[request.match_info["uid"]]
        return web.json_response({"message": "Dashboard deleted"})

    async def _search(self, request: web.Request) -> web.Response:
        tags = request.query.getall("tag")
        found_boards = [
            {"uid": uid, "type": "dash-db"}
            for uid, board in self.boards.items()
            if set(tags) <= set(board["dashboard"].get("tags", ()))
        ]
        return web.json_response(found_boards)

    async def _annotations(self, request: web.Request) -> web.Response:
        tags = set(request.query.getall("tags"))
        return web.json_response([mark for mark in self.annotations.values() if tags <= set(mark["tags"])])

    async def _annotate(self, request: web.Request) -> web.Response:
        mark = await request.json()
        number = next(self._ids)
        self.annotations[number] = mark | {"id": number}
        return web.json_response({"message": "Annotation added", "id": number})

    async def _remove_annotation(self, request: web.Request) -> web.Response:
        del self.annotations[int(request.match_info["id"])]
        return web.json_response({"message": "Annotation deleted"})

    async def _search_accounts(self, request: web.Request) -> web.Response:
        query = request.query.get("query", "")
        page = int(request.query.get("page", "1"))
        some = [account for account in self.accounts if query in account["name"]] if page == 1 else []
        return web.json_response({"totalCount": len(some), "serviceAccounts": some, "page": page, "perPage": 1000})

    async def _make_account(self, request: web.Request) -> web.Response:
        account = await request.json() | {"id": next(self._ids)}
        self.accounts.append(account)
        return web.json_response(account, status=201)

    async def _make_token(self, request: web.Request) -> web.Response:
        token = await request.json() | {"account": int(request.match_info["id"])}
        if any(token["name"] == other["name"] for other in self.tokens):
            return web.json_response({"message": "name is taken"}, status=409)
        self.tokens.append(token)
        return web.json_response({"id": next(self._ids), "name": token["name"], "key": f"glsa_new_{len(self.tokens)}"})


def found(thing: Any, message: str) -> web.Response:
    return web.json_response({"message": message}, status=404) if thing is None else web.json_response(thing)
