"""Topics that are missing are made."""

from __future__ import annotations

import pytest

from streams.broker import ensure_topics as ensuring
from streams.broker.embedded import EmbeddedBroker
from streams.broker.ensure_topics import SourceTopicsError, ensure_topics


@pytest.mark.embedded
def test_topics_that_exist_keep_their_partitions() -> None:
    with EmbeddedBroker(0, {"orders": 7, "visits": 2}) as broker:
        assert ensure_topics(broker.address, {"orders": 4, "visits": 4}) == {"orders": 7, "visits": 2}


def test_a_broker_that_is_not_there_is_said_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ensuring, "_PATIENCE_S", 0.3)

    with pytest.raises(SourceTopicsError, match=r"127\.0\.0\.1:1 does not answer.*pharos broker"):
        ensure_topics("127.0.0.1:1", {"orders": 4})
