"""The text of a notification, in the order in which someone on duty reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from streams.catalogue.metric import Severity
from streams.events.event_time import event_time_ms
from streams.incidents.anomaly import Anomaly, Change, Transition, Why
from streams.incidents.instant import clock_time, rfc3339
from streams.incidents.scope import digest as short_hash
from streams.incidents.summary import amount, duration, where

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import tzinfo

DIGEST = "pharos.notification.digest"
_HEADINGS = {Why.ESCALATED: "now ", Why.WORSENED: "worse, "}
_SNOOZE_OVER = "snooze over, "
_MOST_IN_DIGEST = 10


class Notification(msgspec.Struct, frozen=True, kw_only=True):
    """What receivers get.

    Attributes:
        id: the id of the transition; a receiver that got it before may drop it.
        time: the tick, event time in ms.
        kind: a `Change`, or `DIGEST`.
        title: one line.
        lines: since, impact, contributors, cause and symptoms, links, id; those that there are.
        anomalies: what it is about, as published.

    """

    id: str
    time: int
    kind: str
    severity: Severity
    title: str
    lines: tuple[str, ...]
    anomalies: tuple[Anomaly, ...] = ()

    @property
    def critical(self) -> bool:
        return self.severity is Severity.CRITICAL


def compose(
    transition: Transition, titles: Mapping[str, str], others: Mapping[str, Anomaly], zone: tzinfo, news: str = ""
) -> Notification:
    """One transition in words.

    `titles`: by metric name. `others`: by fingerprint, the anomalies that cause and symptoms can be named from. `zone`:
    whose time is told. `news`: what stands before the severity; empty: what follows from the transition.
    """
    anomaly = transition.anomaly
    resolved = transition.change is Change.RESOLVED
    heading = "RESOLVED" if resolved else (news or _HEADINGS.get(transition.why, "")) + anomaly.severity.upper()
    return Notification(
        id=transition.id,
        time=transition.time,
        kind=transition.change.value,
        severity=Severity(anomaly.severity),
        title=f"[{heading}] {headline(anomaly, titles)}",
        lines=tuple(
            line
            for line in (
                _since(anomaly, transition.time, zone),
                _impact(anomaly) if not resolved else "",
                _contributors(anomaly) if not resolved else "",
                _cause(anomaly, titles, others),
                _symptoms(anomaly, titles, others),
                f"Board: {anomaly.board_url}" if anomaly.board_url else "",
                f"Runbook: {anomaly.runbook_url}" if anomaly.runbook_url else "",
                f"Id: {anomaly.fingerprint}, incident {anomaly.incident}",
            )
            if line
        ),
        anomalies=(anomaly,),
    )


def digest_of(transitions: Sequence[Transition], titles: Mapping[str, str]) -> Notification:
    """One notification for all that happened while nobody was told and that is still open. At least one is needed."""
    worst = any(t.anomaly.severity == Severity.CRITICAL for t in transitions)
    lines = [f"[{t.anomaly.severity.upper()}] {headline(t.anomaly, titles)}" for t in transitions[:_MOST_IN_DIGEST]]
    if len(transitions) > _MOST_IN_DIGEST:
        lines.append(f"+{len(transitions) - _MOST_IN_DIGEST} more")
    count = "1 anomaly is" if len(transitions) == 1 else f"{len(transitions)} anomalies are"
    return Notification(
        id=short_hash(["digest", *(t.id for t in transitions)]),
        time=max(t.time for t in transitions),
        kind=DIGEST,
        severity=Severity.CRITICAL if worst else Severity.WARNING,
        title=f"[DIGEST] {count} open that nobody was told of",
        lines=tuple(lines),
        anomalies=tuple(t.anomaly for t in transitions),
    )


def reminder_of(
    anomaly: Anomaly,
    action: str,
    now: int,
    titles: Mapping[str, str],
    others: Mapping[str, Anomaly],
    zone: tzinfo,
) -> Notification:
    """An anomaly that is still open when its snooze is over. `action`: the id of the snooze; `now`: ms."""
    name = short_hash(["snooze over", anomaly.fingerprint, action])
    return compose(Transition(name, Change.UPDATED, now, anomaly), titles, others, zone, _SNOOZE_OVER)


def overflow_of(count: int, newest: Notification) -> Notification:
    """Says how many notifications a receiver did not get one by one; `newest` is the last of them."""
    return Notification(
        id=short_hash(["overflow", count, newest.id]),
        time=newest.time,
        kind=DIGEST,
        severity=newest.severity,
        title=f"[DIGEST] {count} notifications could not be delivered one by one",
        lines=(f"The last was: {newest.title}",),
        anomalies=newest.anomalies,
    )


def listed(notification: Notification) -> dict[str, Any]:
    """An entry of report.json's `notifications`: what any receiver gets, with fingerprints for the anomalies."""
    return {
        "id": notification.id,
        "time": rfc3339(notification.time),
        "kind": notification.kind,
        "severity": notification.severity.value,
        "fingerprints": [anomaly.fingerprint for anomaly in notification.anomalies],
        "title": notification.title,
        "lines": list(notification.lines),
    }


def headline(anomaly: Anomaly, titles: Mapping[str, str]) -> str:
    """What, where, value against expectation."""
    value, expected = amount(anomaly.value, anomaly.unit), amount(anomaly.expected, anomaly.unit)
    return f"{titles.get(anomaly.metric, anomaly.metric)} {where(anomaly.scope)}: {value}, expected {expected}"


def _since(anomaly: Anomaly, now: int, zone: tzinfo) -> str:
    started = event_time_ms(anomaly.started_at) or 0
    ended = event_time_ms(anomaly.ended_at) if anomaly.ended_at else None
    if ended is None:
        return f"Since {clock_time(started, zone)}, for {duration(max(now - started, 0))}"
    span = f"{clock_time(started, zone)} to {clock_time(ended, zone)}, {duration(max(ended - started, 0))}"
    return f"From {span}; at worst {amount(anomaly.peak, anomaly.unit)}"


def _impact(anomaly: Anomaly) -> str:
    """How many of the events of the window are affected beyond what is normal; only shares and counts tell."""
    away = abs(anomaly.value - anomaly.expected)
    affected = {"ratio": away * anomaly.exposure, "per_minute": away * anomaly.window_s / 60}.get(anomaly.unit, 0.0)
    if affected < 1:
        return ""
    return f"Impact: about {affected:,.0f} events beyond normal in the last {duration(anomaly.window_s * 1000)}"


def _contributors(anomaly: Anomaly) -> str:
    top = sorted((c for c in anomaly.contributors if c.share > 0), key=lambda c: -c.share)[:3]
    named = ", ".join(f"{where(c.scope).removeprefix('for ')} {min(c.share, 1.0):.0%}" for c in top)
    return f"Contributors: {named}" if named else ""


def _cause(anomaly: Anomaly, titles: Mapping[str, str], others: Mapping[str, Anomaly]) -> str:
    if anomaly.caused_by is None:
        return ""
    return f"Caused by: {_name(anomaly.caused_by, titles, others)}"


def _symptoms(anomaly: Anomaly, titles: Mapping[str, str], others: Mapping[str, Anomaly]) -> str:
    named = "; ".join(_name(fingerprint, titles, others) for fingerprint in anomaly.cause_of)
    return f"Symptoms: {named}" if named else ""


def _name(fingerprint: str, titles: Mapping[str, str], others: Mapping[str, Anomaly]) -> str:
    other = others.get(fingerprint)
    return headline(other, titles) if other else fingerprint
