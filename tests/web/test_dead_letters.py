"""Dead letters over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from streams.web.data_scope import read_data_scope
from streams.web.dead_letters import DeadLetterBoard, add_dead_letters
from streams.web.security import Role, Security, Token

if TYPE_CHECKING:
    from aiohttp import ClientSession

    from streams.web.board import Board

VIEWER = Token(Role.VIEWER, "viewer-secret-of-tests")
PART = Token(Role.VIEWER, "part-secret-of-tests", data_scope=read_data_scope("store:flagship"))
HEADERS = (
    ("pharos-reason", b"wrong_field"),
    ("pharos-topic", b"orders"),
    ("pharos-partition", b"3"),
    ("pharos-detail", b"$.data.amount has the wrong type or range"),
)


def told() -> DeadLetterBoard:
    board = DeadLetterBoard()
    for offset in (17, 18, 18):
        board.take((*HEADERS, ("pharos-offset", str(offset).encode())), b'{"source":"/oms"}', 1_762_790_400_000)
    board.take((), b"of somebody else", 0)
    return board


async def answer(serve: Any, client: ClientSession, board: Board, dead: DeadLetterBoard, token: str = "") -> Any:
    security = Security("127.0.0.1", (), (VIEWER, PART) if token else ())
    server = await serve(board, security, extend=lambda app: add_dead_letters(app, dead, security))
    headers = {"Authorization": f"Bearer {token}"} if token != "none" else {}
    async with client.get(server.make_url("/api/v1/dead-letters"), headers=headers if token else {}) as response:
        return response.status, await response.json()


async def test_each_kind_is_told_with_its_count_and_its_span_and_no_value(
    serve: Any, client: ClientSession, quiet_board: Board
) -> None:
    assert await answer(serve, client, quiet_board, told()) == (
        200,
        {
            "dead_letters": [
                {
                    "reason": "wrong_field",
                    "detail": "$.data.amount has the wrong type or range",
                    "topic": "orders",
                    "source": "/oms",
                    "count": 2,
                    "since": "2025-11-10T16:00:00.000Z",
                    "last": "2025-11-10T16:00:00.000Z",
                    "partition": 3,
                    "offset": 18,
                }
            ],
            "total": 2,
            "skipped": 0,
            "refused": False,
        },
    )


async def test_a_worker_that_may_not_read_them_says_so(serve: Any, client: ClientSession, quiet_board: Board) -> None:
    dead = DeadLetterBoard()
    dead.refuse(refused=True)
    dead.skip(1_200)

    _, body = await answer(serve, client, quiet_board, dead)

    assert body == {"dead_letters": [], "total": 0, "skipped": 1_200, "refused": True}


async def test_only_who_sees_the_whole_may_see_them(serve: Any, client: ClientSession, quiet_board: Board) -> None:
    statuses = [
        (await answer(serve, client, quiet_board, told(), token))[0] for token in (VIEWER.secret, PART.secret, "none")
    ]

    assert statuses == [200, 403, 401]
