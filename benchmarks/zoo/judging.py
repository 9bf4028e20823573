"""Runs one shop through the real backtest, with the shipped catalogue, and says how that went."""

from __future__ import annotations

import time
from datetime import datetime
from math import prod
from typing import TYPE_CHECKING, Any

import msgspec

from streams.catalogue.load import Catalogue, load
from streams.offline.backtest import backtest
from streams.offline.report import Assessment, rule
from streams.settings.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from benchmarks.zoo.shop import Shop
    from benchmarks.zoo.telling import Told

_RIGHT = frozenset({Assessment.HIT})
_WRONG = frozenset({Assessment.SURPLUS, Assessment.IN_TRAP, Assessment.FALSE})


def judged(told: Told, metrics: Collection[str] = ()) -> dict[str, Any]:
    """Figures of one shop.

    Args:
        told: the shop, its events and its troubles.
        metrics: names of the only metrics that are judged, each with the false warnings that it has among all of the
            catalogue; empty for all. ValueError for names that the catalogue lacks.

    Returns:
        `incidents`: each with D* (`bound_s`), whether it could be found (`fair`: D* below half its length), `delay_s`,
        whether its cause and its top contributor are right. `false`: what was false, as far as people read it.
        `judged_days`, `series` (as many as can be), `events`, `cpu_s` of the backtest alone.

    """
    catalogue, settings = load(""), Settings()
    if metrics:
        catalogue, settings = _only(metrics, catalogue, settings)
    begun = time.process_time()
    report = backtest(told.stream, told.scenario, settings, catalogue, truth=told.truth, progress=None)
    cpu_s = time.process_time() - begun
    rulings = rule(report["anomalies"], told.truth)
    found = list(zip(report["anomalies"], rulings, strict=True))
    fates = {fate["id"]: fate for fate in report["incidents"]}
    shop = told.shop
    return {
        "name": shop.name,
        "seed": shop.seed,
        "judged_days": (shop.end_ms - shop.judged_ms) / 86_400_000,
        "series": series_of(shop, told, catalogue),
        "events": len(told.stream),
        "refused": {name: report[name] for name in ("duplicates", "dead_letters", "late", "ignored")},
        "cpu_s": round(cpu_s, 1),
        "hits": sum(ruling.finding in _RIGHT for ruling in rulings),
        "incidents": [_fate(entry, fates[entry["id"]], found) for entry in told.truth if entry["kind"] == "incident"],
        "false": [
            {
                "metric": anomaly["metric"],
                "scope": anomaly["scope"],
                "severity": anomaly["severity"],
                "detected_at": anomaly["detected_at"],
                "value": anomaly["value"],
                "expected": anomaly["expected"],
                "window_s": anomaly["window_s"],
                "why": str(ruling.finding),
                "reason": anomaly["reason"],
            }
            for anomaly, ruling in found
            if ruling.finding in _WRONG
        ],
    }


def _only(names: Collection[str], whole: Catalogue, settings: Settings) -> tuple[Catalogue, Settings]:
    unknown = sorted(set(names) - {metric.name for metric in whole.metrics})
    if unknown:
        raise ValueError(f"the catalogue has no metric {', '.join(unknown)}")
    kept = tuple(metric for metric in whole.metrics if metric.name in names)
    share = len(kept) / len(whole.metrics)
    return (
        Catalogue.of(kept, whole.calendar, whole.vocabulary),
        msgspec.structs.replace(settings, false_warnings_a_day=settings.false_warnings_a_day * share),
    )


def series_of(shop: Shop, told: Told, catalogue: Catalogue) -> int:
    """How many series the catalogue makes of the shop: values of a scope's dimensions, multiplied."""
    said: dict[str, set[str]] = {}
    for batch in told.stream.batches:
        said.setdefault(batch.type, set()).update(batch.fields)
    total = 0
    for metric in catalogue.metrics:
        for scope in metric.scopes:
            sizes = [
                prod(_values(shop, kind, name) for name in scope)
                for term in metric.numerator
                for kind in (said if "*" in term.events else term.events)
                if kind in said and said[kind] | {"topic"} >= set(scope)
            ]
            total += max(sizes, default=0)
    return total


def _values(shop: Shop, kind: str, name: str) -> int:
    if name == "topic":
        return len(shop.sources)
    own = shop.dimensions.get(f"{kind.partition('.')[0]}.{name}") or shop.dimensions[name]
    return len(own.values)


def _fate(entry: Mapping[str, Any], fate: Mapping[str, Any], found: Sequence[tuple[Any, Any]]) -> dict[str, Any]:
    length_s = (datetime.fromisoformat(entry["end"]) - datetime.fromisoformat(entry["start"])).total_seconds()
    hits = [anomaly for anomaly, ruling in found if ruling == (Assessment.HIT, entry["id"])]
    return {
        **{
            name: entry[name]
            for name in ("id", "what", "place", "size", "creeps", "usual", "then", "trials", "bound_s")
        },
        "start": entry["start"],
        "length_s": length_s,
        "fair": entry["bound_s"] is not None and entry["bound_s"] < length_s / 2,
        "hit": fate["hit"],
        "delay_s": fate["time_to_detect_s"],
        "cause_right": fate["cause_named"],
        "top_right": any(_names(anomaly, entry["place"]) for anomaly in hits),
        "by": [[anomaly["metric"], anomaly["scope"]] for anomaly in hits],
    }


def _names(anomaly: Mapping[str, Any], place: Mapping[str, str]) -> bool:
    """Whether an anomaly's scope, or its scope and its first contributor together, name the whole place."""
    first = anomaly["contributors"][0]["scope"] if anomaly["contributors"] else {}
    return place.items() <= anomaly["scope"].items() or place.items() <= {**anomaly["scope"], **first}.items()
