"""An hour of a sale as the board hears it: pulses of every metric, freshness of every feed."""

from __future__ import annotations

import math
import random
from datetime import UTC, datetime

import msgspec

from streams.catalogue.load import load
from streams.records.anomaly import Anomaly, Why
from streams.records.verdicts import Pulse, SoFar, TickVerdicts
from streams.register.register import Register
from streams.settings.settings import SOURCE_TOPICS
from streams.web.board import Board
from tests.web.support.incident_story import Incident

CATALOGUE = load()
MINUTE = 60_000
NOW = int(datetime(2026, 11, 10, 16, 12, 30, tzinfo=UTC).timestamp() * 1000)

# value, noise, half width of the band, shape of the last minutes: +1 rises, -1 falls
_PULSES: dict[str, tuple[float, float, float, float]] = {
    "orders_created": (1240, 40, 150, 0),
    "orders_paid": (1120, 38, 140, -0.12),
    "payment_success": (0.962, 0.003, 0.012, -0.16),
    "pick_up": (0.9994, 0.0003, 0.0008, 0),
    "service_level": (0.87, 0.012, 0.05, 0),
    "asa": (9.5, 0.7, 3.5, 0),
    "abandonment": (0.021, 0.002, 0.012, 0),
    "inquiries": (86, 5, 22, 0.4),
    "inquiries_per_thousand": (41, 1.2, 6, 0.1),
    "collections": (640, 22, 90, 0),
    "parcel_movements": (5200, 120, 600, 0),
    "collection_24h": (0.981, 0.002, 0.01, 0),
    "refund_requests": (12.4, 0.5, 2.6, 0),
    "checkout_failed": (0.018, 0.0015, 0.008, 0),
    "page_load": (1.9, 0.05, 0.5, 0),
    "delivery_time": (187_000, 2_000, 20_000, 0),
    "disputes_upheld": (0.4, 0.02, 0.3, 0),
    "csat": (0.93, 0.006, 0.03, 0),
    "nps": (41, 1.5, 9, 0),
}


def tell(board: Board, anomaly: Anomaly) -> None:
    """As it went: reported from its beginning, opened a minute later, worse after that."""
    started = int(datetime.fromisoformat(anomaly.started_at).timestamp() * 1000)
    incident = Incident(board, msgspec.structs.replace(anomaly, state="firing"), started - 30_000)
    incident.report(started + MINUTE, 0.6)
    incident.tell(Why.OPENED, value=(anomaly.expected + anomaly.peak) / 2)
    incident.report(started + 3 * MINUTE, 1.0)
    incident.tell(Why.WORSENED, value=anomaly.value)
    incident.report(NOW, 0.85 if anomaly.state == "firing" else 0.3)
    if anomaly.state == "recovering":
        incident.tell(Why.RECOVERING, value=anomaly.value, state="recovering")


# What counts so far, of how many; of the last nothing was opened.
_SO_FAR = (
    ("collection_24h", 0.412, 16_800),
    ("refund_closed_24h", 0.0731, 1_240),
    ("self_service_resolved", 0.75, 4),
    ("detractors_closed", None, 0),
)

# The same for metrics that are not told of above, by unit.
_OTHERS: dict[str, tuple[float, float, float, float]] = {
    "ratio": (0.93, 0.004, 0.02, 0),
    "seconds": (64_000, 900, 9_000, 0),
    "per_minute": (0.4, 0.02, 0.3, 0),
    "per_thousand": (2.9, 0.2, 1.1, 0),
    "per_ten_thousand": (1.2, 0.1, 0.6, 0),
    "per_day": (3, 0.2, 2, 0),
    "points": (38, 1.5, 9, 0),
    "number": (0.3, 0.01, 0.1, 0),
    "money": (137, 4, 30, 0),
    "money_per_minute": (2_500, 120, 900, 0),
}


def hour(*, disturbed: bool, full: bool = False) -> Board:
    """Half of the metrics, or every metric that has a whole."""
    others = {metric.name: _OTHERS[metric.unit] for metric in CATALOGUE.metrics if () in metric.scopes} if full else {}
    board = Board(Register(CATALOGUE.metrics), CATALOGUE.metrics, SOURCE_TOPICS, "Asia/Shanghai")
    draw = random.Random(11)
    for time in range(NOW - 60 * MINUTE, NOW + 1, 30_000):
        pulses = []
        for name, (level, noise, half, bend) in (others | _PULSES).items():
            sway = 0.04 if level > 1 else 0.0005
            expected = level * (1 + sway * math.sin(time / 1.1e6))
            late = max(0.0, (time - NOW + 7 * MINUTE) / (7 * MINUTE)) if disturbed else 0.0
            value = expected + draw.gauss(0, noise) + level * bend * min(1.0, 2 * late)
            top = 1.0 if expected <= 1 else math.inf
            if disturbed and name == "collection_24h":
                value = math.nan
            pulses.append(Pulse(name, min(value, top), expected, expected - half, min(expected + half, top), late * 3))
        so_far = [SoFar(*each) for each in _SO_FAR] if time % MINUTE == 0 and not disturbed else []
        board.tick(TickVerdicts(0, time, "hash", [], pulses, so_far=so_far))
    for number, topic in enumerate(SOURCE_TOPICS):
        late = 9 * MINUTE if disturbed and topic == "feedback" else (2 + number) * 1000
        board.source(topic, NOW - late, NOW - late)
    return board
