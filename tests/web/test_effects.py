"""What feedback changed, on the time line."""

from __future__ import annotations

from streams.records.verdicts import Assessed, TickVerdicts
from streams.web.effects import EffectEntry, Effects


def tick(time: int, *assessed: Assessed) -> TickVerdicts:
    return TickVerdicts(0, time, "hash", [], assessed=list(assessed))


def test_a_line_says_what_feedback_changed_and_from_when_on() -> None:
    effects = Effects()
    effects.tick(tick(60_000, Assessed("f1", "17", "false_alarm", 1.85, until=120_000)))

    assert effects.of("f1") == [EffectEntry("17", "false_alarm", 60_000, 1.85, "1970-01-01T00:02:00.000Z", None)]
    assert effects.of("f2") == []


def test_a_tick_that_is_read_again_adds_no_line() -> None:
    effects = Effects()
    for _ in range(2):
        effects.tick(tick(60_000, Assessed("f1", "17", "new_trend", level=3.0), Assessed("f1", "18", "confirmed")))

    assert [entry.id for entry in effects.of("f1")] == ["17", "18"]


def test_memory_is_bounded_and_keeps_what_came_last() -> None:
    effects = Effects()
    for number in range(1_200):
        effects.tick(tick(number, Assessed(f"f{number}", "1", "confirmed")))
    for number in range(30):
        effects.tick(tick(number, Assessed("f1199", str(number), "confirmed")))

    assert effects.of("f0") == []
    assert len(effects.of("f1199")) == 20
    assert effects.of("f1199")[-1].id == "29"
