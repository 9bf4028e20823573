"""The last words of `pharos demo`: what was injected, what was found and when, and what was sent."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from streams.offline.report import Assessment, rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from zoneinfo import ZoneInfo


def last_words(report: Mapping[str, Any], truth: Sequence[Mapping[str, Any]], zone: ZoneInfo) -> Iterator[str]:
    """Line by line; times are the shop's.

    Args:
        report: a report.json with a score. Of incidents that it does not list too little was played to speak of.
        truth: the scenario's list.
        zone: of the shop.

    """
    found = {incident["id"]: incident for incident in report["incidents"]}
    first = _first_hits(report, truth)
    yield f"{report['events_read']:,} events read, {len(report['notifications'])} notifications sent"
    for entry in truth:
        if entry["kind"] != "incident" or entry["id"] not in found:
            continue
        start = datetime.fromisoformat(entry["start"]).astimezone(zone)
        where = ", ".join(f"{name} {value}" for name, value in entry["scope"].items())
        yield f"{start:%H:%M} {entry['touchpoint']}: {where}"
        if entry["id"] in first:
            yield f"      found after {found[entry['id']]['time_to_detect_s']:.0f} s: {first[entry['id']]}"
        else:
            yield "      not found (yet)"
    quiet = sum(trap["quiet"] for trap in report["traps"])
    wrong = len(report["false_alarms"])
    yield f"{quiet} of {len(report['traps'])} traps stayed quiet, {wrong} false alarm{'s' * (wrong != 1)}"


def _first_hits(report: Mapping[str, Any], truth: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What was said first of each incident."""
    anomalies = sorted(report["anomalies"], key=lambda anomaly: str(anomaly["detected_at"]))
    titles = {n["fingerprints"][0]: n["title"] for n in reversed(report["notifications"]) if n["fingerprints"]}
    said: dict[str, str] = {}
    for anomaly, ruling in zip(anomalies, rule(anomalies, truth), strict=True):
        if ruling.finding is Assessment.HIT:
            said.setdefault(ruling.entry, titles.get(anomaly["fingerprint"], anomaly["summary"]))
    return said
