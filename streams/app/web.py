"""The page, the API and /metrics of one worker on one port."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from aiohttp import web

from dashboards.wallboard import pages
from streams.web.actions import add_actions
from streams.web.api import create_web_app
from streams.web.approvals import add_approvals
from streams.web.audited import Auditor, add_audit, open_audit
from streams.web.dead_letters import add_dead_letters
from streams.web.event_requests import add_event_requests
from streams.web.intake import add_intake
from streams.web.journey import add_journey
from streams.web.scores import add_scorecards
from streams.web.security import Security
from streams.web.silences import add_silences
from streams.web.stores import add_stores, lean_by_store
from streams.web.token_file import read_tokens

if TYPE_CHECKING:
    import contextlib
    from collections.abc import Awaitable, Callable, Collection, Iterable

    from streams.app.clocks import Clocks
    from streams.app.journeys import Journeys
    from streams.catalogue.load import Catalogue
    from streams.delivery.written import Delivery
    from streams.merge.readings import Reading
    from streams.register.register import Register
    from streams.settings.settings import Settings
    from streams.telemetry.health import Health
    from streams.telemetry.metrics import PipelineMetrics
    from streams.web.board import Board
    from streams.web.dead_letters import DeadLetterBoard
    from streams.web.exposition import Exposition
    from streams.web.intake import IntakeParts
    from streams.web.scores import ScoreBook


class WebParts(NamedTuple):
    """What is served.

    Attributes:
        dimensions: of the catalogue, which data scopes of tokens may name.
        write: puts key and value on pharos-actions, in limited time.
        readings: of the metrics that this worker merges.

    """

    settings: Settings
    register: Register
    board: Board
    exposition: Exposition
    health: Health
    metrics: PipelineMetrics
    clocks: Clocks
    dimensions: Collection[str]
    dead_letters: DeadLetterBoard
    write: Callable[[bytes, bytes], Awaitable[Delivery]]
    journeys: Journeys
    scores: ScoreBook
    catalogue: Catalogue
    readings: Callable[[], Iterable[Reading]]


async def serve(stack: contextlib.AsyncExitStack, parts: WebParts, intake: IntakeParts | None = None) -> str:
    """Listens until `stack` ends; the page's address. Raises OSError where the port is taken, ValueError for tokens.

    `intake`: of webhooks; None where no mapping takes any.
    """
    settings, register, clocks, write = parts.settings, parts.register, parts.clocks, parts.write
    tokens = read_tokens(Path(settings.tokens_file), parts.dimensions) if settings.tokens_file else ()
    security = Security(settings.host, settings.allowed_hosts, tokens, behind_proxy=settings.behind_proxy)
    app = create_web_app(
        parts.board, parts.exposition, parts.health, security, pages(), clocks.data_now_s, clocks.alerting_now_s
    )
    add_actions(app, register, security, write, clocks.alerting_now_s)
    add_silences(app, register, settings.timezone, security, write, clocks.alerting_now_s)
    add_audit(app, Auditor(open_audit(settings), security, time.time, parts.metrics.audit_failed), security)
    add_approvals(app, register, security, write, clocks.alerting_now_s)
    add_stores(app, parts.readings, security, lean_by_store(parts.catalogue.metrics))
    add_event_requests(app, register, security, clocks.alerting_now_s)
    add_scorecards(app, parts.scores, parts.catalogue.scorecards, parts.catalogue.metrics, security)
    add_dead_letters(app, parts.dead_letters, security)
    shown = settings.journey_page == "always" or (settings.journey_page == "with_tokens" and bool(tokens))
    add_journey(app, parts.journeys, security, clocks.data_now_s, parts.journeys.mark, shown=shown)
    if intake is not None:
        add_intake(app, security, intake)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    stack.callback(parts.journeys.end)
    site = web.TCPSite(runner, settings.host, settings.port)
    await site.start()
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{runner.addresses[0][1]}/"
