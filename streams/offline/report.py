"""How good a run was: its anomalies against the truth of the scenario, by the rules of docs/detection.md. Pure."""

from __future__ import annotations

import enum
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from streams.records.anomaly import Transition

    Entry = Mapping[str, Any]

GRACE = timedelta(minutes=10)  # after the end of an incident, in which a detection still counts
HITS_PER_INCIDENT = 3
ALARMS = frozenset({"warning", "critical"})


class Assessment(enum.StrEnum):
    """What an anomaly is, measured by the truth."""

    HIT = "hit"
    SYMPTOM = "symptom"  # listed with an incident, and marked with its cause
    INFO = "info"  # never paged, so never wrong
    SURPLUS = "surplus"  # the fourth and further for one incident: false
    IN_TRAP = "in_trap"  # false
    FALSE = "false"


_WRONG = frozenset({Assessment.SURPLUS, Assessment.IN_TRAP, Assessment.FALSE})


class Ruling(NamedTuple):
    """One anomaly: what it is, and the id of the truth's entry that it belongs to ("" where there is none)."""

    finding: Assessment
    entry: str


def final_anomalies(transitions: Iterable[Transition]) -> list[dict[str, Any]]:
    """The last `data` of each anomaly, in the order in which they opened. One that opens again counts again."""
    latest: dict[tuple[str, str], dict[str, Any]] = {}
    for transition in transitions:
        anomaly = transition.anomaly
        latest[anomaly.fingerprint, anomaly.detected_at] = msgspec.to_builtins(anomaly)
    return list(latest.values())


def rule(anomalies: Sequence[Entry], truth: Sequence[Entry]) -> list[Ruling]:
    """A ruling for each anomaly, in the order given.

    A hit is an alarm on the incident's touchpoint that agrees with its scope in at least one dimension (of an incident
    of the whole shop, one that speaks of the whole), contradicts
    none, and is detected between its start and ten minutes after its end; a symptom that is listed and says by what it
    was caused is not false either. Everything else that pages is.
    """
    incidents = [entry for entry in truth if entry["kind"] == "incident"]
    traps = [entry for entry in truth if entry["kind"] == "trap"]
    hits: dict[str, int] = {}
    rulings = [Ruling(Assessment.FALSE, "")] * len(anomalies)
    for index in sorted(range(len(anomalies)), key=lambda number: _time(anomalies[number]["detected_at"])):
        rulings[index] = _ruling(anomalies[index], incidents, traps, hits)
    return rulings


def score(anomalies: Sequence[Entry], truth: Sequence[Entry], start: str, end: str) -> dict[str, Any]:
    """recall, precision, time_to_detect_s and false_alarms_per_day of report.json, and what they are made of.

    Args:
        anomalies: final data of each.
        truth: the list of truth.json.
        start: RFC 3339, from when on anomalies could be found.
        end: RFC 3339, until when.

    Returns:
        Null for a figure that has nothing to be made of: recall without incidents, precision without alarms. Symptoms
        are neither right nor false, so precision leaves them out. `incidents` and `traps` say how each fared; the cause
        is named where an anomaly of its place is not said to follow from another. `false_alarms` says which anomalies
        were false and why.

    """
    rulings = rule(anomalies, truth)
    found = list(zip(anomalies, rulings, strict=True))
    incidents = [_fate(entry, found) for entry in truth if entry["kind"] == "incident"]
    delays = [fate["time_to_detect_s"] for fate in incidents if fate["hit"]]
    wrong = [(anomaly, ruling) for anomaly, ruling in found if ruling.finding in _WRONG]
    right = sum(ruling.finding is Assessment.HIT for ruling in rulings)
    days = (_time(end) - _time(start)) / timedelta(days=1)
    return {
        "recall": len(delays) / len(incidents) if incidents else None,
        "precision": right / (right + len(wrong)) if right + len(wrong) else None,
        "time_to_detect_s": {
            "median": float(np.median(delays)) if delays else None,
            "p95": float(np.percentile(delays, 95)) if delays else None,
        },
        "false_alarms_per_day": len(wrong) / days if days > 0 else None,
        "incidents": incidents,
        "traps": [_quiet(entry, found) for entry in truth if entry["kind"] == "trap"],
        "false_alarms": [
            {"fingerprint": anomaly["fingerprint"], "detected_at": anomaly["detected_at"], "why": str(ruling.finding)}
            for anomaly, ruling in wrong
        ],
    }


def _ruling(anomaly: Entry, incidents: Sequence[Entry], traps: Sequence[Entry], hits: dict[str, int]) -> Ruling:
    if anomaly["severity"] not in ALARMS:
        return Ruling(Assessment.INFO, "")
    now = [entry for entry in incidents if _during(anomaly, entry, GRACE)]
    agreeing = [(_agreement(anomaly, entry), entry) for entry in now]
    matching = [
        (agreed, entry)
        for agreed, entry in agreeing
        if agreed > 0 or (agreed == 0 and not anomaly["scope"] and not entry["scope"])
    ]
    if matching:
        # The closest scope; of equals the one that is not found yet, then the one that began last.
        _, entry = max(matching, key=lambda pair: (pair[0], not hits.get(pair[1]["id"]), _time(pair[1]["start"])))
        hits[entry["id"]] = hits.get(entry["id"], 0) + 1
        return Ruling(Assessment.HIT if hits[entry["id"]] <= HITS_PER_INCIDENT else Assessment.SURPLUS, entry["id"])
    if anomaly["caused_by"]:
        for entry in now:
            if any(_agreement(anomaly, symptom) >= 0 for symptom in entry["symptoms"]):
                return Ruling(Assessment.SYMPTOM, entry["id"])
    for entry in traps:
        if _during(anomaly, entry, timedelta()) and _inside(anomaly, entry):
            return Ruling(Assessment.IN_TRAP, entry["id"])
    return Ruling(Assessment.FALSE, "")


def _during(anomaly: Entry, entry: Entry, grace: timedelta) -> bool:
    return bool(_time(entry["start"]) <= _time(anomaly["detected_at"]) <= _time(entry["end"]) + grace)


def _agreement(anomaly: Entry, entry: Entry) -> int:
    """In how many dimensions both scopes agree; -1 where they contradict each other or the touchpoint is another."""
    shared = anomaly["scope"].keys() & entry["scope"].keys()
    same = all(anomaly["scope"][name] == entry["scope"][name] for name in shared)
    return len(shared) if same and anomaly["touchpoint"] == entry["touchpoint"] else -1


def _inside(anomaly: Entry, trap: Entry) -> bool:
    """A trap is disturbed by what is said about its scope or a part of it, not about the rest of the shop."""
    return bool(anomaly["touchpoint"] == trap["touchpoint"] and trap["scope"].items() <= anomaly["scope"].items())


def _fate(entry: Entry, found: Sequence[tuple[Entry, Ruling]]) -> dict[str, Any]:
    hits = [anomaly for anomaly, ruling in found if ruling == (Assessment.HIT, entry["id"])]
    times = [_time(anomaly["detected_at"]) for anomaly in hits]
    delay = (min(times) - _time(entry["start"])).total_seconds() if times else None
    named = any(anomaly["caused_by"] is None for anomaly in hits)
    return {"id": entry["id"], "hit": bool(times), "time_to_detect_s": delay, "cause_named": named}


def _quiet(entry: Entry, found: Sequence[tuple[Entry, Ruling]]) -> dict[str, Any]:
    return {"id": entry["id"], "quiet": all(ruling != (Assessment.IN_TRAP, entry["id"]) for _, ruling in found)}


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
