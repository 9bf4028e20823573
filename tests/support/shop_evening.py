"""One evening of the simulated shop, run without a broker and through a worker, and what came of it."""

from __future__ import annotations

import asyncio
import threading
import time
from bisect import bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import confluent_kafka
import msgspec

from streams.app.system import System
from streams.broker.connection import Connection
from streams.catalogue.load import Catalogue, load
from streams.events.event_time import event_time_ms
from streams.offline.backtest import Backtest
from streams.offline.events_file import Line, record
from streams.offline.replay import replay
from streams.offline.scenario import for_scenario
from streams.records.action import ActionRecord, Kind
from streams.records.action_event import encode
from streams.records.anomaly import Change
from streams.records.anomaly_event import decode
from streams.records.instant import rfc3339
from streams.scenarios.named import simulate
from streams.settings.settings import SOURCE_TOPICS, Settings
from streams.topics.names import ACTIONS_TOPIC
from streams.transport.clients.topics import prepare_topics

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.offline.headway import Headway
    from streams.records.anomaly import Transition

PARTITIONS = 2
METRICS = ("orders_created", "orders_paid", "payment_success")
HOUR_MS, MINUTE_MS = 3_600_000, 60_000
# What is still open when the records end: the worker's clock goes on, a backtest's does not.
REST_MS = MINUTE_MS


class Told(NamedTuple):
    """What must be the same of a transition, however it came about."""

    id: str
    change: Change
    decided_at: int
    metric: str
    fingerprint: str
    started_at: str
    detected_at: str
    ended_at: str | None
    severity: str
    numbers: tuple[float, ...]  # value, expectation and band, score, exposure, peak


class Evening:
    """The orders of the sale, cut to the hours around the fault of a payment method; the other topics are silent.

    Attributes:
        lines: in the order of ingest.
        settings: as the scenario wants them.
        until_ms: ticks up to here are compared.

    """

    def __init__(self, history_h: float = 6.0, live_min: int = 75) -> None:
        played = simulate("double11", 7, "demo")
        fails = next(event_time_ms(entry["start"]) or 0 for entry in played.truth if entry["id"] == "payment")
        begin = fails // MINUTE_MS * MINUTE_MS - 25 * MINUTE_MS
        end = begin + live_min * MINUTE_MS
        cut = []
        for arrival in played._arrivals:
            first, last = arrival.at_ms.searchsorted((begin - round(history_h * HOUR_MS), end))
            part = slice(first, last)
            cut.append(
                replace(arrival, rows=arrival.rows[part], at_ms=arrival.at_ms[part], copies=arrival.copies[part])
            )
        some = replace(played, _arrivals=cut).lines()
        next(some)
        lines = (record(text.encode(), number, "evening") for number, text in enumerate(some, 2))
        self.lines: list[Line] = [_with_a_fault_more(line, begin) for line in lines if line.topic == "orders"]
        self.catalogue = Catalogue.of(tuple(metric for metric in load().metrics if metric.name in METRICS))
        self.begin_ms = begin
        self.until_ms = end - REST_MS
        self.settings = for_scenario(Settings(cells_partitions=2), {**played.scenario, "evaluate_from": rfc3339(begin)})

    def backtest(self) -> tuple[list[Told], dict[str, int]]:
        """Transitions, and records by outcome."""
        run = Backtest(self.catalogue, self.settings, PARTITIONS)
        for line in self.lines:
            run.add(line)
        run.finish()
        outcomes = {outcome.value: count for outcome, count in run.outcomes().items()}
        return self.told(run.transitions), outcomes

    def take_feedback(self, about: Told, verdict: str, at_ms: int) -> None:
        """Somebody says so of an anomaly, at that time."""
        taken = ActionRecord(
            source="/pharos/api",
            id=f"{verdict}-{about.fingerprint}",
            fingerprint=about.fingerprint,
            time=at_ms,
            action=Kind.FEEDBACK,
            actor="li.wei",
            verdict=verdict,
            detected_at=event_time_ms(about.detected_at),
            started_at=event_time_ms(about.started_at),
        )
        name = about.fingerprint.encode()
        line = Line(ACTIONS_TOPIC, encode(taken), at_ms, name, name)
        self.lines.insert(bisect_right(self.lines, at_ms, key=lambda known: known.at_ms), line)

    def told(self, transitions: Iterable[Transition]) -> list[Told]:
        """Those decided by `until_ms`."""
        return [_told(transition) for transition in transitions if transition.time <= self.until_ms]

    async def live(
        self, settings: Settings, speed: float, limit_s: float, headway: Headway | None = None
    ) -> tuple[list[Told], dict[str, int]]:
        """The same through a worker on a broker that has the source topics; what a subscriber then finds there."""
        system = System(settings, self.catalogue, await prepare_topics(settings), write=lambda _: None)
        stop = threading.Event()
        deadline = time.monotonic() + limit_s
        async with system.running():
            failure = asyncio.ensure_future(system.failure())
            while not system.worker.assigned:
                assert time.monotonic() < deadline, "the worker got no partitions"
                await asyncio.sleep(0.05)
            sources = dict.fromkeys(SOURCE_TOPICS, PARTITIONS) | {ACTIONS_TOPIC: 1}
            events = sum(line.topic != ACTIONS_TOPIC for line in self.lines)
            options: dict[str, Any] = {"speed": speed, "paced_from_ms": self.begin_ms, "stop": stop, "headway": headway}
            sending = asyncio.create_task(
                asyncio.to_thread(replay, self.lines, Connection(settings.broker), sources, **options)
            )
            try:
                while not (sending.done() and sum(system.counts.outcomes.values()) == events and self._over(system)):
                    assert not failure.done(), failure.result()
                    assert time.monotonic() < deadline, (
                        f"not over in time: {system.counts.outcomes} of {len(self.lines)}"
                    )
                    await asyncio.sleep(0.05)
            finally:
                stop.set()
                await sending
                failure.cancel()
        return self.told(_published(settings.broker)), dict(system.counts.outcomes)

    def _over(self, system: System) -> bool:
        agent = system.worker.incident_agent
        assert agent is not None
        states: list[Any] = [part.log_state for part in agent.parts.values()]
        return bool(states) and all(
            state is not None and state.desk.handled >= self.until_ms and not state._pending and not state._saving
            for state in states
        )


