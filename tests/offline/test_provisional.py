"""Self-service, seen by a backtest as Prometheus would have scraped it: known so far on the day, final a day later."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from streams.catalogue.load import Catalogue, load
from streams.offline.backtest import play
from streams.offline.events_file import Line, record
from streams.offline.openmetrics import write_openmetrics
from streams.settings.settings import Settings

TEN = datetime(2026, 11, 10, 10, tzinfo=UTC)
HALF_PAST = TEN + timedelta(minutes=30)
DAY = timedelta(days=1)
CATALOGUE = Catalogue.of((load().by_name["self_service_resolved"],))


def line(number: int, kind: str, time: datetime, **data: Any) -> Line:
    """One record of the consultations, read at once."""
    event = {"specversion": "1.0", "id": f"e{number}", "source": "/bot", "type": kind, "time": time.isoformat()}
    data = {"consultation_id": f"c{number}", "queue": "self_service", "intent": "logistics", **data}
    return record(msgspec.json.encode({"topic": "consultations", "event": event | {"data": data}}), number, "test")


def contacts() -> list[Line]:
    """c1 to c4 of the bot; the customer of c2 asks again at 10:20. After that somebody speaks every five minutes."""
    events: list[tuple[datetime, str, dict[str, Any]]] = [
        (TEN + timedelta(minutes=5 * place), "consultation.closed", {"handled_by": "bot", "order_id": f"o{place}"})
        for place in range(1, 5)
    ]
    events.append((TEN + timedelta(minutes=20, seconds=30), "consultation.opened", {"order_id": "o2"}))
    steps = range(-60, 26 * 60, 5)
    events += [(TEN + timedelta(minutes=step, seconds=1), "consultation.replied", {}) for step in steps]
    return [
        line(number, kind, time, **data)
        for number, (time, kind, data) in enumerate(sorted(events, key=lambda event: event[0]), 1)
    ]


@pytest.fixture(scope="module")
def samples() -> dict[tuple[str, datetime], float]:
    """Of the whole and of the intent, by name of the series and time."""
    scenario = {"evaluate_from": (TEN - timedelta(minutes=50)).isoformat()}
    played = play(contacts(), scenario, Settings(), CATALOGUE, partitions=1, progress=None, minutes=io.BytesIO())
    out = io.BytesIO()
    assert played.run.minutes is not None
    write_openmetrics(out, played.run.minutes, played.run.transitions, CATALOGUE.metrics)
    assert played.report["anomalies"] == []
    found = {}
    for text in out.getvalue().decode().splitlines():
        if text.startswith(("pharos_self_service", "pharos_provisional")) and 'scope=""' in text:
            name, _, rest = text.partition("{")
            value, second = rest.rpartition("} ")[2].split()
            found[name, datetime.fromtimestamp(int(second), UTC)] = float(value)
    return found


def test_at_half_past_three_of_four_count_so_far_while_nothing_is_final(
    samples: dict[tuple[str, datetime], float],
) -> None:
    assert samples["pharos_provisional", HALF_PAST] == 0.75
    assert samples["pharos_provisional_cases", HALF_PAST] == 4
    assert ("pharos_self_service_resolved_ratio", HALF_PAST) not in samples


def test_all_count_until_it_is_read_that_somebody_asked_again(samples: dict[tuple[str, datetime], float]) -> None:
    assert samples["pharos_provisional", TEN + timedelta(minutes=20)] == 1.0
    assert samples["pharos_provisional", TEN + timedelta(minutes=26)] == 0.75


def test_a_day_later_the_same_is_final_and_nothing_is_provisional(samples: dict[tuple[str, datetime], float]) -> None:
    assert samples["pharos_self_service_resolved_ratio", HALF_PAST + DAY] == 0.75
    assert ("pharos_provisional", HALF_PAST + DAY) not in samples


def test_before_anything_was_opened_there_is_no_value(samples: dict[tuple[str, datetime], float]) -> None:
    first = min(time for name, time in samples if name == "pharos_provisional")

    assert first == TEN + timedelta(minutes=6)
