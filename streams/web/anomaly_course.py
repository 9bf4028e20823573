"""What the page of one anomaly draws beside it: names, cause and symptoms, the course of its series."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from streams.records.deadline_forecast import deadline_forecast
from streams.web.data_scope import EVERYTHING

if TYPE_CHECKING:
    from streams.records.anomaly import Anomaly
    from streams.web.board import Board
    from streams.web.data_scope import DataScope
    from streams.web.point import Point


def course_view(board: Board, fingerprint: str, data_scope: DataScope = EVERYTHING) -> dict[str, Any] | None:
    """None for an anomaly that is neither open nor recent, or that the reader does not see."""
    found = board.anomaly(fingerprint, data_scope)
    if found is None:
        return None
    anomaly, _ = found
    symptoms = (board.anomaly(symptom, data_scope) for symptom in anomaly.cause_of)
    cause = board.anomaly(anomaly.caused_by, data_scope) if anomaly.caused_by else None
    return {
        "time": board.time or None,
        "timezone": board.timezone,
        "metric": _named(board, anomaly.metric),
        "cause": _brief(board, cause[0]) if cause else None,
        "symptoms": [_brief(board, symptom[0]) for symptom in symptoms if symptom],
        "points": _points(board, anomaly),
        "forecast": _forecast(board, anomaly, data_scope),
    }


def _forecast(board: Board, anomaly: Anomaly, data_scope: DataScope) -> dict[str, float] | None:
    """Of the cases due within two hours: how many will miss, are open, and usually miss."""
    found = deadline_forecast(anomaly, board.open_anomalies(data_scope), board.cohorts)
    return None if found is None else found._asdict()


def _points(board: Board, anomaly: Anomaly) -> list[Point]:
    """Of the whole, the pulses of the last hour; before them, and of every other series, what verdicts said."""
    course = board.courses.course(anomaly.fingerprint)
    if anomaly.scope:
        return course
    pulses = board.pulses(anomaly.metric)
    return [point for point in course if not pulses or point.time < pulses[0].time] + pulses


def _named(board: Board, name: str) -> dict[str, Any]:
    metric = board.metric(name)
    if metric is None:  # it has left the catalogue since
        return {"name": name, "title": "", "title_zh": "", "target": None}
    return {"name": name, "title": metric.title, "title_zh": metric.title_zh, "target": metric.target}


def _brief(board: Board, anomaly: Anomaly) -> dict[str, Any]:
    return {
        "fingerprint": anomaly.fingerprint,
        "metric": _named(board, anomaly.metric),
        "scope": anomaly.scope,
        "touchpoint": anomaly.touchpoint,
        "severity": anomaly.severity,
        "state": anomaly.state,
        "value": anomaly.value,
        "expected": anomaly.expected,
        "unit": anomaly.unit,
        "direction": anomaly.direction,
    }