def _told(transition: Transition) -> Told:
    a = transition.anomaly
    numbers = (a.value, a.expected, a.lower, a.upper, a.score, a.exposure, a.peak)
    names = (transition.id, transition.change, transition.time, a.metric, a.fingerprint)
    return Told(*names, a.started_at, a.detected_at, a.ended_at, a.severity, numbers)


def _with_a_fault_more(line: Line, begin_ms: int) -> Line:
    """For six minutes the payments of one method fail: over before the scenario's own fault begins."""
    if not 8 * MINUTE_MS <= line.at_ms - begin_ms < 14 * MINUTE_MS or b'"payment_method":"alipay"' not in line.event:
        return line
    return line._replace(event=line.event.replace(b'"order.paid"', b'"order.payment_failed"'))


def _published(broker: str) -> list[Transition]:
    reader = confluent_kafka.Consumer(
        {
            "bootstrap.servers": broker,
            "group.id": "subscriber",
            "isolation.level": "read_committed",
            "enable.partition.eof": True,
            "enable.auto.commit": False,
            "fetch.wait.max.ms": 50,
        }
    )
    reader.assign([confluent_kafka.TopicPartition("pharos-anomalies", 0, 0)])
    found = []
    while True:
        message = reader.poll(20.0)
        assert message is not None, "the broker says nothing of pharos-anomalies"
        if message.error() is not None:
            assert message.error().code() == confluent_kafka.KafkaError._PARTITION_EOF
            reader.close()
            return found
        found.append(decode(message.value() or b""))


def assert_worth_comparing(told: list[Told]) -> None:
    """Two anomalies at least, and one that is over."""
    of = {change: {t.fingerprint for t in told if t.change is change} for change in Change}
    assert len(of[Change.OPENED]) >= 2
    assert of[Change.RESOLVED]


def settings_for(evening: Evening, broker: str, state_dir: str, *, transactions: bool) -> Settings:
    """Of a worker that is quick to see that a source is idle."""
    return msgspec.structs.replace(
        evening.settings,
        broker=broker,
        transactions=transactions,
        state_dir=state_dir,
        port=0,
        session_timeout_s=6.0,
        heartbeat_interval_s=1.0,
        flush_interval_s=0.3,
        idle_after_s=2.0,
    )
