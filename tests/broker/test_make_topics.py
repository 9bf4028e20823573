"""Topics that are missing are made."""

from __future__ import annotations

import pytest

from streams.broker import admin
from streams.broker.admin import BrokerUnreachableError
from streams.broker.connection import Connection
from streams.broker.embedded import EmbeddedBroker
from streams.broker.make_topics import ensure_topics


@pytest.mark.embedded
def test_topics_that_exist_keep_their_partitions() -> None:
    with EmbeddedBroker(0, {"orders": 7, "visits": 2}) as broker:
        assert ensure_topics(Connection(broker.address), {"orders": 4, "visits": 4}) == {"orders": 7, "visits": 2}


def test_a_broker_that_is_not_there_is_said_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admin, "PATIENCE_S", 0.3)

    with pytest.raises(BrokerUnreachableError, match=r"answers at 127\.0\.0\.1:1 .*pharos broker"):
        ensure_topics(Connection("127.0.0.1:1"), {"orders": 4})
