"""From pending to resolved, as the person on duty expects it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from streams.catalogue.load import Catalogue
from streams.records.verdicts import Contributor, TickVerdicts

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.catalogue.metric import Metric
    from streams.incidents.desk import IncidentDesk
    from streams.records.anomaly import Transition
    from streams.records.verdicts import Verdict

MINUTE = 60_000
HOUR = 60 * MINUTE


@pytest.fixture(name="fire")
def _fire(shop: Any, verdict: Callable[..., Verdict]) -> Callable[..., list[Transition]]:
    """Opens an anomaly and returns its transitions."""
    return lambda **fields: shop.tick(verdict(**fields), times=3)


def test_a_change_that_lasts_two_ticks_more_fires(
    shop: Any, verdict: Callable[..., Verdict], changes: Callable[..., list[tuple[str, str, str]]]
) -> None:
    assert changes(shop.tick(verdict())) == []
    assert changes(shop.tick(verdict())) == []
    assert changes(shop.tick(verdict())) == [("opened", "opened", "payment")]


def test_a_change_of_one_tick_never_fires(shop: Any, verdict: Callable[..., Verdict]) -> None:
    for _ in range(20):
        assert shop.tick(verdict(), verdict(score=0.2)) == []
        assert shop.tick(verdict(score=0.2)) == []


def test_a_tick_without_a_verdict_neither_helps_nor_resets_what_is_pending(
    shop: Any, verdict: Callable[..., Verdict], changes: Callable[..., list[tuple[str, str, str]]]
) -> None:
    shop.tick(verdict())
    shop.wait(5 * MINUTE)
    assert changes(shop.tick(verdict())) == [("opened", "opened", "payment")]


def test_what_is_pending_and_not_seen_for_long_starts_anew(shop: Any, verdict: Callable[..., Verdict]) -> None:
    shop.tick(verdict())
    shop.wait(16 * MINUTE)
    assert shop.tick(verdict()) == []


def test_a_critical_cliff_does_not_wait(
    shop: Any, verdict: Callable[..., Verdict], changes: Callable[..., list[tuple[str, str, str]]]
) -> None:
    assert changes(shop.tick(verdict(score=2.5, value=0.5))) == [("opened", "opened", "payment")]


def test_a_surprising_change_of_little_effect_waits(shop: Any, verdict: Callable[..., Verdict]) -> None:
    assert shop.tick(verdict(score=2.5, value=0.95)) == []


@pytest.mark.parametrize(
    ("fields", "severity"),
    [
        ({"score": 1.9}, "warning"),
        ({"score": 2.0}, "critical"),
        ({"score": 9.0, "good": True}, "info"),
        ({"score": 9.0, "name": "orders"}, "warning"),
        ({"score": 9.0, "name": "curiosity"}, "info"),
    ],
)
def test_severity_grows_with_the_score_as_far_as_the_metric_allows(
    fire: Callable[..., list[Transition]], fields: dict[str, Any], severity: str
) -> None:
    assert fire(**fields)[-1].anomaly.severity == severity


def test_it_recovers_below_the_clear_threshold_and_resolves_when_that_lasts(
    shop: Any,
    verdict: Callable[..., Verdict],
    changes: Callable[..., list[tuple[str, str, str]]],
    fire: Callable[..., list[Transition]],
) -> None:
    fire()
    assert changes(shop.tick(verdict(score=0.8))) == []
    assert changes(shop.tick(verdict(score=0.6))) == [("updated", "recovering", "payment")]
    clear = shop.now
    assert changes(shop.wait(5 * MINUTE - 10_000, verdict(score=0.1))) == []
    resolved = shop.tick(verdict(score=0.1))
    assert changes(resolved) == [("resolved", "recovered", "payment")]
    assert resolved[0].anomaly.state == "resolved"
    assert resolved[0].time - clear == 5 * MINUTE
    assert resolved[0].anomaly.ended_at == "2025-11-10T16:00:40.000Z"


def test_a_relapse_while_recovering_fires_again_in_the_same_episode(
    shop: Any,
    verdict: Callable[..., Verdict],
    changes: Callable[..., list[tuple[str, str, str]]],
    fire: Callable[..., list[Transition]],
) -> None:
    fire()
    shop.wait(4 * MINUTE, verdict(score=0.1))
    assert changes(shop.tick(verdict())) == [("updated", "refired", "payment")]
    again = shop.wait(6 * MINUTE, verdict(score=0.1))
    assert [change for change, _, _ in changes(again)] == ["updated", "resolved"]


def test_a_rebound_in_the_other_direction_counts_as_recovery(
    shop: Any,
    verdict: Callable[..., Verdict],
    changes: Callable[..., list[tuple[str, str, str]]],
    fire: Callable[..., list[Transition]],
) -> None:
    fire()
    rebound = shop.wait(6 * MINUTE, verdict(score=3.0, value=1.0, direction="up", good=True))
    assert changes(rebound)[:2] == [("updated", "recovering", "payment"), ("resolved", "recovered", "payment")]


def test_without_data_an_alert_is_frozen_and_ends_as_stale_after_hours(
    shop: Any,
    verdict: Callable[..., Verdict],
    changes: Callable[..., list[tuple[str, str, str]]],
    fire: Callable[..., list[Transition]],
) -> None:
    fire()
    frozen = shop.wait(5 * HOUR, verdict(score=0.0, insufficient=True))
    assert frozen == []
    assert shop.desk.open_anomalies()[0].state == "firing"
    assert changes(shop.wait(HOUR)) == [("resolved", "stale", "payment")]


def test_insufficient_data_while_recovering_does_not_resolve(
    shop: Any,
    verdict: Callable[..., Verdict],
    changes: Callable[..., list[tuple[str, str, str]]],
    fire: Callable[..., list[Transition]],
) -> None:
    fire()
    shop.tick(verdict(score=0.1))
    assert shop.wait(30 * MINUTE, verdict(score=0.0, insufficient=True)) == []
    assert changes(shop.tick(verdict(score=0.1))) == [("resolved", "recovered", "payment")]


def test_clear_worsening_is_told_once_in_a_while(
    shop: Any,
    verdict: Callable[..., Verdict],
    changes: Callable[..., list[tuple[str, str, str]]],
    fire: Callable[..., list[Transition]],
) -> None:
    fire(score=1.1, value=0.93)
    assert shop.tick(verdict(score=1.9, value=0.9)) == []  # too soon
    assert changes(shop.wait(5 * MINUTE, verdict(score=1.9, value=0.9))) == [("updated", "worsened", "payment")]
    assert shop.wait(20 * MINUTE, verdict(score=1.95, value=0.9)) == []


def test_the_same_deviation_that_is_ever_more_certain_is_no_worse(
    shop: Any, verdict: Callable[..., Verdict], fire: Callable[..., list[Transition]]
) -> None:
    fire(score=5.0, value=0.9)
    told = [t for score in range(6, 40) for t in shop.wait(MINUTE, verdict(score=float(score), value=0.9))]

    assert told == []


def test_a_rise_of_the_severity_is_told_at_once_and_only_once(
    shop: Any,
    verdict: Callable[..., Verdict],
    changes: Callable[..., list[tuple[str, str, str]]],
    fire: Callable[..., list[Transition]],
) -> None:
    fire(score=1.5)
    assert changes(shop.tick(verdict(score=2.2))) == [("updated", "escalated", "payment")]
    assert shop.tick(verdict(score=1.5)) == []
    assert shop.tick(verdict(score=2.2)) == []


def test_the_peak_is_the_worst_value_of_the_episode(
    shop: Any, verdict: Callable[..., Verdict], fire: Callable[..., list[Transition]]
) -> None:
    fire(value=0.9)
    shop.tick(verdict(value=0.8))
    shop.tick(verdict(value=0.92))
    assert shop.desk.open_anomalies()[0].peak == 0.8
    assert shop.desk.open_anomalies()[0].value == 0.92


def test_what_flaps_is_held_firing_and_has_to_stay_clear_for_longer(
    shop: Any,
    verdict: Callable[..., Verdict],
    changes: Callable[..., list[tuple[str, str, str]]],
    fire: Callable[..., list[Transition]],
) -> None:
    fire()
    told = []
    for _ in range(10):
        told += shop.wait(MINUTE, verdict(score=0.1))
        told += shop.wait(MINUTE, verdict())
    assert len(told) <= 8
    assert shop.wait(5 * MINUTE + 10_000, verdict(score=0.1)) == []
    assert changes(shop.wait(20 * MINUTE, verdict(score=0.1)))[-1] == ("resolved", "recovered", "payment")


def test_a_second_episode_opens_anew_with_the_same_fingerprint_and_other_ids(
    shop: Any,
    verdict: Callable[..., Verdict],
    changes: Callable[..., list[tuple[str, str, str]]],
    fire: Callable[..., list[Transition]],
) -> None:
    first = fire()
    shop.wait(10 * MINUTE, verdict(score=0.1))
    second = fire()
    assert changes(second) == [("opened", "opened", "payment")]
    assert first[0].anomaly.fingerprint == second[0].anomaly.fingerprint
    assert first[0].id != second[0].id
    assert first[0].anomaly.incident != second[0].anomaly.incident


def test_what_is_resolved_is_shown_for_a_day(
    shop: Any, verdict: Callable[..., Verdict], fire: Callable[..., list[Transition]]
) -> None:
    fire()
    shop.wait(10 * MINUTE, verdict(score=0.1))
    shop.wait(23 * HOUR)
    assert [a.state for a in shop.desk.recent_anomalies()] == ["resolved"]
    shop.wait(2 * HOUR)
    assert shop.desk.recent_anomalies() == []


def test_the_anomaly_has_every_field_of_the_contract(shop: Any, verdict: Callable[..., Verdict]) -> None:
    contributors = [Contributor({"method": "alipay"}, 0.6, 0.5, 0.1)]
    (opened,) = shop.tick(
        verdict(started_at=shop.now, contributors=contributors, upper=float("inf"), score=float("inf")), times=3
    )
    anomaly = opened.anomaly
    assert (anomaly.started_at, anomaly.detected_at) == ("2025-11-10T15:59:50.000Z", "2025-11-10T16:00:20.000Z")
    assert anomaly.runbook_url == "https://runbooks/pharos#payment"
    assert anomaly.board_url == f"https://board/?fingerprint={anomaly.fingerprint}"
    assert anomaly.summary == (
        "Payment overall fell to 93.0% (expected 97.0%) since 2025-11-10 23:59:50 +08:00, 60% of it for method alipay."
    )
    assert b"Infinity" not in msgspec.json.encode(anomaly)


def test_the_sentence_names_a_preset_limit_that_was_reached(fire: Callable[..., list[Transition]]) -> None:
    (opened,) = fire(reason="THRESHOLD")
    assert opened.anomaly.summary.startswith("Payment overall fell to 93.0% (expected 97.0%, limit 95.0%) since")


def test_an_alert_of_a_metric_that_left_the_catalogue_is_resolved(
    shop: Any,
    verdict: Callable[..., Verdict],
    changes: Callable[..., list[tuple[str, str, str]]],
    fire: Callable[..., list[Transition]],
    open_desk: Callable[..., IncidentDesk],
    metric: Callable[..., Metric],
) -> None:
    fire()
    smaller = open_desk(catalogue=Catalogue.of((metric("orders", "order"),)))
    smaller.restore(shop.desk.to_bytes())
    retired = smaller.deliver(TickVerdicts(0, shop.now + 10_000, "other", [verdict()]))
    assert changes(retired) == [("resolved", "retired", "payment")]
    assert smaller.readings()["unknown_metrics"] == 1
    assert smaller.readings()["foreign_records"] == 1


def test_a_stall_of_a_minute_has_held_for_long_enough_when_it_is_first_seen(
    shop: Any, verdict: Callable[..., Verdict], changes: Callable[..., list[tuple[str, str, str]]]
) -> None:
    stall = {"name": "movements", "scope": {"carrier": "zto"}, "score": 1.0, "reason": "STALL", "value": 0.0}

    assert changes(shop.tick(verdict(window_s=90, **stall))) == [("opened", "opened", "movements")]


def test_a_stall_of_less_than_a_minute_has_to_hold_like_everything_else(
    shop: Any, verdict: Callable[..., Verdict]
) -> None:
    stall = {"name": "movements", "scope": {"carrier": "zto"}, "score": 1.0, "reason": "STALL", "value": 0.0}

    assert shop.tick(verdict(window_s=40, **stall)) == []
