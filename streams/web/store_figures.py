"""The figures of one merchant: its last day, as it is judged, and its thirty days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detectors.judgement import insufficient

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.merge.lean_readings import LeanReading

_DAY_MINUTES = 1_440


def figures_of(store: str, reading: LeanReading) -> dict[str, Any] | None:
    """What one metric says of a merchant; None where it has never counted anything of it.

    `expected` and the band are null where there is too little to say what is usual. `days` are the thirty natural days,
    today so far last: [events] of counts, [successes, trials] of ratios.
    """
    number = reading.series.names.known((store,))
    if number is None:
        return None
    days = reading.days(number)
    judged, score = _judged(reading, number)
    if not days.any() and judged["exposure"] == 0:
        return None
    metric, total = reading.metric, days.sum(axis=1)
    if metric.traits.of_cases:
        month = float(total[0] / total[1]) if total[1] else None
    else:
        month = float(total[0] / (days.shape[1] * _DAY_MINUTES))
    return {
        "metric": metric.name,
        "title": metric.title,
        "title_zh": metric.title_zh,
        "touchpoint": metric.touchpoint,
        "unit": metric.unit,
        "direction": metric.direction.value,
        "day": judged | {"score": score},
        "thirty_days": {"value": month, "exposure": int(total[-1]), "days": days.T.tolist()},
    }


def summary_of(store: str, readings: Iterable[LeanReading]) -> dict[str, Any]:
    """A line of the list: by metric the score, and how many events of it the last day had."""
    metrics = {}
    for reading in readings:
        number = reading.series.names.known((store,))
        if number is not None:
            judged, score = _judged(reading, number)
            metrics[reading.metric.name] = {"score": score, "exposure": judged["exposure"], "value": judged["value"]}
    return {"store": store, "metrics": metrics}


def _judged(reading: LeanReading, number: int) -> tuple[dict[str, float | None], float]:
    figures = reading.figures([number])
    of, metric = figures.judged, reading.metric
    known = not insufficient(of.reason)[0]
    exposure = float(of.exposure[0]) if metric.traits.of_cases else _events(reading, number)
    value: float | None = float(of.value[0])
    if metric.traits.of_cases and exposure == 0:
        value = None
    bounds = {name: float(getattr(of, name)[0]) if known else None for name in ("expected", "lower", "upper")}
    return {"value": value, **bounds, "exposure": exposure}, float(figures.scores[0])


def _events(reading: LeanReading, number: int) -> float:
    return float(reading.series.window(96)[0, number])
