"""A rule, a transition and a ledger to speak of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from streams.records.anomaly import Change, Transition, Why
from streams.records.instant import rfc3339
from streams.settings.settings import LinkageMatch, LinkageRule
from tests.support.sample_anomaly import sample_anomaly

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = 1_794_327_150_000


@pytest.fixture
def now() -> int:
    return NOW


@pytest.fixture
def transition() -> Callable[..., Transition]:
    """An anomaly of a region that opened now; what is given is otherwise."""

    def make(
        name: str = "t1", change: Change = Change.OPENED, why: Why = Why.OPENED, time: int = NOW, **fields: Any
    ) -> Transition:
        anomaly = sample_anomaly(rfc3339(NOW - 60_000), rfc3339(NOW), **({"scope": {"region": "zhejiang"}} | fields))
        return Transition(name, change, time, anomaly, why)

    return make


@pytest.fixture
def rule() -> Callable[..., LinkageRule]:
    """A rule for whatever opens; what is given is otherwise."""

    def make(**fields: Any) -> LinkageRule:
        match = fields.pop("match", {})
        return LinkageRule(**({"name": "pause", "action": "campaign.pause", "match": LinkageMatch(**match)} | fields))

    return make
