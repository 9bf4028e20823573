"""What happened when, from the first event to the end, and how long each message took from topic to channel."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.end_to_end.support.sale_course import ROBOTS, SPEED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.end_to_end.support.documented_channels import Post
    from tests.end_to_end.support.sale_course import Course

CHANNELS = (*ROBOTS, "pagerduty", "systems")


class Delivery(NamedTuple):
    """A message of a transition: seconds from the record's time stamp to its arrival, by the channel's clock."""

    channel: str
    transition: str
    seconds: float


class Line(NamedTuple):
    """Something that happened: when (s since the epoch), where, and what."""

    at: float
    where: str
    what: str


def deliveries(course: Course) -> list[Delivery]:
    """Of every transition that was told, to every channel; AssertionError where a channel lacks one."""
    published = {found.transition.id: found for found in course.published}
    told = [post.body for post in course.of("systems") if post.body["id"] in published]
    found = []
    for channel in CHANNELS:
        left = [post for post in course.of(channel) if post.answer.status < 300 and not _is_acknowledgement(post)]
        for notification in told:
            fingerprint = notification["anomalies"][0]["fingerprint"].encode()
            post = next((post for post in left if fingerprint in post.raw), None)
            assert post is not None, f"{channel} was not told {notification['title']}"
            left.remove(post)
            taken = post.at - published[notification["id"]].at
            found.append(Delivery(channel, notification["id"], taken))
    return found


def percentile(numbers: Sequence[float], share: float) -> float:
    """The smallest number that so large a share of all does not exceed."""
    return sorted(numbers)[max(0, math.ceil(share * len(numbers)) - 1)]


def transcript(course: Course) -> str:
    """For people: one line for each thing that happened, then the times from topic to channel."""
    lines = sorted(_lines(course))
    begin = course.replayed_from
    text = [f"{line.at - begin:7.2f} s  {line.where:<13} {line.what}" for line in lines]
    taken = [delivery.seconds for delivery in deliveries(course)]
    text.append("")
    for channel in CHANNELS:
        own = [delivery.seconds for delivery in deliveries(course) if delivery.channel == channel]
        text.append(f"{channel:<13} {len(own)} messages, from topic to channel at most {max(own):.2f} s")
    text.append(
        f"all           {len(taken)} messages, p50 {percentile(taken, 0.5):.2f} s, p95 {percentile(taken, 0.95):.2f} s"
    )
    return "\n".join(text)


def _lines(course: Course) -> Iterator[Line]:
    yield Line(course.replayed_from, "replay", f"begins on {course.broker}, {SPEED:g} times real time")
    for found in course.published:
        transition, anomaly = found.transition, found.transition.anomaly
        shop = datetime.fromtimestamp(transition.time / 1000, UTC).strftime("%H:%M:%S")
        what = f"{anomaly.severity} {anomaly.metric} {_scope(anomaly.scope)} {transition.change} (shop {shop} UTC)"
        yield Line(found.at, "topic", what)
    for post in course.posts:
        yield from (Line(post.at, post.channel, what) for what in _said(post))
    who, until = f"{course.session['name']} ({course.session['role']})", course.acknowledged["until"]
    deed = f"acknowledged by {who} {course.at_the_wall}, until {until}"
    yield Line(course.acknowledged_at, "wall", deed)


def _said(post: Post) -> Iterator[str]:
    body = post.body
    code = "".join(f" {key} {body_code}" for key, body_code in post.answer.body.items() if key in {"errcode", "code"})
    answer = f"-> {post.answer.status}{code}"
    if post.channel == "on-call":
        for alert in body["alerts"]:
            labels = alert["labels"]
            where = _scope({name: labels[name] for name in sorted(labels) if name in labels.get("scope", "")})
            name = f"{labels['alertname']} {labels['severity']} {labels.get('metric', '')} {where}"
            yield f"{alert['status']} {name.strip()} {answer}"
    elif post.channel == "heartbeat":
        yield f"{body['alerts'][0]['labels']['alertname']} {answer}"
    else:
        yield f"{_title(post.channel, body)} {answer}"


def _title(channel: str, body: Any) -> str:
    if channel == "dingtalk":
        said = body.get("actionCard") or body["markdown"]
        return str(said["title"])
    if channel == "feishu":
        return str(body["card"]["header"]["title"]["content"])
    if channel == "wecom":
        return re.sub(r"<[^>]+>|^#+ ", "", body["markdown"]["content"].splitlines()[0])
    if channel == "pagerduty":
        said = body.get("payload", {}).get("summary", body["dedup_key"])
        return f"{body['event_action']}: {said}"
    return f"{body['kind']}: {body['title']}"


def _is_acknowledgement(post: Post) -> bool:
    return post.channel == "pagerduty" and post.body["event_action"] == "acknowledge"


def _scope(scope: dict[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in scope.items()) or "the whole shop"
