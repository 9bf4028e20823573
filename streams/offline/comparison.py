"""Two runs over the same events side by side: what each would have cost people, and what came and went. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from streams.events.event_time import event_time_ms
from streams.offline.report import ALARMS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from streams.alerts.words.message import Notification
    from streams.offline.backtest import Played
    from streams.settings.settings import ReceiverSettings, Settings

    Entry = Mapping[str, Any]

_DAY_MS = timedelta(days=1) // timedelta(milliseconds=1)
_SCORES = {
    "recall": "recall",
    "precision": "precision",
    "time_to_detect_s": "time_to_detect_s",
    "false_alarms_per_day": "false_alarms_a_day",
}


def compared(this: Played, other: Played, file: str, kind: str) -> dict[str, Any]:
    """The section `against` of report.json (docs/plan-a-sale.md).

    An anomaly is in both where it is of the same series and open at the same time in both. With a truth `incidents`
    says when each run found each, in seconds from its start; null where it did not.

    Args:
        this: the run of the report.
        other: the one that it is held against.
        file: what the other one was run with.
        kind: of that file: "settings" or "catalogue".

    """
    both, only_this, only_other = _paired(this.report["anomalies"], other.report["anomalies"])
    section: dict[str, Any] = {
        "file": file,
        "kind": kind,
        "this": _figures(this),
        "other": _figures(other),
        "both": both,
        "only_this": [_named(anomaly) for anomaly in only_this],
        "only_other": [_named(anomaly) for anomaly in only_other],
    }
    if "incidents" in this.report:
        found = [{one["id"]: one["time_to_detect_s"] for one in run.report["incidents"]} for run in (this, other)]
        section["incidents"] = [{"id": name, "this": found[0][name], "other": found[1][name]} for name in found[0]]
    return section


def messages_by_channel(notifications: Iterable[Notification], receivers: Iterable[ReceiverSettings]) -> dict[str, int]:
    """How many each receiver, or group of them, would get: those that its routes send there, notices none."""
    names = dict.fromkeys(receiver.group or receiver.name for receiver in receivers)
    counts = dict.fromkeys(names, 0)
    for notification in notifications:
        if notification.severity in ALARMS:
            for name in names if notification.lanes is None else notification.lanes:
                if name in counts:
                    counts[name] += 1
    return counts


def _figures(played: Played) -> dict[str, Any]:
    report, settings = played.report, played.run.settings
    days = _days(report, settings)
    severities = [anomaly["severity"] for anomaly in report["anomalies"]]
    channels = messages_by_channel(played.run.notifications(), settings.receivers)
    return {
        "anomalies": len(severities),
        "alarms_a_day": _a_day(sum(severity in ALARMS for severity in severities), days),
        "critical_a_day": _a_day(severities.count("critical"), days),
        "messages": channels,
    } | {name: report[key] for key, name in _SCORES.items() if key in report}


def _days(report: Entry, settings: Settings) -> float:
    begin = event_time_ms(settings.evaluate_from or report["from"]) or 0
    return ((event_time_ms(report["to"]) or 0) - begin) / _DAY_MS


def _a_day(count: int, days: float) -> float | None:
    return round(count / days, 3) if days > 0 else None


def _paired(ours: Sequence[Entry], theirs: Sequence[Entry]) -> tuple[list[dict[str, Any]], list[Entry], list[Entry]]:
    """In the order of detection: each of ours takes the first of theirs that is still free."""
    free: dict[str, list[Entry]] = {}
    for anomaly in sorted(theirs, key=_detected):
        free.setdefault(anomaly["fingerprint"], []).append(anomaly)
    both, gone = [], []
    for anomaly in sorted(ours, key=_detected):
        known = free.get(anomaly["fingerprint"], [])
        twin = next((one for one in known if _overlap(anomaly, one)), None)
        if twin is None:
            gone.append(anomaly)
        else:
            known.remove(twin)
            both.append(
                _named(anomaly)
                | {
                    "severity": [anomaly["severity"], twin["severity"]],
                    "detected_at": [anomaly["detected_at"], twin["detected_at"]],
                    "later_s": (_detected(twin) - _detected(anomaly)) / 1000,
                }
            )
    new = sorted((anomaly for left in free.values() for anomaly in left), key=_detected)
    return both, gone, new


def _overlap(one: Entry, other: Entry) -> bool:
    return _starts(one) <= _ends(other) and _starts(other) <= _ends(one)


def _named(anomaly: Entry) -> dict[str, Any]:
    names = ("fingerprint", "metric", "scope", "direction", "severity", "detected_at", "ended_at")
    return {name: anomaly[name] for name in names}


def _detected(anomaly: Entry) -> int:
    return event_time_ms(anomaly["detected_at"]) or 0


def _starts(anomaly: Entry) -> int:
    return event_time_ms(anomaly["started_at"]) or 0


def _ends(anomaly: Entry) -> int:
    return 2**62 if anomaly["ended_at"] is None else event_time_ms(anomaly["ended_at"]) or 0
