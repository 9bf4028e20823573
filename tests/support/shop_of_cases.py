"""Hours of a shop whose troubles show only where two events of a case meet, and the metrics that show them."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import orjson
import yaml

from streams.catalogue.load import SHIPPED, load
from streams.events.vocabulary import SHIPPED as VOCABULARY
from streams.offline.events_file import Line
from streams.offline.scenario import for_scenario
from streams.records.instant import rfc3339
from streams.settings.settings import Settings
from tests.support.shop_evening import HOUR_MS, MINUTE_MS, REST_MS, Evening

if TYPE_CHECKING:
    from pathlib import Path

METRICS = ("repeat_contacts", "checkout_step", "back_and_forth", "mentions_answered")
BEGIN_MS = 1_794_387_600_000  # 2026-11-11T17:00:00+08:00
HISTORY_H, LIVE_MIN = 6, 70
_TROUBLE = range(15 * MINUTE_MS, 40 * MINUTE_MS)  # after the beginning
_QUARTER_S = 900


class ShopOfCases(Evening):
    """Six hours of history, then seventy minutes; from the fifteenth to the fortieth all goes wrong at once.

    A record's partition is that of its own id: what says something of another event is seldom read from where that is,
    and often before it.
    """

    def __init__(self, folder: Path, seed: int = 5) -> None:
        self._draw = random.Random(seed)
        self.lines: list[Line] = []
        for minute in range(BEGIN_MS - HISTORY_H * HOUR_MS, BEGIN_MS + LIVE_MIN * MINUTE_MS, MINUTE_MS):
            self._minute(minute, minute - BEGIN_MS in _TROUBLE)
        end = BEGIN_MS + LIVE_MIN * MINUTE_MS
        self.lines = sorted((line for line in self.lines if line.at_ms < end), key=lambda line: line.at_ms)
        self.catalogue = load(str(_catalogue(folder)))
        self.begin_ms, self.until_ms = BEGIN_MS, end - REST_MS
        self.settings = for_scenario(Settings(cells_partitions=2), {"evaluate_from": rfc3339(BEGIN_MS)})

    def _minute(self, minute: int, trouble: bool) -> None:
        for _ in range(10):
            self._session(self._within(minute), trouble)
        for _ in range(6):
            at, order = self._within(minute), self._name()
            self._asks(at, order)
            if self._happens(0.6 if trouble else 0.1):
                self._asks(at + self._draw.randrange(1, 4 * MINUTE_MS), order)
        for _ in range(4):
            at, mention = self._within(minute), self._name()
            self._event("mention.posted", at, feedback_id=mention, platform="weibo")
            if self._happens(0.3 if trouble else 0.9):
                answered = at + self._draw.randrange(MINUTE_MS, 10 * MINUTE_MS)
                self._event("mention.answered", answered, feedback_id=mention, platform="weibo")

    def _asks(self, at: int, order: str) -> None:
        self._event("consultation.opened", at, consultation_id=self._name(), order_id=order, intent="logistics")

    def _session(self, at: int, trouble: bool) -> None:
        session = {"session_id": self._name(), "device": self._draw.choice(("phone", "desktop"))}
        self._event("page.viewed", at, **session)
        for _ in range(3 if self._happens(0.5 if trouble else 0.05) else self._draw.randrange(3)):
            self._event("page.back", at + self._draw.randrange(1, 2 * MINUTE_MS), **session)
        self._event("checkout.started", at + 1_000, step="address", **session)
        if self._happens(0.4 if trouble else 0.8):
            done = at + self._draw.randrange(2_000, 5 * MINUTE_MS)
            self._event("checkout.completed", done, step="done", **session)

    def _event(self, kind: str, at: int, /, **data: Any) -> None:
        """Recorded up to twenty seconds after it happened."""
        name = f"e{len(self.lines)}"
        event = {"specversion": "1.0", "id": name, "source": "/shop", "type": kind, "time": rfc3339(at), "data": data}
        recorded = at + self._draw.randrange(20_000)
        self.lines.append(Line(VOCABULARY.topic_of[kind], orjson.dumps(event), recorded, None, name.encode()))

    def _within(self, minute: int) -> int:
        return minute + self._draw.randrange(MINUTE_MS)

    def _happens(self, share: float) -> bool:
        return self._draw.random() < share

    def _name(self) -> str:
        return f"{self._draw.getrandbits(48):x}"


def _catalogue(folder: Path) -> Path:
    """The shipped metrics of cases, by their short windows; who posts something is answered in a quarter of an hour."""
    shipped = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))["metrics"]
    kept = [entry for entry in shipped if entry["name"] in METRICS]
    for entry in kept:
        entry |= {"windows": [300, _QUARTER_S], "minimum_exposure": 20, "opening_hours": False}
        entry |= {"symptom_of": [], "symptom_after_s": {}}
        if entry["name"] == "mentions_answered":
            (opened,), (closed,) = entry["denominator"], entry["numerator"]
            opened["plus_s"] = closed["plus_s"] = closed["after"]["reach_s"] = _QUARTER_S
    file = folder / "catalogue.yaml"
    file.write_text(yaml.safe_dump({"metrics": kept}, allow_unicode=True), encoding="utf-8")
    return file
