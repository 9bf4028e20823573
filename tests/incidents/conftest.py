"""A small catalogue and a way to speak of ticks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from streams.catalogue.load import Catalogue
from streams.catalogue.metric import Direction, Metric, Severity
from streams.catalogue.term import Term
from streams.incidents.desk import IncidentDesk
from streams.records.verdicts import TickVerdicts, Verdict
from streams.settings.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from streams.records.anomaly import Transition

START = 1_762_790_400_000
TICK = 10_000


def metric(name: str, touchpoint: Any, scopes: Iterable[tuple[str, ...]] = ((),), **fields: Any) -> Metric:
    defaults = {
        "id": name,
        "title": name.replace("_", " ").capitalize(),
        "unit": "ratio",
        "signal": "ratio",
        "direction": Direction.DOWN,
        "minimum_effect": 0.02,
        "minimum_exposure": 50.0,
        "numerator": (Term(events=("order.paid",)),),
        "denominator": (Term(events=("order.paid", "order.payment_failed")),),
        "severity": Severity.CRITICAL,
        "runbook": name,
    }
    return Metric(name=name, touchpoint=touchpoint, scopes=tuple(scopes), **(defaults | fields))


CATALOGUE = Catalogue.of(
    (
        metric("payment", "order", [(), ("method",), ("method", "region"), ("region",)]),
        metric("orders", "order", [(), ("method",)], symptom_of=("payment",), severity=Severity.WARNING),
        metric("movements", "logistics", [(), ("carrier",), ("carrier", "region")], unit="per_minute"),
        metric("collections", "logistics", [(), ("carrier",)], symptom_of=("movements",)),
        metric("inquiries", "consultation", [(), ("intent",)], symptom_of=("movements", "collections")),
        metric("wonder", "consultation", [("intent",)], symptom_of=("inquiries",), severity=Severity.INFO),
        metric("pick_up", "consultation", [(), ("queue",)], symptom_of=("inquiries", "feed")),
        metric("kept", "consultation", [(), ("queue",)], symptom_of=("feed",), symptom_after_s={"feed": 28_800}),
        metric("abandonment", "consultation", [(), ("queue",)], symptom_of=("pick_up", "inquiries", "feed")),
        metric(
            "refunds",
            "aftersale",
            [(), ("reason",)],
            symptom_of=("movements",),
            symptom_where={"movements": {"reason": ("late",)}},
        ),
        metric("held", "consultation", [("queue",)], unit="number"),
        metric(
            "calls", "consultation", [("queue",)], symptom_of=("held",), symptom_where={"held": {"queue": ("vip",)}}
        ),
        metric(
            "reviews",
            "feedback",
            [(), ("carrier",), ("cause",), ("channel",)],
            symptom_of=("movements",),
            symptom_where={"movements": {"cause": ("logistics",)}},
            symptom_after_s={"movements": 259_200},
        ),
        metric("feed", "pipeline", [(), ("topic",)], unit="per_minute"),
        metric("curiosity", "feedback", severity=Severity.INFO),
    )
)
SETTINGS = Settings(board_url="https://board/", runbook_base_url="https://runbooks/pharos#")


def verdict(name: str = "payment", scope: dict[str, str] | None = None, score: float = 1.5, **fields: Any) -> Verdict:
    """Half the events fail that should not; `score` below 1 is normal."""
    bad = score >= 1
    defaults = {
        "window_s": 60,
        "value": 0.93 if bad else 0.97,
        "expected": 0.97,
        "lower": 0.95,
        "upper": 0.99,
        "exposure": 1000.0,
        "excess": 40.0 if bad else 0.0,
        "direction": "down",
        "reason": "binomial",
    }
    return Verdict(metric=name, scope=scope or {}, score=score, **(defaults | fields))


class Shop:
    """A desk with one cells partition, and the tick it has reached."""

    def __init__(self, desk: IncidentDesk) -> None:
        self.desk = desk
        self.now = START - TICK

    def tick(self, *verdicts: Verdict, times: int = 1) -> list[Transition]:
        transitions: list[Transition] = []
        for _ in range(times):
            self.now += TICK
            transitions += self.desk.deliver(TickVerdicts(0, self.now, CATALOGUE.hash, list(verdicts)))
        return transitions

    def wait(self, ms: int, *verdicts: Verdict) -> list[Transition]:
        return self.tick(*verdicts, times=ms // TICK)


def changes(transitions: Iterable[Transition]) -> list[tuple[str, str, str]]:
    return [(t.change.value.rpartition(".")[2], t.why.value, t.anomaly.metric) for t in transitions]


@pytest.fixture
def shop() -> Shop:
    return Shop(IncidentDesk(CATALOGUE, 1, SETTINGS))


@pytest.fixture(scope="session", name="open_desk")
def _open_desk() -> Callable[..., IncidentDesk]:
    """Makes a desk with so many cells partitions."""
    return lambda partitions=1, catalogue=CATALOGUE: IncidentDesk(catalogue, partitions, SETTINGS)


@pytest.fixture(scope="session", name="verdict")
def _verdict() -> Callable[..., Verdict]:
    return verdict


@pytest.fixture(scope="session", name="changes")
def _changes() -> Callable[..., list[tuple[str, str, str]]]:
    """Transitions as (change, why, metric)."""
    return changes


@pytest.fixture(scope="session", name="metric")
def _metric() -> Callable[..., Metric]:
    return metric
