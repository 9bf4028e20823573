"""The state behind the page: what it keeps, what it forgets, and what it says of touchpoints and feeds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from streams.catalogue.load import load
from streams.records.anomaly import Anomaly, Change, Transition
from streams.records.anomaly_event import encode
from streams.records.verdicts import Pulse, TickVerdicts
from streams.register.register import RECENT, RECENT_MS, Register
from streams.web.anomaly_record import read_transition
from streams.web.board import POINTS, TIMELINE, Board

if TYPE_CHECKING:
    from collections.abc import Callable

CATALOGUE = load()


@pytest.fixture
def board() -> Board:
    return Board(Register(CATALOGUE.metrics), CATALOGUE.metrics, ("orders", "visits"), "Asia/Shanghai")


def pulse(value: float, metric: str = "payment_success") -> Pulse:
    return Pulse(metric, value, 0.96, 0.95, 0.97, 0.1)


def tick(time: int, *pulses: Pulse) -> TickVerdicts:
    return TickVerdicts(0, time, "hash", [], list(pulses))


def state_of(board: Board, touchpoint: str, now: int = 0) -> str:
    states = {state.name: state.state.value for state in board.view(now)["touchpoints"]}
    return states[touchpoint]


def points_of(board: Board, metric: str = "payment_success") -> list[Any]:
    views = msgspec.to_builtins(board.view(0))["metrics"]
    points: list[Any] = next(view["points"] for view in views if view["name"] == metric)
    return points


def test_an_anomaly_moves_from_open_to_recent_when_it_resolves(
    board: Board, anomaly: Callable[..., Anomaly], transition: Callable[..., Transition], now: int
) -> None:
    board.transition(transition(anomaly()))
    opened = board.open_anomalies()
    board.transition(transition(anomaly(state="resolved"), Change.RESOLVED, now + 1))

    assert [one.fingerprint for one in opened] == ["a1b2c3"]
    assert board.open_anomalies() == []
    assert [one.state for one in board.recent_anomalies()] == ["resolved"]


def test_what_fires_comes_before_what_recovers_and_notices_come_last(
    board: Board, anomaly: Callable[..., Anomaly], transition: Callable[..., Transition]
) -> None:
    for name in ("info-firing", "critical-recovering", "warning-firing", "warning-recovering", "critical-firing"):
        severity, state = name.split("-")
        board.transition(transition(anomaly(fingerprint=name, severity=severity, state=state)))
    order = [one.fingerprint for one in board.open_anomalies()]

    assert order[:2] == ["critical-firing", "warning-firing"]
    assert order[2:] == ["critical-recovering", "warning-recovering", "info-firing"]


def test_a_repeated_transition_changes_nothing(
    board: Board, anomaly: Callable[..., Anomaly], transition: Callable[..., Transition]
) -> None:
    opened = transition(anomaly())
    board.transition(opened)
    version = board.version
    board.transition(opened)
    found = board.anomaly("a1b2c3")

    assert board.version == version
    assert found is not None
    assert len(found[1]) == 1


def test_an_anomaly_that_comes_back_leaves_the_resolved_and_keeps_its_time_line(
    board: Board, anomaly: Callable[..., Anomaly], transition: Callable[..., Transition], now: int
) -> None:
    board.transition(transition(anomaly(), time=now))
    board.transition(transition(anomaly(state="resolved"), Change.RESOLVED, now + 1))
    board.transition(transition(anomaly(), time=now + 2))
    found = board.anomaly("a1b2c3")

    assert board.recent_anomalies() == []
    assert found is not None
    assert [entry.change.rpartition(".")[2] for entry in found[1]] == ["opened", "resolved", "opened"]


def test_a_time_line_keeps_the_newest_hundred(
    board: Board, anomaly: Callable[..., Anomaly], transition: Callable[..., Transition], now: int
) -> None:
    for step in range(TIMELINE + 20):
        board.transition(transition(anomaly(), Change.UPDATED, now + step))
    found = board.anomaly("a1b2c3")

    assert found is not None
    assert (len(found[1]), found[1][0].time) == (TIMELINE, now + 20)


def test_resolved_anomalies_are_kept_for_a_day(
    board: Board, anomaly: Callable[..., Anomaly], transition: Callable[..., Transition], now: int
) -> None:
    board.transition(transition(anomaly(state="resolved"), Change.RESOLVED, now))
    board.tick(tick(now + RECENT_MS))
    kept = len(board.recent_anomalies())
    board.tick(tick(now + RECENT_MS + 1))

    assert kept == 1
    assert board.recent_anomalies() == []
    assert board.anomaly("a1b2c3") is None


def test_no_more_than_a_thousand_resolved_anomalies_are_kept_and_the_oldest_go(
    board: Board, anomaly: Callable[..., Anomaly], transition: Callable[..., Transition], now: int
) -> None:
    for number in range(RECENT + 5):
        gone = anomaly(fingerprint=str(number), state="resolved")
        board.transition(transition(gone, Change.RESOLVED, now + number))
    recent = board.recent_anomalies()

    assert len(recent) == RECENT
    assert (recent[0].fingerprint, recent[-1].fingerprint) == (str(RECENT + 4), "5")


def test_pulses_of_half_a_minute_share_a_point_and_an_hour_is_kept(board: Board) -> None:
    for step in range(3 * POINTS + 30):
        board.tick(tick(step * 10_000, pulse(step / 1000)))
    points = points_of(board)

    assert len(points) == POINTS
    assert points[-1][0] - points[0][0] == (POINTS - 1) * 30_000
    assert points[-1][1] == (3 * POINTS + 29) / 1000


def test_an_older_tick_does_not_bend_the_line_back(board: Board) -> None:
    board.tick(tick(60_000, pulse(0.5)))
    board.tick(tick(30_000, pulse(0.9)))

    assert [point[1] for point in points_of(board)] == [0.5]


def test_what_could_not_be_measured_is_null_and_not_zero(board: Board) -> None:
    board.tick(tick(30_000, pulse(math.nan)))
    board.tick(tick(60_000, pulse(0.0)))

    assert [point[1] for point in points_of(board)] == [None, 0.0]


def test_a_value_without_an_expectation_is_drawn_without_a_band_and_all_zeros_are_no_data(board: Board) -> None:
    board.tick(tick(30_000, Pulse("payment_success", 0.9, 0.0, 0.0, 0.0, 0.0)))
    board.tick(tick(60_000, Pulse("payment_success", 0.0, 0.0, 0.0, 0.0, 0.0)))

    assert points_of(board) == [[30_000, 0.9, None, None, None], [60_000, None, None, None, None]]


def test_a_ratio_of_nothing_is_no_data_though_it_is_known_what_is_usual(board: Board) -> None:
    board.tick(tick(30_000, Pulse("payment_success", 0.0, 0.96, 0.95, 0.97, 0.0, missing=True)))

    assert points_of(board) == [[30_000, None, None, None, None]]
    assert state_of(board, "order") == "no_data"


def test_a_signal_is_told_with_the_interval_of_its_last_value(board: Board) -> None:
    interval_of = {}
    for told in (
        Pulse("nps", 45.0, 50.0, 30.0, 70.0, 0.1, low=30.498, high=59.502),
        Pulse("nps", 45.0, 50.0, 30.0, 70.0, 0.1),
    ):
        board.tick(tick(30_000, told))
        views = msgspec.to_builtins(board.view(0))["metrics"]
        interval_of[told.low] = next(view["interval"] for view in views if view["name"] == "nps")

    assert interval_of == {30.498: (30.498, 59.502), None: None}


def test_a_signal_is_told_with_what_it_was_at_the_last_sale_while_there_is_one(board: Board) -> None:
    told = []
    for last_sale in (212.34567, None):
        board.tick(tick(30_000, Pulse("orders_paid", 99.0, 50.0, 30.0, 70.0, 0.1, last_sale=last_sale)))
        views = msgspec.to_builtins(board.view(0))["metrics"]
        told += [view["last_sale"] for view in views if view["name"] == "orders_paid"]

    assert told == [212.346, None]


def test_a_pulse_that_an_older_worker_wrote_is_read_as_before() -> None:
    older = b'{"metric":"m","value":0,"expected":1,"lower":0,"upper":2,"score":0}'

    assert msgspec.json.decode(older, type=Pulse) == Pulse("m", 0, 1, 0, 2, 0)
    assert b"missing" not in msgspec.json.encode(Pulse("m", 0, 1, 0, 2, 0))


def test_a_pulse_of_a_metric_that_is_not_in_the_catalogue_is_passed_over(board: Board) -> None:
    board.tick(tick(30_000, pulse(1.0, "gone")))

    assert all(view["name"] != "gone" for view in board.view(0)["metrics"])


def test_every_signal_is_told_with_whether_it_leads_and_gauges_by_name_and_dimension_only(board: Board) -> None:
    view = msgspec.to_builtins(board.view(0))
    gauge = next(one for one in view["parts_only"] if one["name"] == "queue_waiting")

    assert {one["name"] for one in view["metrics"] if one["leading"] and one["touchpoint"] == "order"} == {
        "orders_paid",
        "payment_success",
    }
    assert {one["name"] for one in view["metrics"]} & {one["name"] for one in view["parts_only"]} == set()
    assert len(view["metrics"]) + len(view["parts_only"]) == len(CATALOGUE.metrics)
    assert (gauge["touchpoint"], gauge["scopes"]) == ("consultation", [["queue"]])
    assert not {"points", "score"} & set(gauge)


def test_a_touchpoint_goes_from_no_data_to_normal_and_back(board: Board) -> None:
    before = state_of(board, "order")
    board.tick(tick(30_000, pulse(0.96)))
    heard = state_of(board, "order")
    board.tick(tick(30_000 + 601_000, pulse(math.nan)))

    assert (before, heard, state_of(board, "order")) == ("no_data", "normal", "no_data")


def test_a_touchpoint_that_no_metric_watches_says_so() -> None:
    some = [metric for metric in CATALOGUE.metrics if metric.touchpoint != "dispute"]

    assert state_of(Board(Register(some), some, ("orders",), "Asia/Shanghai"), "dispute") == "unwatched"


@pytest.mark.parametrize(
    ("open_ones", "state"),
    [
        ([("critical", "firing"), ("warning", "firing")], "critical"),
        ([("critical", "recovering"), ("warning", "firing")], "warning"),
        ([("critical", "recovering"), ("info", "firing")], "recovering"),
        ([("info", "firing")], "info"),
    ],
)
def test_the_gravest_firing_anomaly_names_the_state_of_its_touchpoint(
    board: Board,
    anomaly: Callable[..., Anomaly],
    transition: Callable[..., Transition],
    open_ones: list[tuple[str, str]],
    state: str,
) -> None:
    for number, (severity, condition) in enumerate(open_ones):
        board.transition(transition(anomaly(fingerprint=str(number), severity=severity, state=condition)))

    assert state_of(board, "order") == state


@pytest.mark.parametrize(
    ("now", "feed", "pipeline"),
    [
        (1_000_000, "live", "normal"),
        (1_000_000 + 120_001, "silent", "stale"),
    ],
)
def test_a_feed_that_stands_still_is_silent(board: Board, now: int, feed: str, pipeline: str) -> None:
    for topic in ("orders", "visits"):
        board.source(topic, 999_000, 1_000_000)

    assert board.view(now)["sources"][0].state == feed
    assert state_of(board, "pipeline", now) == pipeline


def test_a_feed_that_has_never_spoken_has_no_data(board: Board) -> None:
    assert [source.state for source in board.view(0)["sources"]] == ["none", "none"]
    assert state_of(board, "pipeline") == "no_data"


def test_a_moving_feed_of_another_time_is_a_replay_and_a_late_one_is_behind(board: Board) -> None:
    now = 100_000_000
    board.source("orders", now - 86_400_000, now)
    board.source("visits", now - 400_000, now)

    assert [source.state for source in board.view(now)["sources"]] == ["replay", "behind"]


def test_a_watermark_that_does_not_rise_leaves_the_board_as_it_was(board: Board) -> None:
    board.source("orders", 5_000, 6_000)
    version = board.version
    board.source("orders", 5_000, 9_000)
    board.source("orders", 4_000, 9_000)

    assert board.version == version


def test_a_record_of_the_anomalies_topic_is_read_back(
    anomaly: Callable[..., Anomaly], transition: Callable[..., Transition]
) -> None:
    updated = transition(anomaly(), Change.UPDATED)

    assert read_transition(encode(updated)) == updated
    assert read_transition(encode(updated).replace(updated.anomaly.summary.encode(), b"\xff")) is None


@pytest.mark.parametrize("value", [None, b"", b"null", b"{}", b'{"id":1}', b"\xff\xfe", b'{"x":' + b"[" * 20_000])
def test_a_strangers_record_is_passed_over(value: bytes | None) -> None:
    assert read_transition(value) is None


def test_in_a_replay_at_speed_sixty_a_pause_of_two_minutes_is_two_seconds() -> None:
    quick = Board(Register(CATALOGUE.metrics), CATALOGUE.metrics, ["orders"], "UTC", pace=60.0)
    quick.source("orders", 1_000_000, 1_000_000)

    assert quick.view(1_000_000 + 600_000)["sources"][0].state == "live"
    assert quick.view(1_000_000 + 60 * 121_000)["sources"][0].state == "silent"
