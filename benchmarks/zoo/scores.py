"""The zoo's figures over many seeds, and how they stand to the goals of docs/detection.md."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from benchmarks.zoo.drawing import draw
from benchmarks.zoo.judging import judged
from benchmarks.zoo.troubles import with_troubles

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# name of a figure: (least or most, limit)
GOALS: Final = {
    "recall": ("least", 0.95),
    "precision": ("least", 0.9),
    "quiet_false_a_day": ("most", 1.0),
    "cause_right": ("least", 0.9),
    "top_right": ("least", 0.9),
}


def judged_seeds(seeds: Sequence[int], *, quick: bool = False, jobs: int = 1) -> Iterator[dict[str, Any]]:
    """The figures of each seed, in order, as they are ready."""
    one = partial(_one, quick=quick)
    if jobs == 1:
        yield from map(one, seeds)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(one, seeds)


def summed(found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Over all seeds.

    Returns:
        `recall`: of fair incidents (D* below half their length), and of all (`recall_all`). `precision`: hits among
        hits and false warnings. `quiet_false_a_day`: of shops in which nothing goes wrong, on average, for 1,000 series
        or fewer: a larger shop's are scaled down; `quiet_worst` is the worst shop's. `cause_right`, `top_right`: shares
        of the incidents that were found. `delay_over_bound`: median and p90 of delay / D* of those.
        `wolves`: false warnings by metric. None for what there was nothing to make it of.

    """
    incidents = [one for figures in found for one in figures["incidents"]]
    fair = [one for one in incidents if one["fair"]]
    hit = [one for one in incidents if one["hit"]]
    hits, false = sum(figures["hits"] for figures in found), [one for figures in found for one in figures["false"]]
    quiet = [figures for figures in found if not figures["incidents"]]
    slow = [one["delay_s"] / one["bound_s"] for one in hit if one["bound_s"]]
    a_day = [_for_a_thousand(figures) / figures["judged_days"] for figures in quiet]
    quiet_days = sum(figures["judged_days"] for figures in quiet)
    return {
        "shops": len(found),
        "quiet_shops": len(quiet),
        "incidents": len(incidents),
        "fair": len(fair),
        "recall": _share([one["hit"] for one in fair]),
        "recall_all": _share([one["hit"] for one in incidents]),
        "precision": hits / (hits + len(false)) if hits + len(false) else None,
        "quiet_false_a_day": sum(map(_for_a_thousand, quiet)) / quiet_days if quiet else None,
        "quiet_worst": max(a_day, default=None),
        "cause_right": _share([one["cause_right"] for one in hit]),
        "top_right": _share([one["top_right"] for one in hit]),
        "delay_over_bound": {
            "median": float(np.median(slow)) if slow else None,
            "p90": float(np.percentile(slow, 90)) if slow else None,
        },
        "wolves": dict(Counter(one["metric"] for one in false).most_common()),
        "judged_days": sum(figures["judged_days"] for figures in found),
        "events": sum(figures["events"] for figures in found),
        "cpu_s": round(sum(figures["cpu_s"] for figures in found), 1),
    }


def met(sums: Mapping[str, Any]) -> dict[str, bool]:
    """Each goal: whether it is met. What there was nothing to make it of is left out."""
    return {
        name: sums[name] >= limit if bound == "least" else sums[name] <= limit
        for name, (bound, limit) in GOALS.items()
        if sums[name] is not None
    }


def _one(seed: int, *, quick: bool) -> dict[str, Any]:
    return judged(with_troubles(draw(seed, quick=quick)))


def _for_a_thousand(figures: Mapping[str, Any]) -> float:
    return float(len(figures["false"]) * min(1.0, 1000 / max(figures["series"], 1)))


def _share(of: Sequence[bool]) -> float | None:
    return sum(of) / len(of) if of else None
