"""Draws what goes wrong in a shop: nothing in a third of them, else one to three incidents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.zoo.incident import KINDS, Incident
from benchmarks.zoo.telling import told

if TYPE_CHECKING:
    from benchmarks.zoo.shop import Shop
    from benchmarks.zoo.telling import Told

_CANDIDATES: Final = 60
_MINUTE_MS: Final = 60_000
_LEAST_MS, _MOST_MS = 20 * _MINUTE_MS, 150 * _MINUTE_MS
_APART_MS: Final = 30 * _MINUTE_MS
# How willingly one is taken whose D* is below half its length, below its length, beyond.
_CHANCES: Final = (1.0, 0.4, 0.08)
# What half of an incident must hold for people to call it news, as the catalogue's least exposures say.
_ENOUGH: Final = {"count": 10, "share": 30, "factor": 50}


def with_troubles(shop: Shop) -> Told:
    """The shop with its incidents. Candidates are weighed first: most can be found, and all hold enough to be news."""
    rng = shop.rng("troubles")
    if rng.random() < 1 / 3:
        return told(shop, [])
    wanted = int(rng.choice((1, 2, 3), p=(0.4, 0.35, 0.25)))
    candidates = [candidate(shop, rng, number) for number in range(_CANDIDATES)]
    told(shop, candidates)
    chosen: list[Incident] = []
    for one in candidates:
        if len(chosen) < wanted and rng.random() < _willingness(one) and not any(_meet(one, two) for two in chosen):
            chosen.append(one)
    worthy = [one for one in candidates if _willingness(one) > 0]
    if worthy and not chosen:
        chosen = [min(worthy, key=lambda one: one.bound_s / one.length_s)]
    return told(shop, chosen)


def candidate(shop: Shop, rng: np.random.Generator, number: int) -> Incident:
    """An incident of any kind that this shop can have, anywhere in what is judged."""
    known = [name for name, kind in KINDS.items() if kind.topic in shop.sources | {""}]
    name = str(rng.choice(known))
    kind = KINDS[name]
    dimensions = kind.places[int(rng.integers(len(kind.places)))]
    known_from = shop.judged_ms + (150 if shop.opening else 20) * _MINUTE_MS
    room = shop.end_ms - known_from
    length = int(np.exp(rng.uniform(np.log(_LEAST_MS), np.log(min(_MOST_MS, room * 0.8)))))
    start = known_from + int(rng.integers(0, max(room - length, 1)))
    size = float(np.exp(rng.uniform(*np.log(np.maximum(kind.sizes, 0.02)))))
    incident = Incident(
        id=f"{name}-{number}",
        kind=name,
        place={},
        start_ms=start,
        end_ms=start + length,
        size=0.0 if size < 0.025 else size,
        ramp=bool(rng.random() < 0.2),
    )
    for dimension in dimensions:
        if name == "silent_source":
            incident.place["topic"] = str(rng.choice(sorted(shop.sources)))
        else:
            found = incident.dimension(shop, dimension)
            incident.place[dimension] = found.values[int(rng.choice(len(found.values), p=found.shares))]
    return incident


def _willingness(one: Incident) -> float:
    effect = KINDS[one.kind].effect
    rate = max(one.usual, one.then) if effect == "count" else one.trials
    if rate * one.length_s / 60 / 2 < _ENOUGH[effect]:
        return 0.0
    return _CHANCES[(one.bound_s >= one.length_s / 2) + (one.bound_s >= one.length_s)]


def _meet(one: Incident, other: Incident) -> bool:
    """Two that could be taken for one: at the same touchpoint, or a source that is silent, within half an hour."""
    kinds = (KINDS[one.kind], KINDS[other.kind])
    near = one.start_ms < other.end_ms + _APART_MS and other.start_ms < one.end_ms + _APART_MS
    alike = kinds[0].touchpoint == kinds[1].touchpoint or "pipeline" in {kind.touchpoint for kind in kinds}
    return near and alike
