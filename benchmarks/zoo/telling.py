"""A shop and its incidents as the lines of an events file, its first line, and its truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from benchmarks.zoo.contacts import contacts
from benchmarks.zoo.feedback import feedback
from benchmarks.zoo.incident import KINDS
from benchmarks.zoo.orders import orders
from benchmarks.zoo.parcels import parcels
from benchmarks.zoo.refunds import refunds
from benchmarks.zoo.shop import traffic
from benchmarks.zoo.stream import Stream
from benchmarks.zoo.visits import visits
from streams.records.instant import rfc3339

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.zoo.batch import Batch
    from benchmarks.zoo.incident import Incident
    from benchmarks.zoo.shop import Shop

# What is made of a source, and is silent with it.
_TOLD_BY: Final = {
    "orders": ("order", "logistics", "consultation", "aftersale", "dispute", "feedback"),
    "logistics": ("logistics",),
    "consultations": ("consultation",),
    "aftersales": ("aftersale", "dispute", "logistics", "order"),
    "visits": ("page", "consultation"),
    "feedback": ("feedback",),
}
# Follows within minutes from another event: it tells nothing of its own about whether a source is silent.
_FOLLOWING: Final = frozenset(
    {
        "order.paid",
        "order.payment_failed",
        "consultation.abandoned",
        "consultation.answered",
        "consultation.replied",
        "consultation.closed",
        "refund.completed",
        "page.back",
        "checkout.failed",
        "checkout.completed",
    }
)


class Told(NamedTuple):
    """`truth` as contract.md has it, with more for each entry; `scenario`: the object of the first line."""

    shop: Shop
    incidents: Sequence[Incident]
    stream: Stream
    scenario: dict[str, Any]
    truth: list[dict[str, Any]]


def told(shop: Shop, incidents: Sequence[Incident]) -> Told:
    """All that happens. The incidents are weighed on the way."""
    world = traffic(shop)
    ordered = orders(shop, world, incidents)
    made: list[Batch] = [*ordered.batches]
    if "logistics" in shop.sources:
        made += parcels(shop, ordered.paid, incidents)
    if "aftersales" in shop.sources:
        made += refunds(shop, ordered.paid, incidents)
    if "consultations" in shop.sources:
        made += contacts(shop, world, ordered.batches[0].time_ms, incidents)
    if "visits" in shop.sources:
        made += visits(shop, world, incidents)
    if "feedback" in shop.sources:
        made += feedback(shop, world, incidents)
    made = [batch.within(shop.begin_ms, shop.end_ms) for batch in made if batch.topic in shop.sources]
    for incident in incidents:
        if incident.kind == "silent_source":
            made = _silenced(shop, made, incident)
        elif KINDS[incident.kind].topic == "orders" and KINDS[incident.kind].effect != "factor":
            # Fewer orders are fewer events of theirs, and fewer parcels, refunds and contacts later.
            incident.symptoms = [{"touchpoint": name, "scope": {}} for name in ("logistics", "aftersale")]
            incident.symptoms.append({"touchpoint": "pipeline", "scope": {"topic": "orders"}})
    scenario = {"timezone": shop.zone, "seed": shop.seed, "name": shop.name, **shop.scenario}
    if shop.judged_from_ms is not None:
        scenario["evaluate_from"] = rfc3339(shop.judged_from_ms)
    stream = Stream(made, shop.dimensions, shop.transport, shop.rng("transport"), shop.end_ms)
    truth = [incident.truth(shop) for incident in incidents]
    return Told(shop, incidents, stream, scenario, [*truth, *_traps(shop)])


def _traps(shop: Shop) -> list[dict[str, Any]]:
    """Peaks within what is judged: more orders than usual page nobody."""
    return [
        {
            "id": f"peak-{number}",
            "kind": "trap",
            "touchpoint": "order",
            "scope": {},
            "start": rfc3339(peak.begin_ms),
            "end": rfc3339(peak.end_ms),
            "symptoms": [],
        }
        for number, peak in enumerate(shop.rhythm.peaks)
        if peak.end_ms > shop.judged_ms
    ]


def _silenced(shop: Shop, batches: list[Batch], incident: Incident) -> list[Batch]:
    """A source that loses what it should send; it is weighed by what comes of itself."""
    topic = incident.place["topic"]
    units = [batch.time_ms for batch in batches if batch.topic == topic and batch.type not in _FOLLOWING]
    incident.weigh_count(np.concatenate(units), 1.0)
    incident.symptoms = [{"touchpoint": name, "scope": {}} for name in _TOLD_BY[topic]]
    rng, kept = shop.rng(f"silence {incident.id}"), []
    for batch in batches:
        if batch.topic == topic:
            lost = rng.random(batch.time_ms.size) < (1 - incident.size) * incident.strength(batch.time_ms)
            batch = batch._replace(time_ms=batch.time_ms[~lost], table=batch.table.take(~lost))  # noqa: PLW2901
        kept.append(batch)
    return kept
