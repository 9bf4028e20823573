"""The evening of the simulated sale around the fault of a payment method, as an events file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from streams.backtest import given_by
from streams.events.event_time import event_time_ms
from streams.incidents.instant import rfc3339
from streams.simulate.scenarios import simulate

if TYPE_CHECKING:
    from pathlib import Path

MINUTE_MS = 60_000
_SEED = 2  # whose fault comes on a quiet evening
_HISTORY_MS = 180 * MINUTE_MS
_BEFORE_MS, _AFTER_MS = 2 * MINUTE_MS, 12 * MINUTE_MS


class Sale(NamedTuple):
    """The file, what a worker must be told of it, and the fault: an entry of truth.json."""

    file: Path
    settings: dict[str, Any]
    fault: dict[str, Any]


def write_sale(file: Path) -> Sale:
    """Three hours of history, then from two minutes before the fault to twelve minutes after its end."""
    played = simulate("double11", _SEED, "demo")
    fault = next(entry for entry in played.truth if entry["id"] == "payment")
    fails, ends = (event_time_ms(fault[key]) or 0 for key in ("start", "end"))
    begin = fails - _BEFORE_MS
    cut = []
    for arrival in played._arrivals:
        part = slice(*arrival.at_ms.searchsorted((begin - _HISTORY_MS, ends + _AFTER_MS)))
        cut.append(replace(arrival, rows=arrival.rows[part], at_ms=arrival.at_ms[part], copies=arrival.copies[part]))
    scenario = {**played.scenario, "evaluate_from": rfc3339(begin)}
    replace(played, scenario=scenario, _arrivals=cut).write(file)
    return Sale(file, given_by(scenario), fault)
