"""A second wave that follows the first, but for a quarter of an hour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pytest

from streams.catalogue.like_rules import check_likes
from streams.events.event_time import event_time_ms
from streams.scenarios.guide import Guide
from streams.scenarios.named import described, simulate
from streams.settings.calendar import CalendarEntry
from streams.simulate import two_waves
from streams.simulate.rhythm import MINUTE_MS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.simulate.played import Played


@pytest.fixture(scope="module")
def played() -> Iterator[Played]:
    patch = pytest.MonkeyPatch()
    patch.setitem(two_waves._SIZES, "demo", two_waves._Size(1.5, 0.6, 1, service_hours=2))
    yield simulate("two_waves", 7, "demo")
    patch.undo()


@pytest.fixture(scope="module")
def created(played: Played) -> np.ndarray:
    """When orders were created, ms."""
    lines = [msgspec.json.decode(line) for line in played.records() if '"order.created"' in line]
    return np.unique([event_time_ms(line["event"]["time"]) for line in lines])


def entries(played: Played, kind: str) -> list[dict[str, Any]]:
    return [entry for entry in played.truth if entry["kind"] == kind]


def orders_between(created: np.ndarray, start_ms: int, end_ms: int) -> int:
    return int(np.searchsorted(created, end_ms) - np.searchsorted(created, start_ms))


def test_the_second_wave_is_like_the_first_by_phase(played: Played, created: np.ndarray) -> None:
    first, second = (
        [orders_between(created, at + from_ * MINUTE_MS, at + (from_ + 3) * MINUTE_MS) for from_ in (0, 3, 6, 9)]
        for at in two_waves.WAVES
    )

    assert first[1] > 1.5 * first[0]  # it rises within minutes
    assert [b / a for a, b in zip(first, second, strict=True)] == pytest.approx([1.0] * 4, abs=0.3)


def test_while_people_stay_away_less_than_half_come_and_more_than_on_a_usual_evening(
    played: Played, created: np.ndarray
) -> None:
    (incident,) = entries(played, "incident")
    start, end = (event_time_ms(incident[key]) or 0 for key in ("start", "end"))
    back = two_waves.WAVES[1] - two_waves.WAVES[0]
    seen, then = orders_between(created, start, end), orders_between(created, start - back, end - back)
    before = two_waves.WAVES[0] - 20 * MINUTE_MS
    usual = orders_between(created, before, two_waves.WAVES[0]) / 20 * (end - start) / MINUTE_MS

    assert 0.35 < seen / then < 0.6
    assert seen > 3 * usual


def test_the_waves_are_traps_while_nothing_goes_wrong(played: Played) -> None:
    (incident,) = entries(played, "incident")
    waves = [entry for entry in entries(played, "trap") if "wave" in entry["id"]]

    assert {entry["touchpoint"] for entry in waves} == {"order", "page"}
    assert all(entry["end"] <= incident["start"] or entry["start"] > incident["end"] for entry in waves)
    assert len({entry["id"] for entry in played.truth}) == len(played.truth)


def test_the_calendar_says_that_the_second_is_like_the_first_and_holds(played: Played) -> None:
    calendar = msgspec.convert(played.scenario["calendar"], tuple[CalendarEntry, ...])

    assert [entry.like for entry in calendar] == ["", "wave 1"]
    assert list(check_likes(calendar)) == []


def test_the_same_seed_gives_the_same_bytes(played: Played) -> None:
    first = [line for _, line in zip(range(2_000), played.lines(), strict=False)]

    assert first == [line for _, line in zip(range(2_000), simulate("two_waves", 7, "demo").lines(), strict=False)]


def test_a_spectator_is_told_what_happens(played: Played) -> None:
    told = Guide(played.truth).until(two_waves.WAVES[1] + 90 * MINUTE_MS)

    assert any("goes wrong: in the second wave less than half" in line for line in told)
    assert any("a trap, nothing should be alerted: the first wave" in line for line in told)
    assert any(line.startswith("two_waves: ") for line in described())
