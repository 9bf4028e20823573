"""Merchants by HTTP: the list of them, and the figures of each; a token of one merchant reaches that one only."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Final

from streams.web.guard import facts_of, json_response, needs
from streams.web.security import Role
from streams.web.store_figures import figures_of, summary_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from aiohttp import web

    from streams.catalogue.metric import Metric
    from streams.merge.lean_readings import LeanReading
    from streams.merge.readings import Reading
    from streams.web.data_scope import DataScope
    from streams.web.security import Security

DIMENSION: Final = "store"
_MOST: Final = 1_000  # of a page
_USUAL: Final = 100


def add_stores(
    app: web.Application, readings: Callable[[], Iterable[Reading]], security: Security, lean: Sequence[str]
) -> None:
    """Adds /api/v1/stores and /api/v1/stores/{store}.

    Args:
        app: gets the routes.
        readings: of the metrics that this worker merges.
        security: the rules for every request.
        lean: names of the metrics with lean scopes by store, of all workers.

    """
    stores = _Stores(readings, security, lean)
    app.router.add_get("/api/v1/stores", needs(Role.VIEWER, security, stores.page, in_part=True))
    app.router.add_get("/api/v1/stores/{store}", needs(Role.VIEWER, security, stores.one, in_part=True))


class _Stores:
    def __init__(self, readings: Callable[[], Iterable[Reading]], security: Security, lean: Sequence[str]) -> None:
        self._readings = readings
        self._security = security
        self._lean = lean

    async def page(self, request: web.Request) -> web.Response:
        """Some of them in the order of their names: `limit` of those after the name `after`."""
        text, after = request.query.get("limit", str(_USUAL)), request.query.get("after", "")
        limit = int(text) if text.isascii() and text.isdigit() else 0
        if not 0 < limit <= _MOST:
            return json_response({"error": f"limit is a number from 1 to {_MOST}."}, 400)
        readings, data_scope = list(self._by_store()), self._security.data_scope_of(facts_of(request))
        # The same names stand in each cells partition: of each the first ones will do.
        books = {id(reading.series.names): reading.series.names for reading in readings}.values()
        first = {
            name for names in books for name in heapq.nsmallest(limit + 1, _seen(names.single(), after, data_scope))
        }
        shown = sorted(first)[:limit]
        return json_response(
            {
                "stores": [summary_of(name, readings) for name in shown],
                "after": shown[-1] if len(first) > limit else None,
                "elsewhere": self._elsewhere(readings),
            }
        )

    async def one(self, request: web.Request) -> web.Response:
        """All figures of one. What a token does not see is answered as what there is not."""
        store = request.match_info["store"]
        readings = list(self._by_store())
        seen = self._security.data_scope_of(facts_of(request)).sees({DIMENSION: store})
        known = seen and any(reading.series.names.known((store,)) is not None for reading in readings)
        if not known:
            return json_response({"error": "No store of this name was counted by this worker."}, 404)
        return json_response(
            {
                "store": store,
                "metrics": [found for reading in readings if (found := figures_of(store, reading)) is not None],
                "elsewhere": self._elsewhere(readings),
            }
        )

    def _by_store(self) -> Iterator[LeanReading]:
        for reading in self._readings():
            for lean in reading.lean:
                if lean.series.names.dimensions == (DIMENSION,):
                    yield lean

    def _elsewhere(self, readings: Iterable[LeanReading]) -> list[str]:
        """Metrics that other workers merge: their figures are asked for there."""
        here = {reading.metric.name for reading in readings}
        return [name for name in self._lean if name not in here]


def _seen(names: Iterable[str], after: str, data_scope: DataScope) -> Iterator[str]:
    if data_scope.whole:
        return (name for name in names if name > after)
    return (name for name in names if name > after and data_scope.sees({DIMENSION: name}))


def lean_by_store(metrics: Iterable[Metric]) -> list[str]:
    """The names of the metrics with a lean scope by store."""
    return [metric.name for metric in metrics if (DIMENSION,) in metric.lean]
