"""The whole road as processes: a simulated sale, a broker, a worker, Prometheus, Alertmanager, and who is told."""

from __future__ import annotations

import contextlib
import subprocess
import time
import urllib.request
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from tests.end_to_end.support.anomaly_subscriber import Subscriber
from tests.end_to_end.support.documented_channels import (
    DINGTALK_SECRET,
    FEISHU_SECRET,
    ROUTING_KEY,
    SYSTEM_SECRET,
    Channels,
)
from tests.end_to_end.support.monitoring_processes import monitoring
from tests.end_to_end.support.sale_events import write_sale
from tests.end_to_end.support.wall_in_browser import Wall, somebody_at
from tests.support.pharos_processes import (
    PHAROS,
    Way,
    broker_process,
    free_port,
    started,
    tail,
    wait_for,
    wait_until_ready,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.end_to_end.support.anomaly_subscriber import Published
    from tests.end_to_end.support.documented_channels import Post
    from tests.end_to_end.support.sale_events import Sale

SPEED = 24.0
PARTITIONS = 2
ON_CALL = "Li Wei"
ROBOTS = ("dingtalk", "feishu", "wecom")
_TOKENS = {"viewer": "v1ewer-of-prometheus", "responder": "resp0nder-at-the-wall"}
_LIMIT_S = 230.0


@dataclass
class Course:
    """What was seen at each hop, by wall clocks of this machine (s since the epoch)."""

    sale: Sale
    broker: str = ""
    fingerprint: str = ""
    replayed_from: float = 0.0
    acknowledged_at: float = 0.0
    at_the_wall: str = ""
    session: dict[str, Any] = field(default_factory=dict)
    acknowledged: dict[str, Any] = field(default_factory=dict)
    last: dict[str, Any] = field(default_factory=dict)  # the anomaly with its time line, after its end
    published: list[Published] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    rule_faults: list[str] = field(default_factory=list)
    metrics: str = ""

    def of(self, *channels: str) -> list[Post]:
        return [post for post in self.posts if post.channel in channels]

    def alerts(self, status: str) -> list[tuple[float, dict[str, str]]]:
        """What the on-call webhook heard from Alertmanager: when, and the labels of each alert of this status."""
        return [
            (post.at, alert["labels"])
            for post in self.of("on-call")
            for alert in post.body["alerts"]
            if alert["status"] == status
        ]


class _Patience:
    """Waits for what has to come, as long as the processes go on and the time lasts."""

    def __init__(self, processes: dict[str, tuple[subprocess.Popen[bytes], Path]], deadline: float) -> None:
        self._processes = processes
        self._deadline = deadline

    def until(self, what: str, seen: Callable[[], Any]) -> Any:
        """What `seen` gives once that is true; AssertionError where a process fails or it takes too long."""
        while True:
            found = seen()
            if found:
                return found
            for name, (process, log) in self._processes.items():
                over = process.poll()
                assert over is None or (name, over) == ("replay", 0), f"the {name} ended with {over}: {tail(log)}"
            assert time.monotonic() < self._deadline, f"{what} does not come; {self._said()}"
            time.sleep(0.05)

    def _said(self) -> str:
        return "; ".join(f"the {name}: {tail(log)}" for name, (_, log) in self._processes.items())


def run_course(folder: Path, *, kafka: bool) -> Course:
    """Raises AssertionError where a hop does not come, with what the processes said last."""
    course = Course(write_sale(folder))
    with contextlib.ExitStack() as stack:
        channels = stack.enter_context(Channels())
        broker = stack.enter_context(broker_process(Way(kafka, 1, SPEED), folder, PARTITIONS))
        course.broker = "Apache Kafka" if kafka else "the embedded broker"
        replay = (*PHAROS, "replay", "--broker", broker, "--partitions", str(PARTITIONS))
        (folder / "nothing.jsonl").touch()
        subprocess.run((*replay, str(folder / "nothing.jsonl")), check=True, capture_output=True)  # makes the topics
        config = _worker_settings(folder, course.sale, channels)
        page = f"http://127.0.0.1:{config['port']}/"
        log = folder / "worker.log"
        worker = stack.enter_context(
            started((*PHAROS, "worker", "--broker", broker, "--config", str(folder / "pharos.yaml")), log)
        )
        deadline = time.monotonic() + _LIMIT_S
        wait_for(log, r"page (http://\S+)", worker, deadline)
        wait_until_ready(f"{page}readyz", deadline)
        watching = stack.enter_context(monitoring(folder, page, _TOKENS["viewer"], channels))
        subscriber = stack.enter_context(Subscriber(broker))
        course.replayed_from = time.time()
        sending = stack.enter_context(
            started((*replay, str(course.sale.file), "--speed", str(SPEED)), folder / "replay.log")
        )

        until = _Patience({"worker": (worker, log), "replay": (sending, folder / "replay.log")}, deadline).until
        wall = stack.enter_context(somebody_at(page, folder))
        course.at_the_wall = wall.way
        course.session = wall.log_in(_TOKENS["responder"])
        fingerprint = course.fingerprint = until("a critical anomaly on the wall", lambda: _critical(wall))
        until("PagerDuty's incident", lambda: _paged(channels, fingerprint, "trigger"))
        course.acknowledged_at = time.time()
        course.acknowledged = wall.acknowledge(fingerprint)
        until("the acknowledgement at PagerDuty", lambda: _paged(channels, fingerprint, "acknowledge"))
        until("the alert at the on-call webhook", lambda: _alerted(channels, "firing"))
        until("the end at PagerDuty", lambda: _paged(channels, fingerprint, "resolve"))
        until("the end at every robot", lambda: _told_alike(channels))
        until("the end of the alert", lambda: _alerted(channels, "resolved"))
        course.last = wall.get(f"api/v1/anomalies/{fingerprint}")
        course.rule_faults = watching.rule_faults()
        course.metrics = _metrics(page)
        course.published = list(subscriber.published)
        course.posts = list(channels.posts)
    return course


def _worker_settings(folder: Path, sale: Sale, channels: Channels) -> dict[str, Any]:
    """pharos.yaml and the secrets that it names, as somebody would write them who has all of these channels."""
    secrets = {channel: channels.url(channel) for channel in (*ROBOTS, "pagerduty", "systems")}
    secrets |= {"dingtalk-secret": DINGTALK_SECRET, "feishu-secret": FEISHU_SECRET, "systems-secret": SYSTEM_SECRET}
    secrets |= {"pagerduty-secret": ROUTING_KEY, "tokens": _tokens()}
    for name, secret in secrets.items():
        (folder / f"secret-{name}").write_text(secret)

    def receiver(name: str, kind: str, language: str = "en") -> dict[str, str]:
        secret = {"secret_file": f"{folder}/secret-{name}-secret"} if f"{name}-secret" in secrets else {}
        return {"name": name, "kind": kind, "language": language, "url_file": f"{folder}/secret-{name}", **secret}

    port = free_port()
    config = {
        "port": port,
        "time": "events",
        "board_url": f"http://127.0.0.1:{port}/",
        "tokens_file": f"{folder}/secret-tokens",
        "state_dir": f"{folder}/state",
        "session_timeout_s": 6.0,
        "idle_after_s": 2.0,
        "receivers": [
            receiver("dingtalk", "dingtalk", "zh"),
            receiver("feishu", "feishu"),
            receiver("wecom", "wecom", "zh"),
            receiver("pagerduty", "pagerduty"),
            receiver("systems", "webhook"),
        ],
        **sale.settings,
    }
    (folder / "pharos.yaml").write_text(yaml.safe_dump(config))
    return config


def _tokens() -> str:
    return f"viewer {_TOKENS['viewer']} name=prometheus\nresponder {_TOKENS['responder']} name={ON_CALL}\n"


def _critical(wall: Wall) -> str | None:
    shown = wall.get("api/v1/anomalies?severity=critical&state=firing&touchpoint=order")["anomalies"]
    return next((anomaly["fingerprint"] for anomaly in shown if "payment_method" in anomaly["scope"]), None)


def _paged(channels: Channels, fingerprint: str, action: str) -> bool:
    events = [post.body for post in channels.of("pagerduty")]
    return any(event["event_action"] == action and event["dedup_key"] == fingerprint for event in events)


def _told_alike(channels: Channels) -> bool:
    """Whether every robot has as many messages as the systems, which are told all as well."""
    return len({len(channels.of(channel)) for channel in (*ROBOTS, "systems")}) == 1


def _alerted(channels: Channels, status: str) -> bool:
    alerts = [alert for post in channels.of("on-call") for alert in post.body["alerts"]]
    return any(
        alert["status"] == status and alert["labels"].get("metric") == "payment_success"
        for alert in alerts
        if alert["labels"]["alertname"] == "PharosOrderAnomaly"
    )


def _metrics(page: str) -> str:
    request = urllib.request.Request(f"{page}metrics", headers={"Authorization": f"Bearer {_TOKENS['viewer']}"})
    with urllib.request.urlopen(request, timeout=20.0) as answer:
        return str(answer.read().decode())
