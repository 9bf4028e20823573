"""Damaged parcels, from events to warnings: chance says nothing, a cluster of one carrier says it by name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pytest

from streams.catalogue.load import SHIPPED, Catalogue, parse
from streams.offline.backtest import backtest
from streams.offline.events_file import Line, record
from streams.settings.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

START = datetime(2026, 3, 2, tzinfo=UTC)
CARRIERS = ("sf", "zto", "yto", "jd")
KNOWN_DAYS, DAYS = 32, 34
PARCELS_A_DAY, DAMAGES_A_DAY = 60, 0.5


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """The shipped metric alone: the others would only take their time."""
    text = SHIPPED.read_text(encoding="utf-8")
    (entry,) = [part for part in text.split("\n  - id: ") if "\n    name: damage\n" in part]
    return parse(f"metrics:\n  - id: {entry}\n", "damage.yaml")


def quiet(seed: int) -> list[tuple[datetime, str, str]]:
    """Parcels of every day, by day; damages at any hour."""
    rng = np.random.default_rng(seed)
    parcels = rng.integers(0, DAYS, PARCELS_A_DAY * DAYS) * 24 + 8 + 14 * rng.beta(3, 3, PARCELS_A_DAY * DAYS)
    damages = rng.random(rng.poisson(DAMAGES_A_DAY * DAYS)) * DAYS * 24
    return [
        (START + timedelta(hours=float(hour)), kind, CARRIERS[int(rng.integers(len(CARRIERS)))])
        for kind, hours in (("parcel.delivered", parcels), ("parcel.damaged", damages))
        for hour in hours
    ]


def run(catalogue: Catalogue, told: list[tuple[datetime, str, str]]) -> list[dict[str, Any]]:
    def lines() -> Iterator[Line]:
        for number, (time, kind, carrier) in enumerate(sorted(told)):
            data = {"parcel_id": f"P{number}", "carrier": carrier, "warehouse": ("hz", "gz")[number % 2]}
            head = {"specversion": "1.0", "id": f"e{number}", "source": "/tms", "type": kind, "time": time.isoformat()}
            event = head | {"subject": data["parcel_id"], "data": data}
            yield record(msgspec.json.encode({"topic": "logistics", "event": event}), number, "test")

    from_ = (START + timedelta(days=KNOWN_DAYS)).isoformat()
    found = backtest(lines(), {"evaluate_from": from_}, Settings(), catalogue, partitions=1, progress=None)
    anomalies: list[dict[str, Any]] = found["anomalies"]
    return anomalies


@pytest.mark.parametrize("seed", [1, 2])
def test_days_of_chance_warn_of_nothing(catalogue: Catalogue, seed: int) -> None:
    assert run(catalogue, quiet(seed)) == []


def test_five_in_four_hours_by_one_carrier_are_one_warning_that_names_it(catalogue: Catalogue) -> None:
    began = START + timedelta(days=32, hours=11)
    cluster = [(began + timedelta(hours=hour), "parcel.damaged", "yto") for hour in range(5)]

    (found,) = run(catalogue, quiet(1) + cluster)

    assert (found["metric"], found["scope"], found["severity"]) == ("damage", {"carrier": "yto"}, "warning")
    assert (found["started_at"], found["unit"]) == ("2026-04-03T11:00:00.000Z", "per_ten_thousand")
    assert found["detected_at"] <= "2026-04-03T15:01:00"
    assert found["ended_at"] <= "2026-04-04T00:00:00"
    assert found["peak"] > 10 * found["expected"]
