"""Transitions and notifications to speak of."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from streams.alerts.words.message import Notification
from streams.catalogue.metric import Severity
from streams.records.anomaly import Change, Contributor, Transition, Why
from streams.records.instant import rfc3339
from tests.support.sample_anomaly import sample_anomaly

if TYPE_CHECKING:
    from collections.abc import Callable

START = 1_762_790_400_000
ANOMALY = sample_anomaly(
    rfc3339(START - 90_000),
    rfc3339(START),
    scope={"payment_method": "alipay"},
    value=0.71,
    expected=0.97,
    upper=0.99,
    exposure=1000.0,
    peak=0.7,
    reason="binomial",
    contributors=[Contributor({"region": r}, s, s, 0.0) for r, s in (("a", 0.1), ("b", 0.5), ("c", 0.3), ("d", 0.05))],
    runbook_url="https://runbooks/payment",
    board_url="https://board/?fingerprint=f1",
)


def transition(
    change: Change = Change.OPENED, why: Why | None = None, at: int = START, name: str = "", **fields: Any
) -> Transition:
    anomaly = msgspec.structs.replace(ANOMALY, **fields)
    default = {Change.OPENED: Why.OPENED, Change.UPDATED: Why.WORSENED, Change.RESOLVED: Why.RECOVERED}[change]
    return Transition(name or f"{anomaly.fingerprint}{change}{at}", change, at, anomaly, why or default)


def notification(name: str = "n1", severity: str = "warning", about: str = "") -> Notification:
    return Notification(
        id=name,
        time=START,
        kind=Change.OPENED,
        severity=Severity(severity),
        title=f"[X] {name}",
        lines=("Since now",),
        anomalies=(msgspec.structs.replace(ANOMALY, fingerprint=about, severity=severity),) if about else (),
    )


class Counts:
    """Outcomes and failures by receiver, and how long each notification took."""

    def __init__(self) -> None:
        self.seen: Counter[tuple[str, str]] = Counter()
        self.failures: Counter[tuple[str, str]] = Counter()
        self.took: list[tuple[str, float]] = []

    def notified(self, receiver: str, outcome: str, count: int = 1) -> None:
        self.seen[receiver, outcome] += count

    def delivery_took(self, receiver: str, seconds: float) -> None:
        self.took.append((receiver, seconds))

    def delivery_failed(self, receiver: str, reason: str) -> None:
        self.failures[receiver, reason] += 1


@pytest.fixture
def counts() -> Counts:
    return Counts()


@pytest.fixture(scope="session", name="transition")
def _transition() -> Callable[..., Transition]:
    return transition


@pytest.fixture(scope="session", name="notification")
def _notification() -> Callable[..., Notification]:
    return notification
