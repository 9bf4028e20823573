"""Every question of every board, asked of a real Prometheus that scrapes a worker in a sale."""

from __future__ import annotations

import asyncio
import os
import time
from typing import TYPE_CHECKING

import pytest
from watched_shop import PARTITIONS, Prometheus, Shop, free_port, watched

from dashboards.boards import lint
from dashboards.boards.all_boards import all_boards
from streams.broker.embedded import EmbeddedBroker
from streams.topics.wanted import embedded_topics

if TYPE_CHECKING:
    from pathlib import Path

    from dashboards.boards.plan import Plan

pytestmark = [pytest.mark.boards, pytest.mark.embedded]

EMPTY: dict[str, str] = {}


async def test_every_question_of_every_board_has_an_answer(plan: Plan, shipped: Path, tmp_path: Path) -> None:
    began = time.monotonic()
    shop = Shop(history_h=float(os.environ.get("H", "8")), live_min=20)
    print(len(shop.lines), time.monotonic() - began)
    port = free_port()
    rules = shipped.parent / "prometheus" / "pharos.rules.yaml"
    with EmbeddedBroker(0, embedded_topics(shop.settings, PARTITIONS)) as broker:
        settings = shop.worker(broker.address, str(tmp_path), port)
        async with Prometheus(tmp_path, port, rules) as prometheus, watched(shop, settings, 120.0, 240.0):
            print("read", time.monotonic() - began)
            await asyncio.sleep(4)
            n = 0
            for board in all_boards(plan):
                for place, expr, now in lint.expressions_of(board.json(plan)):
                    n += 1
                    if not await prometheus.series(lint.interpolated(expr, plan), 120, now=now):
                        print("EMPTY", place, lint.interpolated(expr, plan)[:200])
            print(n, time.monotonic() - began)
