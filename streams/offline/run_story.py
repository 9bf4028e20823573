"""What the page of a run shows: courses, anomalies, truth and messages of one run, or of two, as plain data."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec
import numpy as np

from streams.catalogue.metric import GRAVITY
from streams.events.event_time import event_time_ms
from streams.offline.minute_frames import COLUMNS
from streams.offline.minutes import MINUTE_MS
from streams.offline.report import rule
from streams.offline.thinned import thinned
from streams.records.instant import rfc3339
from streams.telemetry.metrics import main_scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from streams.catalogue.load import Catalogue
    from streams.catalogue.metric import Metric
    from streams.offline.backtest import Backtest, Played
    from streams.records.anomaly import Anomaly, EpisodeKey

    Entry = Mapping[str, Any]

STRETCHES: Final = 240  # of a picture a thousand pixels wide: an extreme every two of them
MOST_PARTS: Final = 120  # series beside the wholes; the rest has its anomalies listed and no picture
MOST_MAIN: Final = 8
_ENDLESS: Final = 1e12
_AROUND: Final = 30  # minutes before and after an anomaly's detection that are shown point by point
_SHOWN: Final = ("value", "expected", "lower", "upper")


class Side(NamedTuple):
    """One of the runs that the page is about: what it is called, and by which metrics it judged."""

    name: str
    played: Played
    catalogue: Catalogue


def story(
    file: str, timezone: str, sides: Sequence[Side], truth: Sequence[Entry] | None, against: Entry | None
) -> dict[str, Any]:
    """The data of the page.

    Args:
        file: name of the events file.
        timezone: of the shop.
        sides: the run, and the one that it is held against; both kept their minutes.
        truth: of truth.json.
        against: that section of the report.

    """
    report = sides[0].played.report
    found = [_anomalies(side, number, truth) for number, side in enumerate(sides)]
    anomalies = [anomaly for one in found for anomaly in one]
    courses, left_out = _courses(sides, anomalies)
    figures = ("from", "to", "events_read", "recall", "precision", "time_to_detect_s", "false_alarms_per_day")
    return {
        "file": file,
        "timezone": timezone,
        "sides": [side.name for side in sides],
        "figures": {name: report[name] for name in figures if name in report},
        "against": against,
        "metrics": {
            metric.name: {
                "title": [metric.title, metric.title_zh],
                "touchpoint": metric.touchpoint,
                "unit": metric.unit,
            }
            for side in reversed(sides)
            for metric in side.catalogue.metrics
        },
        "courses": courses,
        "left_out": left_out,
        "anomalies": anomalies,
        "truth": list(truth or ()),
        "messages": [message for number, side in enumerate(sides) for message in _messages(side.played.run, number)],
    }


def _anomalies(side: Side, number: int, truth: Sequence[Entry] | None) -> list[dict[str, Any]]:
    run, listed = side.played.run, side.played.report["anomalies"]
    worst = _worst(transition.anomaly for transition in run.transitions)
    rulings = rule(listed, truth) if truth is not None else [None] * len(listed)
    found = []
    for anomaly, ruling in zip(listed, rulings, strict=True):
        shown = {**anomaly, "side": number}
        shown |= worst[anomaly["fingerprint"], anomaly["detected_at"]]
        if ruling is not None:
            shown |= {"ruling": ruling.finding.value, "entry": ruling.entry}
        found.append(_numbered(shown))
    return found


def _worst(anomalies: Iterable[Anomaly]) -> dict[EpisodeKey, dict[str, Any]]:
    """Why and where from, as told at its worst: when it is over, nothing stands out any more."""
    found: dict[EpisodeKey, Anomaly] = {}
    parts: dict[EpisodeKey, list[Any]] = {}
    for anomaly in anomalies:
        if anomaly.episode not in found or anomaly.score > found[anomaly.episode].score:
            found[anomaly.episode] = anomaly
        if anomaly.contributors:
            parts[anomaly.episode] = msgspec.to_builtins(anomaly.contributors)
    return {
        episode: {
            "reason": anomaly.reason,
            "score": anomaly.score,
            "expected": anomaly.expected,
            "contributors": parts.get(episode, []),
        }
        for episode, anomaly in found.items()
    }


def _numbered(node: Any) -> Any:
    """The same with numbers that JSON knows: what is none becomes null, what is endless very large."""
    if isinstance(node, float):
        return None if math.isnan(node) else min(max(node, -_ENDLESS), _ENDLESS)
    if isinstance(node, dict):
        return {key: _numbered(one) for key, one in node.items()}
    return [_numbered(one) for one in node] if isinstance(node, list) else node


def _messages(run: Backtest, number: int) -> list[dict[str, Any]]:
    return [
        {
            "side": number,
            "time": rfc3339(one.time),
            "severity": one.severity.value,
            "title": [one.title, str(one.text("zh").title)],
            "fingerprints": [anomaly.fingerprint for anomaly in one.anomalies],
        }
        for one in run.notifications()
    ]


def _courses(sides: Sequence[Side], anomalies: Sequence[Entry]) -> tuple[list[dict[str, Any]], int]:
    """The wholes in the order of the catalogue, each with its parts behind it; and how many parts were left out."""
    times: dict[tuple[str, tuple[tuple[str, str], ...]], list[int]] = {}
    for anomaly in sorted(anomalies, key=lambda one: -GRAVITY[one["severity"]]):
        key = (anomaly["metric"], tuple(sorted(anomaly["scope"].items())))
        times.setdefault(key, []).append(event_time_ms(anomaly["detected_at"]) or 0)
    wanted = dict(list(times.items())[:MOST_PARTS])
    found: list[dict[str, Any]] = []
    drawn: set[tuple[str, tuple[tuple[str, str], ...]]] = set()
    for number, side in enumerate(sides):
        minutes = side.played.run.minutes
        for metric in side.catalogue.metrics if minutes is not None else ():
            known = _series(side, metric)
            main = _main(side, metric) if known else set()
            for series, scope in known:
                key = (metric.name, tuple(sorted(scope.items())))
                whole = series in main
                if key not in drawn and (whole or key in wanted):
                    drawn.add(key)
                    course = _course(side, metric, series, times.get(key, []))
                    if course is not None:
                        found.append({"metric": metric.name, "scope": scope, "side": number, "whole": whole} | course)
    order = {metric.name: place for side in reversed(sides) for place, metric in enumerate(side.catalogue.metrics)}
    found.sort(key=lambda one: (order[one["metric"]], not one["whole"]))
    return found, len(times) - len(wanted)


def _series(side: Side, metric: Metric) -> list[tuple[int, dict[str, str]]]:
    frames = side.played.run.minutes.frames  # type: ignore[union-attr] # `_courses` asked
    if metric not in frames.metrics:
        return []
    return [
        (number, dict(zip(metric.scopes[index], values, strict=True)))
        for number, (index, values) in enumerate(frames.scopes(metric.name))
        if index < len(metric.scopes)
    ]


def _main(side: Side, metric: Metric) -> set[int]:
    """The series that stand for the metric: its whole, or the first few where there is no whole (gauges)."""
    scopes = side.played.run.minutes.frames.scopes(metric.name)  # type: ignore[union-attr] # see above
    main = main_scope(metric)
    return set([number for number, (index, _) in enumerate(scopes) if index == main][:MOST_MAIN])


def _course(side: Side, metric: Metric, series: int, detected: Sequence[int]) -> dict[str, Any] | None:
    frames = side.played.run.minutes.frames  # type: ignore[union-attr] # see above
    span = frames.span(metric.name, series, series + 1)
    numbers = span.numbers[:, 0, [COLUMNS.index(name) for name in _SHOWN]]
    if not len(numbers) or np.isnan(numbers[:, 0]).all():
        return None
    minutes = span.minutes // MINUTE_MS
    around = [(time // MINUTE_MS - _AROUND, time // MINUTE_MS + _AROUND) for time in detected]
    kept = thinned(minutes, numbers[:, 0], STRETCHES, around)
    return {"minutes": np.diff(minutes[kept], prepend=0).tolist()} | {
        name: _short(numbers[kept, place]) for place, name in enumerate(_SHOWN)
    }


def _short(numbers: NDArray[np.float64]) -> list[float | None]:
    """Four digits are more than a screen shows; what is missing or endless is null."""
    return [float(f"{number:.4g}") if np.isfinite(number) else None for number in numbers.tolist()]
