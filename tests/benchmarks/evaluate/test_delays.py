"""When something was said of a series."""

from __future__ import annotations

import pytest

from benchmarks.evaluate.delays import Said, series_of
from benchmarks.evaluate.missed import Incident, outcome
from streams.records.verdicts import TickVerdicts, Verdict

MINUTE = 60_000
STORE = {"store": "hz"}
SERIES = series_of("orders", STORE)


def verdict(score: float, direction: str = "down", scope: dict[str, str] | None = None, **more: object) -> Verdict:
    numbers = dict.fromkeys(("value", "expected", "lower", "upper", "exposure", "excess"), 0.0)
    fixed = {"metric": "orders", "scope": STORE if scope is None else scope, "window_s": 60, "reason": "SHIFT"}
    return Verdict(**(fixed | numbers | {"score": score, "direction": direction} | more))  # type: ignore[arg-type]


def said(*ticks: tuple[float, Verdict]) -> Said:
    """Verdicts at minutes."""
    heard = Said()
    heard.hear(TickVerdicts(0, round(minute * MINUTE), "", [of]) for minute, of in ticks)
    return heard


def test_the_delay_is_from_the_begin_of_the_change_to_the_first_verdict_past_the_limit() -> None:
    heard = said((101, verdict(0.9)), (104.5, verdict(1.0)), (105, verdict(3.0)))
    assert heard.delay_min(SERIES, 100 * MINUTE, "down") == 4.5


def test_a_verdict_in_the_other_direction_finds_nothing() -> None:
    assert said((104, verdict(2.0, "up"))).delay_min(SERIES, 100 * MINUTE, "down") is None


def test_a_verdict_of_another_part_finds_nothing() -> None:
    assert said((104, verdict(2.0, scope={"store": "sz"}))).delay_min(SERIES, 100 * MINUTE, "down") is None


def test_a_verdict_that_could_not_be_judged_finds_nothing() -> None:
    assert said((104, verdict(2.0, insufficient=True))).delay_min(SERIES, 100 * MINUTE, "down") is None


def test_what_deviated_before_its_change_has_no_delay() -> None:
    heard = said((95, verdict(1.5)), (101, verdict(1.5)))
    with pytest.raises(ValueError, match="before its change"):
        heard.delay_min(SERIES, 100 * MINUTE, "down")


def test_what_was_over_before_its_change_counts_as_false_and_is_found_anew() -> None:
    heard = said((50, verdict(1.5)), (103, verdict(1.5)))
    assert heard.count(SERIES, 0, 100 * MINUTE) == 1
    assert heard.delay_min(SERIES, 100 * MINUTE, "down") == 3.0


def test_a_gap_of_twenty_minutes_is_one_false_alarm_and_a_longer_one_two() -> None:
    assert said((10, verdict(1)), (30, verdict(1))).count(SERIES, 0, 100 * MINUTE) == 1
    assert said((10, verdict(1)), (30.5, verdict(1))).count(SERIES, 0, 100 * MINUTE) == 2


def test_another_part_of_the_same_dimension_is_blamed_wrongly_and_the_whole_is_not() -> None:
    incident = Incident("orders", STORE, "down", 100 * MINUTE, 200 * MINUTE)
    heard = said((110, verdict(2)), (111, verdict(2, scope={"store": "sz"})), (112, verdict(2, scope={})))
    found = outcome(heard, incident, 5.0, (0, 100 * MINUTE))
    assert (found.delay_min, found.before, found.elsewhere) == (10.0, 0, 1)


def test_what_is_said_after_the_end_of_the_incident_comes_too_late() -> None:
    incident = Incident("orders", STORE, "down", 100 * MINUTE, 120 * MINUTE)
    assert outcome(said((121, verdict(2))), incident, 5.0, (0, 100 * MINUTE)).delay_min is None
