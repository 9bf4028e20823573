"""A second wave that is like the first, from the events file to the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pytest

from streams.catalogue.load import load
from streams.offline.backtest import backtest
from streams.offline.events_file import Line, record
from streams.records.instant import rfc3339
from streams.settings.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from streams.catalogue.load import Catalogue

MINUTE_MS = 60_000
DAY_MS = 86_400_000
START_MS = 1_794_268_800_000 // DAY_MS * DAY_MS
WAVES = START_MS + 3 * DAY_MS, START_MS + 3 * DAY_MS + 6 * 3_600_000
LASTS = 30
COURSE = np.interp(np.arange(LASTS), (0, 2, 10, 29), (10.0, 90.0, 50.0, 20.0))  # orders a minute; a usual one has five
ORDERS = """metrics:
- {id: O1, name: orders_created, title: Orders, touchpoint: order, unit: per_minute, signal: count, direction: down,
   minimum_effect: 0.4, minimum_exposure: 30, windows: [60, 300, 900], scopes: [[], [channel]],
   numerator: [{events: [order.created]}]}
"""


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    file: Path = tmp_path_factory.mktemp("catalogue") / "orders.yaml"
    file.write_text(ORDERS)
    return load(str(file))


def lines(times: float) -> Iterator[Line]:
    """Three days of orders and two waves, the second so many times the first."""
    rng = np.random.default_rng(5)
    rates = np.full((WAVES[1] - START_MS) // MINUTE_MS + LASTS + 20, 5.0)
    for at_ms, of_wave in zip(WAVES, (1.0, times), strict=True):
        minute = (at_ms - START_MS) // MINUTE_MS
        rates[minute : minute + LASTS] = COURSE * of_wave
    for minute, count in enumerate(rng.poisson(rates).tolist()):
        for at in np.sort(rng.integers(0, MINUTE_MS, count)).tolist():
            time_ms = START_MS + minute * MINUTE_MS + at
            number = f"{time_ms}-{int(rng.integers(1 << 30))}"
            event = {
                "specversion": "1.0",
                "source": "/oms",
                "type": "order.created",
                "subject": number,
                "id": number,
                "time": rfc3339(time_ms),
                "data": {"order_id": number, "channel": "app" if at % 3 else "web"},
            }
            yield record(msgspec.json.encode({"topic": "orders", "event": event}), 0, "test")


def found(orders: Catalogue, times: float, *, like: bool = True) -> list[dict[str, Any]]:
    calendar = [
        {"name": name, "begins": rfc3339(at), "ends": rfc3339(at + LASTS * MINUTE_MS), "activity": [1, 60]} | more
        for name, at, more in (
            ("wave 1", WAVES[0], {}),
            ("wave 2", WAVES[1], {"like": "wave 1"} if like else {}),
        )
    ]
    scenario = {"evaluate_from": rfc3339(WAVES[0] - 20 * MINUTE_MS), "timezone": "UTC", "calendar": calendar}
    report = backtest(lines(times), scenario, Settings(), orders, partitions=2, progress=None)
    anomalies: list[dict[str, Any]] = report["anomalies"]
    return anomalies


@pytest.mark.parametrize(
    ("times", "like", "directions"),
    [(1.0, True, set()), (0.5, True, {"down"}), (1.6, True, {"up"}), (0.5, False, set()), (1.6, False, set())],
    ids=["itself", "half", "60 % over", "half, like none", "60 % over, like none"],
)
def test_the_second_wave_is_expected_to_be_as_the_first_was(
    orders: Catalogue, times: float, like: bool, directions: set[str]
) -> None:
    anomalies = found(orders, times, like=like)

    assert {anomaly["direction"] for anomaly in anomalies} == directions
    for anomaly in anomalies:
        assert rfc3339(WAVES[1]) < anomaly["detected_at"] < rfc3339(WAVES[1] + 15 * MINUTE_MS)
