"""Which series of a metric fire at a tick, and for which scopes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec

from streams.incidents.alert import began, by_days, is_cliff, is_settled
from streams.incidents.kinship import FEEDS
from streams.incidents.localisation import accounts_for, few_that_explain, localise
from streams.records.scope import narrower
from streams.records.verdicts import ALMOST_SCORE, CLEAR_SCORE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from streams.catalogue.metric import Metric
    from streams.incidents.alert import Alert
    from streams.incidents.localisation import Localised
    from streams.incidents.pending import PendingSeries
    from streams.incidents.policy import Policy
    from streams.records.verdicts import Verdict


def firing(
    verdicts: Mapping[str, Verdict],
    metrics: Mapping[str, Metric],
    pending: PendingSeries,
    alerts: Iterable[Alert],
    now: int,
    policy: Policy,
) -> Iterator[tuple[str, Verdict]]:
    """Fingerprint and verdict of each scope that fires now, metric by metric, each the most surprising first.

    Verdicts are localised per metric, kind and direction. A chosen scope fires once a significant verdict of its
    family has held for `policy.pending_ms`, is a cliff, or was waited for by its detector. What an alert of the metric
    already accounts for stays out: an open one, or one that was open when this began (a longer window remembers the
    trouble for longer).
    """
    by_metric: dict[str, list[Alert]] = {}
    for alert in alerts:
        by_metric.setdefault(alert.metric, []).append(alert)
    for (name, good, _), held in sorted(_held_by_kind(verdicts, pending).items()):
        if good and metrics[name].touchpoint == FEEDS:
            continue  # that a feed brings more shows in the metrics made of it
        known = by_metric.get(name, [])
        free = {f: v for f, v in held.items() if not _accounted_for(f, v, known, pending, now, policy)}
        ripe = {
            id(v)
            for f, v in free.items()
            if pending.held_ms(f, now) >= policy.pending_ms
            or is_settled(v, policy)
            or is_cliff(v, metrics[name], policy)
        }
        if not ripe:
            continue
        fingerprints = {id(v): f for f, v in free.items()}
        for choice in localise(held.values(), policy):
            fingerprint = fingerprints.get(id(choice.verdict))
            if fingerprint is None or not any(id(member) in ripe for member in choice.family):
                continue
            if not _could_be_narrower(choice, pending.held_ms(fingerprint, now), policy):
                yield fingerprint, choice.verdict


def _held_by_kind(
    verdicts: Mapping[str, Verdict], pending: PendingSeries
) -> dict[tuple[str, bool, str], dict[str, Verdict]]:
    """Significant verdicts by metric, kind and direction, and what within their scopes is nearly so.

    A part needs more evidence than the whole, as there are many of them. Within a whole that has it, the part that
    explains it has it too.
    """
    held: dict[tuple[str, bool, str], dict[str, Verdict]] = {}
    near: list[tuple[str, Verdict]] = []
    for fingerprint, verdict in verdicts.items():
        if verdict.insufficient or verdict.score < CLEAR_SCORE:
            continue
        if fingerprint in pending.series and verdict.score >= 1:
            held.setdefault((verdict.metric, verdict.good, verdict.direction), {})[fingerprint] = verdict
        elif verdict.score < 1:
            near.append((fingerprint, verdict))
    for fingerprint, verdict in near:
        wider = held.get((verdict.metric, verdict.good, verdict.direction), {})
        around = [other for other in wider.values() if narrower(verdict.scope, other.scope)]
        if around:
            # Of what has the evidence, and too few cases to be told by itself, nobody knows how sure it is.
            sure = math.nextafter(max(of.score for of in around), math.inf) if verdict.score >= ALMOST_SCORE else 1.0
            earliest = min(of.started_at for of in around)
            wider[fingerprint] = msgspec.structs.replace(verdict, score=sure, started_at=earliest)
    return held


def _accounted_for(
    fingerprint: str, verdict: Verdict, alerts: Iterable[Alert], pending: PendingSeries, now: int, policy: Policy
) -> bool:
    # A long window's most likely start may lie behind the moment at which it was seen.
    held = pending.series.get(fingerprint)
    seen = now if held is None else held.since
    since = began(verdict, seen)
    for alert in alerts:
        if not alert.open and not alert.echoes(since, verdict.window_s, now, policy, by_days=by_days(verdict)):
            continue
        if alert.fingerprint == fingerprint:
            if alert.open or alert.same_kind(verdict):  # an open one waits for its end, whatever the direction
                return True
        elif alert.same_kind(verdict) and accounts_for(
            alert.scope, alert.peak_rate, alert.peak_excess, verdict, policy
        ):
            return True
    return False


def _could_be_narrower(choice: Localised, held_ms: int, policy: Policy) -> bool:
    """Whether a narrower scope carries the change but is not significant yet: waiting a little names it."""
    if held_ms >= policy.pending_ms + policy.localise_ms:
        return False
    wide = choice.verdict
    sure = [member.scope for member in choice.family if narrower(member.scope, wide.scope)]
    few = few_that_explain(wide, wide.standouts or [], policy) or [
        part.scope for part in wide.contributors if part.share >= policy.explained and part.scope in sure
    ]
    return bool(few) and all(value for scope in few for value in scope.values())  # what has no name is not judged
