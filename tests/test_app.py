"""What a worker makes of the broker that it finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from streams.app import new_system
from streams.broker.embedded import EmbeddedBroker
from streams.settings import Settings
from streams.topics.wanted import embedded_topics

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.embedded


@pytest.mark.parametrize(("asked", "used"), [(20_000, 2_000), (500, 500)])
async def test_on_the_embedded_broker_nothing_is_promised_that_it_does_not_keep(
    tmp_path: Path, asked: int, used: int
) -> None:
    with EmbeddedBroker(0, embedded_topics(Settings(), 1)) as broker:
        system = await new_system(
            Settings(broker=broker.address, state_dir=str(tmp_path), dedup_records=asked, transactions=True)
        )

    assert not system.settings.transactions
    assert system.settings.dedup_records == used
    assert system.settings.state_dir.startswith(f"{tmp_path}/embedded-")
