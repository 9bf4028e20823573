"""Two runs side by side: figures, pairs, and who would have got how many messages."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.catalogue.metric import Severity
from streams.offline.comparison import compared, messages_by_channel
from streams.offline.comparison_words import MOST_LISTED, in_words
from streams.settings.settings import ReceiverSettings, Settings

FROM, TO = "2026-11-10T00:00:00.000Z", "2026-11-12T00:00:00.000Z"
CHAT, PAGER = ReceiverSettings("chat", "console"), ReceiverSettings("pager-1", "console", group="pager")


def at(minute: int) -> str:
    return f"2026-11-11T{minute // 60:02d}:{minute % 60:02d}:00.000Z"


def anomaly(fingerprint: str, detected: int, ended: int | None, severity: str = "warning") -> dict[str, Any]:
    return {
        "fingerprint": fingerprint,
        "metric": f"metric_{fingerprint}",
        "scope": {"region": "zhejiang"} if fingerprint == "a" else {},
        "direction": "up",
        "severity": severity,
        "started_at": at(detected - 2),
        "detected_at": at(detected),
        "ended_at": None if ended is None else at(ended),
    }


def message(severity: Severity, lanes: tuple[str, ...] | None = None) -> Any:
    return SimpleNamespace(severity=severity, lanes=lanes)


def played(*anomalies: dict[str, Any], messages: tuple[Any, ...] = (), **scores: Any) -> Any:
    settings = Settings(receivers=(CHAT, PAGER))
    run = SimpleNamespace(settings=settings, notifications=lambda: list(messages))
    return SimpleNamespace(run=run, report={"from": FROM, "to": TO, "anomalies": list(anomalies)} | scores)


def test_alarms_are_counted_by_the_day_and_notices_are_not() -> None:
    this = played(anomaly("a", 10, 20), anomaly("b", 10, 20, "critical"), anomaly("c", 10, 20, "info"))
    section = compared(this, played(), "other.yaml", "catalogue")

    assert section["this"] == {
        "anomalies": 3,
        "alarms_a_day": 1.0,
        "critical_a_day": 0.5,
        "messages": {"chat": 0, "pager": 0},
    }
    assert section["other"]["alarms_a_day"] == 0.0


def test_the_same_series_at_the_same_time_is_in_both_and_says_how_much_later() -> None:
    section = compared(played(anomaly("a", 10, 20)), played(anomaly("a", 13, None, "critical")), "o", "settings")

    assert [(one["later_s"], one["severity"]) for one in section["both"]] == [(180.0, ["warning", "critical"])]
    assert section["only_this"] == section["only_other"] == []


def test_the_same_series_at_another_time_is_in_one_only() -> None:
    section = compared(played(anomaly("a", 10, 20)), played(anomaly("a", 60, 70)), "o", "settings")

    assert section["both"] == []
    assert [one["detected_at"] for one in section["only_this"]] == [at(10)]
    assert [one["detected_at"] for one in section["only_other"]] == [at(60)]


def test_one_that_opens_twice_where_the_other_stays_open_is_paired_once() -> None:
    section = compared(
        played(anomaly("a", 10, 20), anomaly("a", 25, 30)), played(anomaly("a", 10, 30)), "o", "settings"
    )

    assert [one["detected_at"] for one in section["both"]] == [[at(10), at(10)]]
    assert [one["detected_at"] for one in section["only_this"]] == [at(25)]


SOME = st.lists(
    st.builds(
        lambda name, begin, length: anomaly(name, begin, begin + length),
        st.sampled_from("abc"),
        st.integers(5, 1_000),
        st.integers(0, 90),
    ),
    max_size=12,
)


@given(SOME, SOME)
def test_every_anomaly_stands_in_exactly_one_list(ours: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> None:
    section = compared(played(*ours), played(*theirs), "o", "settings")
    both = section["both"]

    def known(anomalies: list[dict[str, Any]]) -> list[tuple[str, str]]:
        return sorted((one["fingerprint"], one["detected_at"]) for one in anomalies)

    for side, (key, all_of_it) in enumerate((("only_this", ours), ("only_other", theirs))):
        paired = [{**one, "detected_at": one["detected_at"][side]} for one in both]
        assert known([*paired, *section[key]]) == known(all_of_it)


def test_with_a_truth_each_incident_says_when_each_run_found_it() -> None:
    scores: dict[str, Any] = {
        "recall": 0.5,
        "precision": 1.0,
        "time_to_detect_s": {"median": 60.0, "p95": 60.0},
        "false_alarms_per_day": 0.0,
    }
    incidents: list[dict[str, Any]] = [
        {"id": "payment", "time_to_detect_s": 60.0},
        {"id": "carrier", "time_to_detect_s": None},
    ]
    missed = [one | {"time_to_detect_s": None} for one in incidents]
    section = compared(played(**scores, incidents=incidents), played(**scores, incidents=missed), "o", "settings")
    words = in_words(section, ("mine", "other"))

    assert section["incidents"] == [
        {"id": "payment", "this": 60.0, "other": None},
        {"id": "carrier", "this": None, "other": None},
    ]
    assert section["this"]["false_alarms_a_day"] == 0.0
    assert [line.split() for line in words.splitlines() if "payment" in line] == [
        ["payment", "found", "after", "60", "s", "missed"]
    ]
    assert "carrier" not in words


@pytest.mark.parametrize(
    ("lanes", "chat", "pager"), [(None, 1, 1), (("chat",), 1, 0), (("pager",), 0, 1), ((), 0, 0), (("gone",), 0, 0)]
)
def test_a_message_goes_where_its_routes_send_it(lanes: tuple[str, ...] | None, chat: int, pager: int) -> None:
    counts = messages_by_channel(
        [message(Severity.CRITICAL, lanes), message(Severity.INFO, lanes)], (CHAT, PAGER, PAGER)
    )

    assert counts == {"chat": chat, "pager": pager}


def test_the_table_lists_what_came_and_went_but_never_without_end() -> None:
    many = [anomaly("b", minute, minute + 1) for minute in range(10, 10 + 4 * (MOST_LISTED + 3), 4)]
    words = in_words(compared(played(*many), played(anomaly("a", 10, 20)), "o", "settings"), ("mine", "other"))

    assert "only in mine: 23" in words
    assert "  and 3 more, see the report" in words
    assert f"  {at(10)} warning metric_a up (region zhejiang)" in words


def test_what_events_say_cannot_control_a_terminal() -> None:
    hostile = anomaly("a", 10, 20) | {"scope": {"region": "\x1b[2J\n\u202e"}}
    words = in_words(compared(played(hostile), played(), "o", "settings"), ("mine", "other"))

    assert "\x1b" not in words
    assert "region \ufffd[2J\ufffd\ufffd)" in words
