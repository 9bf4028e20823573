"""The evening of the simulated sale around the fault of a payment method, as an events file and a catalogue."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from streams.catalogue.load import SHIPPED
from streams.events.event_time import event_time_ms
from streams.offline.events_file import record
from streams.offline.scenario import given_by
from streams.records.instant import rfc3339
from streams.scenarios.named import simulate

if TYPE_CHECKING:
    from pathlib import Path

MINUTE_MS = 60_000
_SEED = 11
_HISTORY_MS = 360 * MINUTE_MS  # as long as payments of one method need to be known
_BEFORE_MS, _AFTER_MS = 2 * MINUTE_MS, 12 * MINUTE_MS
# What the fault shows in, and what goes on beside it: all topics and metrics take two cores longer than a test may.
_TOPICS = {"orders", "consultations", "aftersales"}
_TOUCHPOINTS, _METRICS = {"order", "aftersale"}, {"pick_up", "abandonment", "queue_waiting"}


class Sale(NamedTuple):
    """The file, what a worker must be told of it, and the fault: an entry of truth.json."""

    file: Path
    settings: dict[str, Any]
    fault: dict[str, Any]


def write_sale(folder: Path) -> Sale:
    """Six hours of history, then from two minutes before the fault to twelve minutes after its end."""
    played = simulate("double11", _SEED, "demo")
    fault = next(entry for entry in played.truth if entry["id"] == "payment")
    fails, ends = (event_time_ms(fault[key]) or 0 for key in ("start", "end"))
    begin = fails - _BEFORE_MS
    cut = []
    for arrival in played._arrivals:
        part = slice(*arrival.at_ms.searchsorted((begin - _HISTORY_MS, ends + _AFTER_MS)))
        cut.append(replace(arrival, rows=arrival.rows[part], at_ms=arrival.at_ms[part], copies=arrival.copies[part]))
    scenario = {**played.scenario, "evaluate_from": rfc3339(begin)}
    lines = replace(played, scenario=scenario, _arrivals=cut).lines()
    file = folder / "sale.jsonl"
    with file.open("w", encoding="utf-8") as out:
        out.write(next(lines) + "\n")
        out.writelines(f"{line}\n" for line in lines if record(line.encode(), 0, "sale", begin).topic in _TOPICS)
    return Sale(file, {**given_by(scenario), "catalogue": str(_catalogue(folder))}, fault)


def _catalogue(folder: Path) -> Path:
    """The shipped metrics of these touchpoints, and a few beside them."""
    shipped = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))["metrics"]
    kept = [entry for entry in shipped if entry["touchpoint"] in _TOUCHPOINTS or entry["name"] in _METRICS]
    names = {entry["name"] for entry in kept}
    for entry in kept:
        entry["symptom_of"] = [name for name in entry.get("symptom_of", ()) if name in names]
        for key in ("symptom_where", "symptom_after_s"):
            entry[key] = {name: told for name, told in entry.get(key, {}).items() if name in names}
    file = folder / "catalogue.yaml"
    file.write_text(yaml.safe_dump({"metrics": kept}, allow_unicode=True), encoding="utf-8")
    return file
