"""Scorecards over HTTP and for Prometheus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from streams.catalogue.load import load
from streams.catalogue.scorecard import Indicator, Polarity, Scorecard
from streams.records.score import MissingIndicator, Score, ScoredIndicator
from streams.records.score_event import encode
from streams.web.data_scope import EVERYTHING, read_data_scope
from streams.web.exposition import Exposition
from streams.web.scores import ScoreBook, add_scorecards
from streams.web.security import Role, Security, Token

if TYPE_CHECKING:
    from aiohttp import ClientSession

    from streams.web.board import Board

VIEWER = Token(Role.VIEWER, "viewer-secret-of-tests")
PART = Token(Role.VIEWER, "part-secret-of-tests", data_scope=read_data_scope("store:b"))
CARDS = (
    Scorecard(
        "house",
        "House",
        "2026-10-01",
        (Indicator("payment_success", Polarity.MORE, ((0.9, 1.0), (1.0, 5.0))),),
        of="store",
        example=True,
    ),
)


def score(store: str, chance: float = 0.0, time: str = "2026-10-20T04:00:00.000Z", **more: Any) -> Score:
    indicator = ScoredIndicator("payment_success", 2_592_000, "ratio", 1.0, 900, 30, 0.97, 3.8, 3, chance=chance)
    fixed: dict[str, Any] = {"indicators": [indicator], "missing": [MissingIndicator("refunds", 2_592_000, 3, 30)]}
    fixed |= {"score": 3.8, "level": 3, "tonight": 3.7, "day": "2026-10-20", "example": True} | more
    return Score(scorecard="house", category="", valid_from="2026-10-01", scope={"store": store}, time=time, **fixed)


def book(*scores: Score) -> ScoreBook:
    told = ScoreBook()
    for one in scores:
        told.take(encode(one))
    return told


async def answer(
    serve: Any, client: ClientSession, board: Board, told: ScoreBook, query: str = "", token: str = ""
) -> Any:
    security = Security("127.0.0.1", (), (VIEWER, PART) if token else ())
    metrics = load().metrics
    server = await serve(board, security, extend=lambda app: add_scorecards(app, told, CARDS, metrics, security))
    headers = {"Authorization": f"Bearer {token}"} if token not in {"", "none"} else {}
    async with client.get(server.make_url(f"/api/v1/scorecards{query}"), headers=headers) as response:
        return response.status, await response.json()


async def test_what_loses_a_level_comes_first(serve: Any, client: ClientSession, quiet_board: Board) -> None:
    status, body = await answer(serve, client, quiet_board, book(score("a"), score("b", 0.95), score("c", 0.2)))

    assert status == 200
    assert [one["scope"]["store"] for one in body["scores"]] == ["b", "c", "a"]
    assert body["scores"][0] == msgspec.to_builtins(score("b", 0.95))
    assert body["scorecards"] == [
        {"name": "house", "title": "House", "title_zh": "", "of": "store", "example": True, "source": ""}
    ]
    assert body["titles"] == {"payment_success": ["Payment success rate", "支付成功率"]}


async def test_a_store_a_scorecard_and_how_many_may_be_asked_for(
    serve: Any, client: ClientSession, quiet_board: Board
) -> None:
    told = book(*(score(name) for name in "abc"))

    _, of_b = await answer(serve, client, quiet_board, told, "?store=b&scorecard=house")
    _, other = await answer(serve, client, quiet_board, told, "?scorecard=none")
    _, first = await answer(serve, client, quiet_board, told, "?limit=2")
    status, wrong = await answer(serve, client, quiet_board, told, "?limit=many")
    assert [one["scope"]["store"] for one in of_b["scores"]] == ["b"]
    assert other["scores"] == []
    assert (len(first["scores"]), first["more"]) == (2, 1)
    assert (status, wrong) == (400, {"error": "`limit` is a number from 1 to 20,000."})


async def test_who_sees_a_part_gets_its_scores_and_no_others(
    serve: Any, client: ClientSession, quiet_board: Board
) -> None:
    told = book(score("a"), score("b"))

    _, body = await answer(serve, client, quiet_board, told, "", PART.secret)
    refused, _ = await answer(serve, client, quiet_board, told, "", "none")
    assert [one["scope"]["store"] for one in body["scores"]] == ["b"]
    assert refused == 401


def test_an_older_record_changes_nothing_and_what_is_no_score_is_counted() -> None:
    told = book(score("a", time="2026-10-20T05:00:00.000Z"), score("a", time="2026-10-20T04:00:00.000Z"))
    told.take(b"{}")
    told.take(None)

    assert [one.time for one in told.of(EVERYTHING)] == ["2026-10-20T05:00:00.000Z"]
    assert told.undecodable == 2


def test_prometheus_reads_scores_and_a_label_cannot_break_out() -> None:
    scores = [score('a"} 1\n'), score("b", tonight=None)]
    page = Exposition(CollectorRegistry(), lambda: (), lambda: (), (), scores=lambda: scores)
    families = {family.name: family for family in text_string_to_metric_families(b"".join(page.render()[1]).decode())}

    found = families["pharos_scorecard_score"].samples
    assert [(one.labels["scorecard"], one.labels["scope"], one.labels["store"], one.value) for one in found] == [
        ("house", "store", 'a"} 1\n', 3.8),
        ("house", "store", "b", 3.8),
    ]
    assert len(families["pharos_scorecard_tonight"].samples) == 1
