"""A run as Prometheus would have scraped it: every series of /metrics, a sample a minute of event time, as OpenMetrics.

`promtool tsdb create-blocks-from openmetrics` makes blocks of it that a Prometheus, and so Grafana, shows.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import IO, TYPE_CHECKING, Final

import numpy as np

from streams.telemetry.interval_metrics import interval_names
from streams.telemetry.metric_info import DESCRIBED, METRIC_INFO, info_series
from streams.telemetry.metrics import ANOMALY_STATE
from streams.web.anomaly_states import AnomalyStates
from streams.web.metric_families import INTERVAL, JUDGED, PROVISIONALS, STAFFING, STATES, VALUE, family_head
from streams.web.series_labels import SeriesLabels

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from streams.catalogue.metric import Metric
    from streams.offline.minute_frames import MinuteFrames
    from streams.offline.minutes import Minutes, Steps
    from streams.records.anomaly import Anomaly, Transition
    from streams.web.metric_families import Column

_INFINITE: Final = {"inf": "+Inf", "-inf": "-Inf"}


def write_openmetrics(
    out: IO[bytes], minutes: Minutes, transitions: Sequence[Transition], metrics: Iterable[Metric]
) -> None:
    """Family by family, in it series by series, in each of them in the order of time, as OpenMetrics wants it.

    Args:
        out: the file, binary.
        minutes: of the whole run.
        transitions: of the run, in order.
        metrics: of the catalogue.

    """
    moments = [(minute, f" {minute // 1000}\n") for minute in minutes.minutes]
    for head, series in minutes.families.values():
        out.write(head.encode())
        for steps in series.values():
            out.write(_stepped(steps, moments).encode())
    known = list(metrics)
    out.write(family_head(METRIC_INFO, DESCRIBED))
    for metric in known:
        info = info_series(metric)
        out.write("".join([f"{info} 1{moment}" for _, moment in moments]).encode())
    judged = minutes.frames.metrics
    for metric in judged:
        out.write(VALUE.head(metric))
        out.writelines(_lines(minutes.frames, metric, VALUE))
        for column in INTERVAL if interval_names(metric) else ():
            out.write(column.head(metric))
            out.writelines(_lines(minutes.frames, metric, column))
    groups = (minutes.frames, JUDGED), (minutes.provisional, PROVISIONALS), (minutes.staffing, STAFFING)
    for frames, columns in groups:
        for column in columns:
            out.write(family_head(column.family, column.described))
            for metric in frames.metrics:
                out.writelines(_lines(frames, metric, column))
    out.write(family_head(ANOMALY_STATE, STATES))
    for labels, states in _states(minutes.minutes, transitions, AnomalyStates(known)).items():
        out.write("".join([f"{ANOMALY_STATE}{{{labels}}} {state} {at // 1000}\n" for at, state in states]).encode())
    out.write(b"# EOF\n")


def _stepped(steps: Steps, moments: Sequence[tuple[int, str]]) -> str:
    found = []
    for minute, moment in moments:
        place = bisect_right(steps.at, minute) - 1
        if place >= 0:
            found.append(f"{steps.name} {steps.texts[place]}{moment}")
    return "".join(found)


def _lines(frames: MinuteFrames, metric: Metric, column: Column) -> Iterator[bytes]:
    """A piece a series."""
    scopes = frames.scopes(metric.name)
    labels = SeriesLabels(metric)
    labels.cover(scopes, len(scopes))
    shown = set(labels.main(scopes, len(scopes))) if column.main else range(len(scopes))
    prefix = column.prefix(metric)
    for span in frames.spans(metric.name):
        moments = np.array([f" {minute // 1000}\n" for minute in span.minutes.tolist()], object)
        numbers = span.numbers[:, :, frames.columns.index(column.name)]
        known = np.isfinite(numbers) if column.main else ~np.isnan(numbers)
        for series in np.flatnonzero(known.any(axis=0)).tolist():
            text = labels.texts[span.first + series]
            if text and span.first + series in shown:
                there = known[:, series]
                yield _series(prefix + text, column.form, numbers[there, series].tolist(), moments[there].tolist())


def _series(name: str, form: str, numbers: Sequence[float], moments: Sequence[str]) -> bytes:
    texts = [form % number for number in numbers]
    if not np.isfinite(numbers).all():
        texts = [_INFINITE.get(text, text) for text in texts]
    return "".join([f"{name}{text}{moment}" for text, moment in zip(texts, moments, strict=True)]).encode()


def _states(
    minutes: Iterable[int], transitions: Sequence[Transition], states: AnomalyStates
) -> dict[str, list[tuple[int, int]]]:
    """By labels: the minutes at which an anomaly was open, and how."""
    found: dict[str, list[tuple[int, int]]] = {}
    known: dict[str, Anomaly] = {}
    place = 0
    for minute in minutes:
        while place < len(transitions) and transitions[place].time <= minute:
            anomaly = transitions[place].anomaly
            known[anomaly.fingerprint] = anomaly
            if anomaly.state == "resolved":
                del known[anomaly.fingerprint]
            place += 1
        for labels, state in states.of(known.values()).items():
            found.setdefault(labels, []).append((minute, state))
    return found
