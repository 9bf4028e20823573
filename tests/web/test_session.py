"""What a page asks before it offers anything: who reads it, and what they may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientSession

from streams.web.security import Role, Security, Token

if TYPE_CHECKING:
    from streams.web.board import Board

VIEWER = Token(Role.VIEWER, "viewer-secret-of-tests")
RESPONDER = Token(Role.RESPONDER, "responder-secret-of-tests", "李娜")
SESSION = "/api/v1/session"


async def told(address: Any, token: Token | None = None, *, cookie: bool = False) -> tuple[int, Any]:
    headers = {}
    if token is not None:
        headers = (
            {"Cookie": f"pharos_session={token.session()}"} if cookie else {"Authorization": f"Bearer {token.secret}"}
        )
    async with ClientSession() as client, client.get(address, headers=headers) as answer:
        return answer.status, await answer.json()


async def test_without_tokens_everybody_may_do_everything_and_has_no_name(quiet_board: Board, serve: Any) -> None:
    server = await serve(quiet_board)

    assert await told(server.make_url(SESSION)) == (200, {"role": "admin", "name": ""})


@pytest.mark.parametrize("cookie", [False, True])
async def test_a_token_tells_its_role_and_whose_it_is(quiet_board: Board, serve: Any, cookie: bool) -> None:
    server = await serve(quiet_board, Security(tokens=(VIEWER, RESPONDER)))
    address = server.make_url(SESSION)

    assert await told(address, VIEWER, cookie=cookie) == (200, {"role": "viewer", "name": ""})
    assert await told(address, RESPONDER, cookie=cookie) == (200, {"role": "responder", "name": "李娜"})


async def test_who_may_not_read_is_not_told_either(quiet_board: Board, serve: Any) -> None:
    server = await serve(quiet_board, Security(tokens=(VIEWER,)))
    unknown = Token(Role.ADMIN, "nobody-knows-this-secret")

    assert [(await told(server.make_url(SESSION), token))[0] for token in (None, unknown)] == [401, 401]
